#include "program/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* A limit, how much of it is used, and where a person finds it. */
struct limit {
    int64_t used;
    int64_t most; /* < 0: not set, or cannot be read */
    char name[256];
};

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

static void keep_fuller(struct limit *fullest, int64_t used, int64_t most,
                        const char *name) {
    if (most <= 0 || used < 0) {
        return;
    }
    /* used/most compared as fractions; a small limit half full can be the one, too */
    if (fullest->most < 0 ||
        (double)used / (double)most > (double)fullest->used / (double)fullest->most) {
        fullest->used = used;
        fullest->most = most;
        snprintf(fullest->name, sizeof fullest->name, "%.*s",
                 (int)sizeof fullest->name - 1, name);
    }
}

/* Walks up from the process's own control group; any of them may have a limit. */
static void look_at_cgroups(struct limit *fullest, const char *root, char *path) {
    for (;;) {
        char most[400];
        char used[400];
        snprintf(most, sizeof most, "%s%s/pids.max", root, path);
        snprintf(used, sizeof used, "%s%s/pids.current", root, path);
        keep_fuller(fullest, read_number(used), read_number(most), most);
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

static void look_at_memory(struct limit *fullest) {
    const char *status = "/proc/self/status";
    const char *meminfo = "/proc/meminfo";
    keep_fuller(fullest, read_line(status, "VmSize: %" SCNd64 " kB") * 1024,
                rlimit_of(RLIMIT_AS), "RLIMIT_AS in bytes (ulimit -v, --limit-memory)");
    keep_fuller(fullest, read_line(status, "VmData: %" SCNd64 " kB") * 1024,
                rlimit_of(RLIMIT_DATA), "RLIMIT_DATA in bytes (ulimit -d)");
    if (read_number("/proc/sys/vm/overcommit_memory") == 2) {
        keep_fuller(fullest, read_line(meminfo, "Committed_AS: %" SCNd64 " kB"),
                    read_line(meminfo, "CommitLimit: %" SCNd64 " kB"),
                    "CommitLimit in kB (/proc/sys/vm/overcommit_memory is 2)");
    }
}

void limits_explain(char *text, size_t size, int64_t threads_created) {
    struct limit fullest = {.most = -1};
    keep_fuller(&fullest, threads_created, bound_processes(),
                "RLIMIT_NPROC (ulimit -u), which counts all threads of this user");
    keep_fuller(&fullest, threads_of_machine(), read_number("/proc/sys/kernel/pid_max"),
                "kernel.pid_max (/proc/sys/kernel/pid_max)");
    keep_fuller(&fullest, threads_of_machine(),
                read_number("/proc/sys/kernel/threads-max"),
                "kernel.threads-max (/proc/sys/kernel/threads-max)");
    keep_fuller(&fullest, count_maps(), read_number("/proc/sys/vm/max_map_count"),
                "vm.max_map_count (/proc/sys/vm/max_map_count)");
    look_at_all_cgroups(&fullest);
    look_at_memory(&fullest);
    if (fullest.most < 0) {
        snprintf(text, size, "no limit could be read");
        return;
    }
    snprintf(text, size, "most likely %s: %" PRId64 " of %" PRId64, fullest.name,
             fullest.used, fullest.most);
}
