/*
 * One wait_group_done by one thread, nobody waiting yet: the cost a task pays to say
 * that it is finished. Not in it: waking the waiter, and competing with other tasks.
 */
#include "operation.h"
#include "sync/clock.h"
#include "sync/must.h"
#include "sync/wait_group.h"

#include <limits.h>
#include <stdlib.h>

static void *start(const struct operation *operation) {
    (void)operation;
    struct wait_group *wg = malloc(sizeof *wg);
    invariant(wg != NULL);
    wait_group_init(wg);
    return wg;
}

static void stop(void *subject) {
    wait_group_destroy(subject);
    free(subject);
}

static int64_t finish_tasks(void *subject, int64_t count) {
    struct wait_group *wg = subject;
    invariant(count <= INT_MAX);
    wait_group_add(wg, (int)count);
    int64_t began_ns = now_ns();
    for (int64_t i = 0; i < count; i++) {
        wait_group_done(wg);
    }
    int64_t took_ns = now_ns() - began_ns;
    wait_group_wait(wg);
    return took_ns;
}

const struct operation wait_group_finish[] = {
    {.name = "wait_group_done/uncontended/five-cooks",
     .batch = 20000,
     .batches = 5,
     .start = start,
     .run = finish_tasks,
     .stop = stop},
    END_OF_TABLE,
};
