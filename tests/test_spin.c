/* Sleeping in the kernel: when a thread spins first. */
#include <sys/syscall.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/wakes.h"

/* Between its looks before sleeping, a thread yields: so yields are where they show. */
static _Thread_local int yields;
static _Thread_local int64_t last_yield_ns;

int sched_yield(void) {
    yields++;
    last_yield_ns = now_ns();
    return (int)syscall(SYS_sched_yield);
}

CLAIM(who_waits_long_looks_only_at_the_beginning) {
    struct park park;
    park_init(&park);
    wake_quickly(scaled(20000)); /* looking pays */
    int64_t began_ns = last_yield_ns = now_ns();
    assert_false(wait_on(&park, began_ns + NS_PER_S));
    assert_true(last_yield_ns < began_ns + NS_PER_S / 2);
}

/* When the quick wakes cease that looking lives on, it soon ceases, too. */
CLAIM(who_waits_in_vain_again_and_again_stops_looking) {
    enum { WAITS = 100 };
    int looked = 0;
    struct park park;
    park_init(&park);
    wake_quickly(scaled(20000));
    for (int i = 0; i < WAITS; i++) {
        int before = yields;
        assert_false(wait_on(&park, now_ns() + 100 * NS_PER_US));
        looked += yields > before;
    }
    assert_true(looked < WAITS / 2);
}

/* ... and when quick wakes come back, looking comes back: they count while asleep, too.
 */
CLAIM(who_has_stopped_looking_looks_again_when_wakes_are_quick) {
    struct park park;
    park_init(&park);
    int before;
    do {
        before = yields;
        assert_false(wait_on(&park, now_ns() + 100 * NS_PER_US));
    } while (yields > before);
    do {
        wake_quickly(1000);
        before = yields;
        assert_false(wait_on(&park, now_ns() + 100 * NS_PER_US));
    } while (yields == before);
}
