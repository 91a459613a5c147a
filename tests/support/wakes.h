/*
 * A thread that waits in a park again and again, and another that wakes it, as fast as
 * both can: wake_quickly(rounds). And a wait without a reason worth telling.
 */
#ifndef TEST_WAKES_H
#define TEST_WAKES_H

#include <stdatomic.h>
#include <stdbool.h>

#include "support/suite.h"
#include "support/threads.h"
#include "support/until.h"
#include "sync/clock.h"
#include "sync/park.h"

static inline bool wait_on(struct park *park, int64_t deadline_ns) {
    static const struct wait_reason reason = {.what = "test"};
    return park_wait(park, deadline_ns, &reason);
}

struct pair {
    int rounds;
    struct park *_Atomic park;
    int written; /* plain: the wake must make it visible */
};

static inline void *write_and_wake(void *argument) {
    struct pair *pair = argument;
    for (int i = 1; i <= pair->rounds; i++) {
        struct park *park;
        UNTIL((park = atomic_exchange(&pair->park, NULL)) != NULL);
        pair->written = i;
        park_wake(park);
    }
    return NULL;
}

static inline void wake_quickly(int rounds) {
    struct pair pair = {.rounds = rounds};
    struct spawned *thread = spawn(write_and_wake, &pair);
    for (int i = 1; i <= pair.rounds; i++) {
        struct park park;
        park_init(&park);
        atomic_store(&pair.park, &park);
        assert_true(wait_on(&park, DEADLINE_NEVER));
        assert_int_equal(pair.written, i);
    }
    join(thread);
}

#endif
