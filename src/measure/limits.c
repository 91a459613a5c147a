#include "measure/limits.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "measure/control_group.h"
#include "measure/kernel_file.h"

/* A limit, how much of it is used, what one more thread takes of it, and where a person
 * finds it. */
struct limit {
    int64_t used;
    int64_t need;
    int64_t most; /* < 0: not set, or cannot be read */
    char name[256];
};

/* The search for the fullest limit. */
struct search {
    const char *root; /* in front of /proc and /sys: "", but in tests */
    int64_t gone; /* threads of ours that were there at the failure and have ended */
    struct limit fullest;
};

/* From this share on a limit may have been what stopped a thread. Not only from 1 on:
 * the kernel keeps some numbers for itself, and the rest may have changed meanwhile. */
#define NEAR 0.9

static int64_t read_line(const struct search *search, const char *path,
                         const char *format) {
    return kernel_file_line(search->root, path, format);
}

static int64_t read_number(const struct search *search, const char *path) {
    return kernel_file_number(search->root, path);
}

/* Threads on the whole machine: the number after the slash in /proc/loadavg. */
static int64_t threads_of_machine(const struct search *search) {
    return read_line(search, "/proc/loadavg", "%*f %*f %*f %*d/%" SCNd64);
}

static int64_t count_maps(const struct search *search) {
    FILE *file = kernel_file_open(search->root, "/proc/self/maps");
    int64_t lines = -1;
    if (file != NULL) {
        lines = 0;
        for (int c = getc(file); c != EOF; c = getc(file)) {
            lines += c == '\n';
        }
        fclose(file);
    }
    return lines;
}

static int64_t rlimit_of(int resource) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
        return -1;
    }
    return (int64_t)limit.rlim_cur;
}

/* In a user namespace root is another user outside, and its capabilities end there. */
static bool in_user_namespace(const struct search *search) {
    int64_t outside = read_line(search, "/proc/self/uid_map", " 0 %" SCNd64);
    int64_t all = read_line(search, "/proc/self/uid_map", "%*d %*d %" SCNd64);
    return all >= 0 && (outside != 0 || all != UINT32_MAX);
}

/* RLIMIT_NPROC binds neither root nor whoever has one of two capabilities. */
static int64_t bound_processes(const struct search *search) {
    enum { CAP_SYS_ADMIN = 21, CAP_SYS_RESOURCE = 24 };
    int64_t capabilities = read_line(search, "/proc/self/status", "CapEff: %" SCNx64);
    int64_t freeing = INT64_C(1) << CAP_SYS_ADMIN | INT64_C(1) << CAP_SYS_RESOURCE;
    bool exempt = getuid() == 0 || (capabilities > 0 && (capabilities & freeing) != 0);
    return exempt && !in_user_namespace(search) ? -1 : rlimit_of(RLIMIT_NPROC);
}

/* RLIMIT_NPROC counts all threads of the user, of whatever program. */
static int64_t threads_of_user(const struct search *search) {
    DIR *proc = opendir("/proc"); /* of this machine, in tests, too */
    int64_t threads = 0;
    for (struct dirent *entry; proc != NULL && (entry = readdir(proc)) != NULL;) {
        char path[sizeof "/proc//status" + sizeof entry->d_name];
        snprintf(path, sizeof path, "/proc/%s/status", entry->d_name);
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
            read_line(search, path, "Uid: %" SCNd64) == (int64_t)getuid()) {
            int64_t of_process = read_line(search, path, "Threads: %" SCNd64);
            threads += of_process > 0 ? of_process : 0; /* it may have ended now */
        }
    }
    if (proc != NULL) {
        closedir(proc);
    }
    return threads;
}

static double share_with_one_more(const struct limit *limit) {
    return ((double)limit->used + (double)limit->need) / (double)limit->most;
}

static void keep_fuller(struct search *search, int64_t used, int64_t need, int64_t most,
                        const char *name) {
    struct limit *fullest = &search->fullest;
    struct limit limit = {.used = used, .need = need, .most = most};
    if (most < 0 || used < 0) {
        return;
    }
    if (fullest->most < 0 ||
        share_with_one_more(&limit) > share_with_one_more(fullest)) {
        snprintf(limit.name, sizeof limit.name, "%.*s", (int)sizeof limit.name - 1,
                 name);
        *fullest = limit;
    }
}

/* For a limit of which each thread takes `need`, as long as it is there. */
static void keep_fuller_then(struct search *search, int64_t used, int64_t need,
                             int64_t most, const char *name) {
    keep_fuller(search, used < 0 ? used : used + search->gone * need, need, most, name);
}

/* What a thread at rest takes of its control group's memory: the touched part of its
 * stack, its kernel stack and page tables. */
enum { GROUP_THREAD_BYTES = 36000 };

static void keep_fuller_group(void *context, const struct group_limit *limit) {
    keep_fuller_then(context, limit->used, 1, limit->most, limit->file);
}

static void keep_fuller_memory(void *context, const struct group_limit *limit) {
    keep_fuller_then(context, limit->used, GROUP_THREAD_BYTES, limit->most,
                     limit->file);
}

static int64_t add_known(int64_t a, int64_t b) {
    return a < 0 || b < 0 ? -1 : a + b;
}

