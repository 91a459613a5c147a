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
 * program. Adding to an empty group while another thread waits for it is a race. A
 * negative count is a done() for several, as in Go.
 */
#ifndef FIVE_COOKS_WAIT_GROUP_H
#define FIVE_COOKS_WAIT_GROUP_H

#include <pthread.h>

struct wait_group {
    pthread_mutex_t lock;

    /* lock must be held when using these: */
    pthread_cond_t all_done; /* pending reached 0 */
    long pending;            /* tasks added and not yet done */
    int counted_waiters;     /* waiting threads that the deadlock detector counts */
};

void wait_group_init(struct wait_group *wg);
void wait_group_destroy(struct wait_group *wg);
void wait_group_add(struct wait_group *wg, int count);
void wait_group_done(struct wait_group *wg);
void wait_group_wait(struct wait_group *wg);

#endif
