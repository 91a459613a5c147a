/* The pause before a retry: below a bound that doubles, up to a minute. Whose pause is
 * how long, to the nanosecond: tests/programs/test_retries.py. */
#include "simulation/backoff.h"
#include "support/suite.h"

enum { TASKS = 2000 };

static int64_t most_of(int64_t base_ns, uint64_t seed, int64_t attempt) {
    int64_t most_ns = 0;
    for (uint64_t i = 0; i < TASKS; i++) {
        int64_t pause_ns = backoff_ns(base_ns, seed, i, attempt);
        assert_true(pause_ns >= 0);
        most_ns = pause_ns > most_ns ? pause_ns : most_ns;
    }
    return most_ns;
}

/* Of 2000 shares the greatest is below 99 % of the bound with probability 2e-9. */
static void assert_bound(int64_t base_ns, int64_t attempt, int64_t bound_ns) {
    int64_t most_ns = most_of(base_ns, 1, attempt);
    assert_between(most_ns, bound_ns / 100 * 99, bound_ns);
}

CLAIM(the_bound_doubles_with_each_attempt_up_to_a_minute) {
    const int64_t ms = NS_PER_MS;
    assert_bound(10 * ms, 1, 10 * ms);
    assert_bound(10 * ms, 2, 20 * ms);
    assert_bound(10 * ms, 5, 160 * ms);
    assert_bound(10 * ms, 13, 40960 * ms);
    assert_bound(10 * ms, 14, BACKOFF_MAX_NS);
    assert_bound(10 * ms, 1000000, BACKOFF_MAX_NS);
    assert_int_equal(BACKOFF_MAX_NS, 60 * NS_PER_S);
}

/* Whoever asks for more than a minute gets it: the bound only ends the doubling. */
CLAIM(a_base_above_the_bound_is_kept) {
    assert_bound(3600 * NS_PER_S, 1, 3600 * NS_PER_S);
    assert_bound(3600 * NS_PER_S, 9, 3600 * NS_PER_S);
    assert_bound(INT64_MAX, 3, INT64_MAX);
    assert_int_equal(most_of(0, 1, 50), 0);
}
