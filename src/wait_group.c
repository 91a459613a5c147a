/*
 * Invariant, true whenever the lock is free: nobody waits unless a task is pending.
 *
 * Who wakes whom: whoever brings `pending` to 0 takes the whole list of waiters and
 * wakes them after unlocking. By then the list is its own: a waiter that has been woken
 * may destroy the group while others are still to be woken.
 */
#include "wait_group.h"

#include "clock.h"
#include "must.h"
#include "park.h"

struct group_waiter {
    struct park park;
    struct group_waiter *next;
};

void wait_group_init(struct wait_group *wg) {
    must(pthread_mutex_init(&wg->lock, NULL));
    wg->pending = 0;
    wg->waiters = NULL;
}

void wait_group_destroy(struct wait_group *wg) {
    invariant(wg->waiters == NULL);
    must(pthread_mutex_destroy(&wg->lock));
}

void wait_group_add(struct wait_group *wg, int count) {
    struct group_waiter *let_go = NULL;
    must(pthread_mutex_lock(&wg->lock));
    long pending;
    invariant(!__builtin_add_overflow(wg->pending, count, &pending) && pending >= 0);
    wg->pending = pending;
    if (pending == 0) {
        let_go = wg->waiters;
        wg->waiters = NULL;
    }
    must(pthread_mutex_unlock(&wg->lock));
    while (let_go != NULL) {
        struct group_waiter *waiter = let_go;
        let_go = waiter->next; /* read it first: once woken, its owner is gone */
        park_wake(&waiter->park);
    }
}

void wait_group_done(struct wait_group *wg) {
    wait_group_add(wg, -1);
}

void wait_group_wait(struct wait_group *wg) {
    struct wait_reason reason = {"wait group", NULL, wg, __builtin_return_address(0)};
    struct group_waiter waiter;
    must(pthread_mutex_lock(&wg->lock));
    if (wg->pending == 0) {
        must(pthread_mutex_unlock(&wg->lock));
        return;
    }
    park_init(&waiter.park);
    waiter.next = wg->waiters;
    wg->waiters = &waiter;
    must(pthread_mutex_unlock(&wg->lock));
    bool woken = park_wait(&waiter.park, DEADLINE_NEVER, &reason);
    invariant(woken);
}

int wait_group_waiters(struct wait_group *wg) {
    int count = 0;
    must(pthread_mutex_lock(&wg->lock));
    for (struct group_waiter *waiter = wg->waiters; waiter; waiter = waiter->next) {
        count++;
    }
    must(pthread_mutex_unlock(&wg->lock));
    return count;
}
