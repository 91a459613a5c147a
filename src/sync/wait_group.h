/*
 * A wait group waits for a set of tasks to finish.
 *
 *   wait_group_add(wg, 1)  by the thread that starts a task, before it starts
 *   wait_group_done(wg)    by the task, as its last act
 *   wait_group_wait(wg)    by any thread; returns once every added task is done
 *
 * What a task wrote before wait_group_done() is visible after wait_group_wait(). Once
 * wait_group_wait() has returned, no task touches the group any more: it may be
 * destroyed, or used again. More done() than add() is a bug, not a result: it ends the
 * program. A negative count is a done() for several, as in Go.
 *
 * Whoever waits is let go when the count reaches 0, even if tasks are added again
 * before the waiter gets to run. (In Go that is misuse and ends the program.)
 */
#ifndef FIVE_COOKS_WAIT_GROUP_H
#define FIVE_COOKS_WAIT_GROUP_H

#include <pthread.h>

struct group_waiter; /* one thread that waits; lives on its stack */

struct wait_group {
    pthread_mutex_t lock;

    /* lock must be held when using these: */
    long pending;                 /* tasks added and not yet done */
    struct group_waiter *waiters; /* in no order */
};

void wait_group_init(struct wait_group *wg);
void wait_group_destroy(struct wait_group *wg);
void wait_group_add(struct wait_group *wg, int count);
void wait_group_done(struct wait_group *wg);
void wait_group_wait(struct wait_group *wg);

int wait_group_waiters(struct wait_group *wg); /* waiting now; for tests */

#endif
