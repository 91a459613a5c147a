/* Park: no wake is lost, none is invented, and nothing is touched after the wake. */
#include <signal.h>

#include "support/suite.h"
#include "support/wakes.h"

CLAIM(a_wake_before_the_wait_is_kept) {
    const int64_t deadlines_ns[] = {DEADLINE_NEVER, now_ns() + NS_PER_MS, DEADLINE_NOW,
                                    -1, INT64_MIN};
    for (int i = 0; i < 5; i++) {
        struct park park;
        park_init(&park);
        park_wake(&park);
        assert_true(wait_on(&park, deadlines_ns[i]));
    }
}

CLAIM(a_wait_nobody_ends_ends_at_its_deadline_and_not_before) {
    struct park park;
    park_init(&park);
    for (int i = 0; i < 5; i++) { /* and the park may be used again */
        int64_t deadline_ns = now_ns() + NS_PER_MS;
        assert_false(wait_on(&park, deadline_ns));
        assert_true(now_ns() >= deadline_ns);
        assert_false(wait_on(&park, DEADLINE_NOW));
        assert_false(wait_on(&park, -NS_PER_S));
    }
}

/* ---- wakes from another thread ---- */

CLAIM(no_wake_is_lost_and_what_came_before_it_is_seen) {
    wake_quickly(scaled(50000));
}

static void let_pass(int64_t ns) {
    int64_t until_ns = now_ns() + ns;
    while (now_ns() < until_ns) {
    }
}

static void *wake_at_any_moment(void *argument) {
    struct pair *pair = argument;
    struct random random = chance(2);
    for (int i = 1; i <= pair->rounds; i++) {
        struct park *park;
        UNTIL((park = atomic_exchange(&pair->park, NULL)) != NULL);
        let_pass(i % 8 == 0 ? random_below(&random, 60 * NS_PER_US) : 0);
        pair->written = i;
        park_wake(park);
    }
    return NULL;
}

/* Before it looks, while it falls asleep, or later: most wakes about when it would fall
 * asleep at once, and some so late that looking is given up and it does. */
CLAIM(no_wake_is_lost_whenever_it_comes) {
    struct pair pair = {.rounds = scaled(50000)};
    struct random random = chance(3);
    struct spawned *thread = spawn(wake_at_any_moment, &pair);
    for (int i = 1; i <= pair.rounds; i++) {
        struct park park;
        park_init(&park);
        atomic_store(&pair.park, &park);
        let_pass(random_below(&random, 600));
        assert_true(wait_on(&park, DEADLINE_NEVER));
        assert_int_equal(pair.written, i);
    }
    join(thread);
}

/* A deadline at the moment of the wake: the wake counts once, now or next time. */
CLAIM(a_wake_that_meets_the_deadline_counts_once) {
    struct pair pair = {.rounds = scaled(20000)};
    struct random random = chance(1);
    struct spawned *thread = spawn(write_and_wake, &pair);
    for (int i = 1; i <= pair.rounds; i++) {
        struct park park;
        park_init(&park);
        atomic_store(&pair.park, &park);
        int64_t soon_ns = now_ns() + random_below(&random, 8000);
        while (!wait_on(&park, soon_ns)) {
            soon_ns = now_ns() + random_below(&random, 8000);
        }
        assert_int_equal(pair.written, i);
    }
    join(thread);
}

/* The sleeper frees its bed as soon as it is awake: AddressSanitizer watches. */
CLAIM(the_waker_does_not_touch_the_park_after_the_wake) {
    struct pair pair = {.rounds = scaled(20000)};
    struct spawned *thread = spawn(write_and_wake, &pair);
    for (int i = 0; i < pair.rounds; i++) {
        struct park *park = malloc(sizeof *park);
        park_init(park);
        atomic_store(&pair.park, park);
        assert_true(wait_on(park, DEADLINE_NEVER));
        free(park);
    }
    join(thread);
}

static void spend_time(void) {
    clock_spend(0);
    clock_spend(1);
}

CLAIM(real_time_cannot_be_spent) {
    assert_false(clock_is_virtual());
    assert_child_ends(spend_time, -SIGABRT);
}