static void look_at_memory(struct search *search, int64_t thread_bytes) {
    const char *status = "/proc/self/status";
    const char *meminfo = "/proc/meminfo";
    keep_fuller(search, read_line(search, status, "VmSize: %" SCNd64 " kB") * 1024,
                thread_bytes, rlimit_of(RLIMIT_AS),
                "RLIMIT_AS in bytes (ulimit -v, --limit-memory)");
    keep_fuller(search, read_line(search, status, "VmData: %" SCNd64 " kB") * 1024,
                thread_bytes, rlimit_of(RLIMIT_DATA),
                "RLIMIT_DATA in bytes (ulimit -d)");
    int64_t overcommit = read_number(search, "/proc/sys/vm/overcommit_memory");
    if (overcommit == 0) {
        keep_fuller(search, 0, thread_bytes / 1024,
                    add_known(read_line(search, meminfo, "MemTotal: %" SCNd64 " kB"),
                              read_line(search, meminfo, "SwapTotal: %" SCNd64 " kB")),
                    "RAM and swap in kB, for one stack (vm.overcommit_memory is 0)");
    } else if (overcommit == 2) {
        keep_fuller(search, read_line(search, meminfo, "Committed_AS: %" SCNd64 " kB"),
                    thread_bytes / 1024,
                    read_line(search, meminfo, "CommitLimit: %" SCNd64 " kB"),
                    "CommitLimit in kB (vm.overcommit_memory is 2)");
    }
}

static void look_at_counts(struct search *search) {
    int64_t machine = threads_of_machine(search);
    int64_t processes = bound_processes(search);
    if (processes >= 0) {
        keep_fuller_then(
            search, threads_of_user(search), 1, processes,
            "RLIMIT_NPROC (ulimit -u), which counts all threads of this user");
    }
    keep_fuller_then(search, machine, 1,
                     read_number(search, "/proc/sys/kernel/pid_max"),
                     "kernel.pid_max (/proc/sys/kernel/pid_max)");
    keep_fuller_then(search, machine, 1,
                     read_number(search, "/proc/sys/kernel/threads-max"),
                     "kernel.threads-max (/proc/sys/kernel/threads-max)");
    keep_fuller(search, count_maps(search), 2,
                read_number(search, "/proc/sys/vm/max_map_count"),
                "vm.max_map_count (/proc/sys/vm/max_map_count)");
}

static int64_t count_threads(const struct search *search) {
    return read_line(search, "/proc/self/status", "Threads: %" SCNd64);
}

int64_t limits_count_threads(void) {
    return count_threads(&(struct search){.root = ""});
}

void limits_explain_below(const char *root, char *text, size_t size,
                          int64_t threads_then, int64_t thread_bytes) {
    struct search search = {.root = root, .fullest = {.most = -1}};
    int64_t threads_now = count_threads(&search);
    search.gone =
        threads_now >= 0 && threads_then > threads_now ? threads_then - threads_now : 0;
    look_at_counts(&search);
    control_groups_visit(root, GROUP_THREADS, keep_fuller_group, &search);
    control_groups_visit(root, GROUP_MEMORY, keep_fuller_memory, &search);
    look_at_memory(&search, thread_bytes);
    const struct limit *fullest = &search.fullest;
    char need[64] = "";
    if (fullest->most < 0) {
        snprintf(text, size, "no limit could be read");
        return;
    }
    if (fullest->need > 1) {
        snprintf(need, sizeof need, ", and one more takes %" PRId64, fullest->need);
    }
    snprintf(text, size, "%s %s: %" PRId64 " of %" PRId64 " in use%s",
             share_with_one_more(fullest) >= NEAR
                 ? "most likely"
                 : "no limit known here is near; the nearest is",
             fullest->name, fullest->used, fullest->most, need);
}

void limits_explain(char *text, size_t size, int64_t threads_then,
                    int64_t thread_bytes) {
    limits_explain_below("", text, size, threads_then, thread_bytes);
}

/* ---- how much memory is left ---- */

struct room {
    int64_t swap; /* free, of the machine */
    int64_t left; /* in the tightest group; < 0: none is known */
    int64_t most;
    char file[256];
};

static void keep_tightest(void *context, const struct group_limit *limit) {
    struct room *room = context;
    int64_t swap =
        limit->swap >= 0 && limit->swap < room->swap ? limit->swap : room->swap;
    int64_t left = limit->used < limit->most ? limit->most - limit->used : 0;
    left = left < INT64_MAX - swap ? left + swap : INT64_MAX;
    if (room->left < 0 || left < room->left) {
        room->left = left;
        room->most = limit->most;
        snprintf(room->file, sizeof room->file, "%.*s", (int)sizeof room->file - 1,
                 limit->file);
    }
}

bool limits_hold_below(const char *root, char *text, size_t size, int64_t bytes) {
    int64_t swap = kernel_file_line(root, "/proc/meminfo", "SwapFree: %" SCNd64 " kB");
    struct room room = {.swap = swap > 0 ? swap * 1024 : 0, .left = -1};
    control_groups_visit(root, GROUP_MEMORY, keep_tightest, &room);
    if (room.left < 0 || bytes <= room.left) {
        return true;
    }
    snprintf(text, size, "%s leaves %" PRId64 " of %" PRId64, room.file, room.left,
             room.most);
    return false;
}

bool limits_hold(char *text, size_t size, int64_t bytes) {
    return limits_hold_below("", text, size, bytes);
}
