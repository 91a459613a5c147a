/*
 * A place where one thread sleeps until it is woken, or until a deadline.
 *
 *   park_init(park)               by the thread that will sleep
 *   park_wait(park, deadline, …)  by that thread
 *   park_wake(park)               by any one other thread, at most once
 *
 * A wake is never lost: if it comes before the wait, the wait returns at once. What the
 * waker wrote before park_wake() is visible after park_wait() returned true. After
 * park_wake() the waker does not touch *park again, so it may live on the sleeper's
 * stack.
 */
#ifndef FIVE_COOKS_PARK_H
#define FIVE_COOKS_PARK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "deadlock.h"

struct park { /* what it holds is up to the implementation, see thread.h */
    struct fiber *sleeper;
    _Atomic uint32_t state;
};

void park_init(struct park *park);

/* True: woken. False: the deadline passed; the park is as good as new. `reason` is for
 * the deadlock detector. */
bool park_wait(struct park *park, int64_t deadline_ns,
               const struct wait_reason *reason);

void park_wake(struct park *park);

#endif
