/*
 * One lock guards it all. Whoever brings `pending` to 0 wakes every waiter, and before
 * that counts in those that the deadlock detector counts.
 */
#include "wait_group.h"

#include "deadlock.h"
#include "must.h"

void wait_group_init(struct wait_group *wg) {
    must(pthread_mutex_init(&wg->lock, NULL));
    must(pthread_cond_init(&wg->all_done, NULL));
    wg->pending = 0;
    wg->counted_waiters = 0;
}

void wait_group_destroy(struct wait_group *wg) {
    must(pthread_cond_destroy(&wg->all_done));
    must(pthread_mutex_destroy(&wg->lock));
}

/* Lock held. */
static void wake_waiters(struct wait_group *wg) {
    if (wg->counted_waiters > 0) {
        deadlock_awake(wg->counted_waiters);
        wg->counted_waiters = 0;
    }
    /* Under the lock: once we let go of it, a waiter may return and free wg. */
    must(pthread_cond_broadcast(&wg->all_done));
}

void wait_group_add(struct wait_group *wg, int count) {
    must(pthread_mutex_lock(&wg->lock));
    long pending;
    invariant(!__builtin_add_overflow(wg->pending, count, &pending) && pending >= 0);
    wg->pending = pending;
    if (pending == 0) {
        wake_waiters(wg); /* a negative count, as in Go, is a done() for several */
    }
    must(pthread_mutex_unlock(&wg->lock));
}

void wait_group_done(struct wait_group *wg) {
    wait_group_add(wg, -1);
}

void wait_group_wait(struct wait_group *wg) {
    /* Out here, not in the branch: the detector may read it for as long as we wait. */
    struct wait_reason reason = {"wait group", NULL, wg, __builtin_return_address(0)};
    must(pthread_mutex_lock(&wg->lock));
    if (wg->pending > 0 && deadlock_watches_me()) {
        wg->counted_waiters++;
        deadlock_asleep(&reason);
    }
    while (wg->pending > 0) {
        must(pthread_cond_wait(&wg->all_done, &wg->lock));
    }
    must(pthread_mutex_unlock(&wg->lock));
}
