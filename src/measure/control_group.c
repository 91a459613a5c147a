#include "measure/control_group.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "measure/kernel_file.h"

/* The files of one resource, in one version of control groups. Of memory, what a group
 * holds as a cache of files it gives back before it refuses more. */
struct group_files {
    const char *controller; /* of version 1; "": this is of version 2 */
    const char *most, *used;
    const char *cache[2]; /* its lines in memory.stat */
    const char *swap_most, *swap_used;
};

static const struct group_files files_of[][2] = {
    [GROUP_THREADS] = {{"", "pids.max", "pids.current", {NULL}, NULL, NULL},
                       {"pids", "pids.max", "pids.current", {NULL}, NULL, NULL}},
    [GROUP_MEMORY] = {{"",
                       "memory.max",
                       "memory.current",
                       {"inactive_file %" SCNd64, "active_file %" SCNd64},
                       "memory.swap.max",
                       "memory.swap.current"},
                      {"memory",
                       "memory.limit_in_bytes",
                       "memory.usage_in_bytes",
                       {"total_inactive_file %" SCNd64, "total_active_file %" SCNd64},
                       NULL,
                       NULL}},
};

struct visit {
    const char *root;
    const struct group_files *files;
    group_visitor *visit;
    void *context;
};

/* The number in a file of the group; -1 without a name. */
static int64_t number_in(const struct visit *visit, const char *group,
                         const char *file) {
    char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/%s", group, file != NULL ? file : "");
    return file == NULL ? -1 : kernel_file_number(visit->root, path);
}

static int64_t in_use(const struct visit *visit, const char *group) {
    int64_t used = number_in(visit, group, visit->files->used);
    int64_t cache = 0;
    char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/memory.stat", group);
    for (int i = 0; i < 2 && visit->files->cache[i] != NULL; i++) {
        int64_t part = kernel_file_line(visit->root, path, visit->files->cache[i]);
        cache += part > 0 ? part : 0;
    }
    return cache < used ? used - cache : used;
}

static void look_at_group(const struct visit *visit, const char *group) {
    const struct group_files *files = visit->files;
    char most[PATH_MAX + 64];
    snprintf(most, sizeof most, "%s/%s", group, files->most);
    struct group_limit limit = {
        .file = most,
        .most = kernel_file_number(visit->root, most),
        .used = in_use(visit, group),
        .swap = -1,
    };
    int64_t swap_most = number_in(visit, group, files->swap_most);
    int64_t swap_used = number_in(visit, group, files->swap_used);
    if (swap_most >= 0) { /* which may have been lowered since */
        int64_t left = swap_most - (swap_used > 0 ? swap_used : 0);
        limit.swap = left > 0 ? left : 0;
    }
    if (limit.most >= 0 && limit.used >= 0) {
        visit->visit(visit->context, &limit);
    }
}

/* Walks up from the process's own group. What is above the top of what a container sees
 * is written with "..". */
static void look_upwards(const struct visit *visit, const char *controllers,
                         const char *path) {
    char group[PATH_MAX];
    while (strncmp(path, "/..", 3) == 0) {
        path += 3;
    }
    int mount = snprintf(group, sizeof group, "/sys/fs/cgroup%s%.200s",
                         *controllers == '\0' ? "" : "/", controllers);
    snprintf(group + mount, sizeof group - (size_t)mount, "%s", path);
    for (;;) {
        look_at_group(visit, group);
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

/* A line is "number:controllers:path". */
static void look_at_line(struct visit *visit, enum group_resource resource,
                         char *line) {
    char *controllers = strchr(line, ':');
    char *path = controllers == NULL ? NULL : strchr(controllers + 1, ':');
    if (path == NULL) {
        return;
    }
    *path++ = '\0';
    for (int version = 0; version < 2; version++) {
        visit->files = &files_of[resource][version];
        if (has_controller(controllers + 1, visit->files->controller)) {
            look_upwards(visit, controllers + 1, path);
        }
    }
}

void control_groups_visit(const char *root, enum group_resource resource,
                          group_visitor *visit, void *context) {
    struct visit each = {.root = root, .visit = visit, .context = context};
    FILE *file = kernel_file_open(root, "/proc/self/cgroup");
    char line[PATH_MAX];
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        look_at_line(&each, resource, line);
    }
    if (file != NULL) {
        fclose(file);
    }
}
