#include "program/limits.h"

#include <dirent.h>
#include <inttypes.h>
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

/* From this share on a limit may have been what stopped a thread. Not only from 1 on:
 * the kernel keeps some numbers for itself, and the rest may have changed meanwhile. */
#define NEAR 0.9

static int64_t read_number(const char *path) {
    FILE *file = fopen(path, "re");
    int64_t number = -1;
    if (file != NULL) {
        if (fscanf(file, "%" SCNd64, &number) != 1) {
            number = -1; /* "max", in a cgroup */
        }
        fclose(file);
    }
    return number;
}

/* A line such as "VmSize:   1234 kB" or "CapEff: 000001ffffffffff" of a /proc file. */
static int64_t read_line(const char *path, const char *format) {
    FILE *file = fopen(path, "re");
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

/* Threads on the whole machine: the number after the slash in /proc/loadavg. */
static int64_t threads_of_machine(void) {
    return read_line("/proc/loadavg", "%*f %*f %*f %*d/%" SCNd64);
}

static int64_t count_maps(void) {
    FILE *file = fopen("/proc/self/maps", "re");
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

/* RLIMIT_NPROC does not bind root, nor who has one of two capabilities. */
static int64_t bound_processes(void) {
    enum { CAP_SYS_ADMIN = 21, CAP_SYS_RESOURCE = 24 };
    int64_t capabilities = read_line("/proc/self/status", "CapEff: %" SCNx64);
    int64_t freeing = INT64_C(1) << CAP_SYS_ADMIN | INT64_C(1) << CAP_SYS_RESOURCE;
    if (getuid() == 0 || (capabilities > 0 && (capabilities & freeing) != 0)) {
        return -1;
    }
    return rlimit_of(RLIMIT_NPROC);
}

/* RLIMIT_NPROC counts all threads of the user, of whatever program. */
static int64_t threads_of_user(void) {
    DIR *proc = opendir("/proc");
    int64_t threads = 0;
    for (struct dirent *entry; proc != NULL && (entry = readdir(proc)) != NULL;) {
        char path[sizeof "/proc//status" + sizeof entry->d_name];
        snprintf(path, sizeof path, "/proc/%s/status", entry->d_name);
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
            read_line(path, "Uid: %" SCNd64) == (int64_t)getuid()) {
            threads += read_line(path, "Threads: %" SCNd64);
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

static void keep_fuller(struct limit *fullest, int64_t used, int64_t need, int64_t most,
                        const char *name) {
    struct limit limit = {.used = used, .need = need, .most = most};
    if (most <= 0 || used < 0) {
        return;
    }
    if (fullest->most < 0 ||
        share_with_one_more(&limit) > share_with_one_more(fullest)) {
        snprintf(limit.name, sizeof limit.name, "%.*s", (int)sizeof limit.name - 1,
                 name);
        *fullest = limit;
    }
}

/* Walks up from the process's own control group; any of them may have a limit. */
static void look_at_cgroups(struct limit *fullest, const char *root, char *path) {
    for (;;) {
        char most[400];
        char used[400];
        snprintf(most, sizeof most, "%s%s/pids.max", root, path);
        snprintf(used, sizeof used, "%s%s/pids.current", root, path);
        keep_fuller(fullest, read_number(used), 1, read_number(most), most);
        char *slash = strrchr(path, '/');
        if (slash == NULL) {
            return;
        }
        *slash = '\0';
    }
}

static void look_at_all_cgroups(struct limit *fullest) {
    FILE *file = fopen("/proc/self/cgroup", "re");
    char line[300];
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *path = controllers == NULL ? NULL : strchr(controllers + 1, ':');
        if (path == NULL) {
            continue;
        }
        *path++ = '\0';
        if (strcmp(controllers + 1, "") == 0) {
            look_at_cgroups(fullest, "/sys/fs/cgroup", path);
        } else if (strcmp(controllers + 1, "pids") == 0) {
            look_at_cgroups(fullest, "/sys/fs/cgroup/pids", path);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
}

static int64_t add_known(int64_t a, int64_t b) {
    return a < 0 || b < 0 ? -1 : a + b;
}

static void look_at_memory(struct limit *fullest, int64_t thread_bytes) {
    const char *status = "/proc/self/status";
    const char *meminfo = "/proc/meminfo";
    keep_fuller(fullest, read_line(status, "VmSize: %" SCNd64 " kB") * 1024,
                thread_bytes, rlimit_of(RLIMIT_AS),
                "RLIMIT_AS in bytes (ulimit -v, --limit-memory)");
    keep_fuller(fullest, read_line(status, "VmData: %" SCNd64 " kB") * 1024,
                thread_bytes, rlimit_of(RLIMIT_DATA),
                "RLIMIT_DATA in bytes (ulimit -d)");
    int64_t overcommit = read_number("/proc/sys/vm/overcommit_memory");
    if (overcommit == 0) {
        keep_fuller(fullest, 0, thread_bytes / 1024,
                    add_known(read_line(meminfo, "MemTotal: %" SCNd64 " kB"),
                              read_line(meminfo, "SwapTotal: %" SCNd64 " kB")),
                    "RAM and swap in kB, for one stack (vm.overcommit_memory is 0)");
    } else if (overcommit == 2) {
        keep_fuller(fullest, read_line(meminfo, "Committed_AS: %" SCNd64 " kB"),
                    thread_bytes / 1024,
                    read_line(meminfo, "CommitLimit: %" SCNd64 " kB"),
                    "CommitLimit in kB (vm.overcommit_memory is 2)");
    }
}

static void look_at_counts(struct limit *fullest) {
    int64_t machine = threads_of_machine();
    int64_t processes = bound_processes();
    if (processes > 0) {
        keep_fuller(fullest, threads_of_user(), 1, processes,
                    "RLIMIT_NPROC (ulimit -u), which counts all threads of this user");
    }
    keep_fuller(fullest, machine, 1, read_number("/proc/sys/kernel/pid_max"),
                "kernel.pid_max (/proc/sys/kernel/pid_max)");
    keep_fuller(fullest, machine, 1, read_number("/proc/sys/kernel/threads-max"),
                "kernel.threads-max (/proc/sys/kernel/threads-max)");
    keep_fuller(fullest, count_maps(), 2, read_number("/proc/sys/vm/max_map_count"),
                "vm.max_map_count (/proc/sys/vm/max_map_count)");
}

void limits_explain(char *text, size_t size, int64_t thread_bytes) {
    struct limit fullest = {.most = -1};
    char need[64] = "";
    look_at_counts(&fullest);
    look_at_all_cgroups(&fullest);
    look_at_memory(&fullest, thread_bytes);
    if (fullest.most < 0) {
        snprintf(text, size, "no limit could be read");
        return;
    }
    if (fullest.need > 1) {
        snprintf(need, sizeof need, ", and one more thread takes %" PRId64,
                 fullest.need);
    }
    snprintf(text, size, "%s %s: %" PRId64 " of %" PRId64 " in use%s",
             share_with_one_more(&fullest) >= NEAR
                 ? "most likely"
                 : "no limit known here is near; the nearest is",
             fullest.name, fullest.used, fullest.most, need);
}
