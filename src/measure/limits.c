#include "measure/limits.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

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

static FILE *open_below(const struct search *search, const char *path) {
    char whole[2 * PATH_MAX];
    snprintf(whole, sizeof whole, "%s%s", search->root, path);
    return fopen(whole, "re");
}

/* A line such as "VmSize:   1234 kB" or "CapEff: 000001ffffffffff" of a /proc file. */
static int64_t read_line(const struct search *search, const char *path,
                         const char *format) {
    FILE *file = open_below(search, path);
    int64_t number = -1;
    char line[256];
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        int64_t found;
        if (sscanf(line, format, &found) == 1) {
            number = found;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return number;
}

static int64_t read_number(const struct search *search, const char *path) {
    return read_line(search, path, "%" SCNd64);
}

/* Threads on the whole machine: the number after the slash in /proc/loadavg. */
static int64_t threads_of_machine(const struct search *search) {
    return read_line(search, "/proc/loadavg", "%*f %*f %*f %*d/%" SCNd64);
}

static int64_t count_maps(const struct search *search) {
    FILE *file = open_below(search, "/proc/self/maps");
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
            threads += read_line(search, path, "Threads: %" SCNd64);
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

/* What a control group may limit. What it holds of files that nobody has used lately it
 * gives back before it refuses memory. */
static const struct group_limit {
    const char *controller; /* of version 1; "": this is of version 2 */
    const char *most, *used;
    const char *idle_files; /* their line in memory.stat */
    int64_t need; /* stack, kernel stack and page tables of a thread at rest */
} group_limits[] = {
    {"", "pids.max", "pids.current", NULL, 1},
    {"pids", "pids.max", "pids.current", NULL, 1},
    {"", "memory.max", "memory.current", "inactive_file %" SCNd64, 36000},
    {"memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
     "total_inactive_file %" SCNd64, 36000},
};

static void look_at_cgroup(struct search *search, const struct group_limit *limit,
                           const char *group) {
    char most[PATH_MAX + 64];
    char path[PATH_MAX + 64];
    snprintf(most, sizeof most, "%s/%s", group, limit->most);
    snprintf(path, sizeof path, "%s/%s", group, limit->used);
    int64_t used = read_number(search, path);
    if (limit->idle_files != NULL) {
        snprintf(path, sizeof path, "%s/memory.stat", group);
        int64_t idle = read_line(search, path, limit->idle_files);
        used = idle > 0 && idle < used ? used - idle : used;
    }
    keep_fuller_then(search, used, limit->need, read_number(search, most), most);
}

/* Walks up from the process's own control group; any of them may have a limit. What is
 * above the top of what a container sees is written with "..". */
static void look_at_cgroups(struct search *search, const struct group_limit *limit,
                            const char *controllers, const char *path) {
    char group[PATH_MAX];
    while (strncmp(path, "/..", 3) == 0) {
        path += 3;
    }
    int mount = snprintf(group, sizeof group, "/sys/fs/cgroup%s%.200s",
                         *controllers == '\0' ? "" : "/", controllers);
    snprintf(group + mount, sizeof group - (size_t)mount, "%s", path);
    for (;;) {
        look_at_cgroup(search, limit, group);
        char *slash = strrchr(group + mount, '/');
        if (slash == NULL) {
            return;
        }
        *slash = '\0';
    }
}

/* "pids", or several that share a tree, as "cpu,pids"; none, of version 2. */
static bool has_controller(const char *controllers, const char *name) {
    char list[256];
    char word[32];
    snprintf(list, sizeof list, ",%.250s,", controllers);
    snprintf(word, sizeof word, ",%s,", name);
    return strstr(list, word) != NULL;
}

static void look_at_all_cgroups(struct search *search) {
    FILE *file = open_below(search, "/proc/self/cgroup");
    char line[PATH_MAX];
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *path = controllers == NULL ? NULL : strchr(controllers + 1, ':');
        if (path == NULL) {
            continue;
        }
        *path++ = '\0';
        for (size_t i = 0; i < sizeof group_limits / sizeof group_limits[0]; i++) {
            if (has_controller(controllers + 1, group_limits[i].controller)) {
                look_at_cgroups(search, &group_limits[i], controllers + 1, path);
            }
        }
    }
    if (file != NULL) {
        fclose(file);
    }
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
    look_at_all_cgroups(&search);
    look_at_memory(&search, thread_bytes);
    const struct limit *fullest = &search.fullest;
    char need[64] = "";
    if (fullest->most < 0) {
        snprintf(text, size, "no limit could be read");
        return;
    }
    if (fullest->need > 1) {
        snprintf(need, sizeof need, ", and one more thread takes %" PRId64,
                 fullest->need);
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
