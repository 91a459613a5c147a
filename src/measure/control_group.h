/*
 * What the control groups of this process allow: of either version, at any depth, and
 * of each group above its own, as any of them may have a limit.
 *
 *   control_groups_visit("", GROUP_MEMORY, look, &context)   calls look() for each
 * limit
 */
#ifndef FIVE_COOKS_CONTROL_GROUP_H
#define FIVE_COOKS_CONTROL_GROUP_H

#include <stdint.h>

enum group_resource { GROUP_THREADS, GROUP_MEMORY };

struct group_limit {
    const char *file; /* where it is set */
    int64_t most;
    int64_t used; /* what is given back before a limit is full is not counted */
    int64_t swap; /* of memory: how much more may go to swap; -1: not limited */
};

typedef void group_visitor(void *context, const struct group_limit *limit);

/* `root` as in kernel_file.h. Limits that are not set, or cannot be read, are left out.
 */
void control_groups_visit(const char *root, enum group_resource resource,
                          group_visitor *visit, void *context);

#endif
