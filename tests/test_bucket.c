/*
 * The token bucket, on a clock of its own: the moments are numbers in a table. Modelled
 * on the tests of golang.org/x/time/rate, named at each claim.
 */
#include <math.h>

#include "simulation/bucket.h"
#include "support/suite.h"

enum { TICK_MS = 100 }; /* at 10 a second, one token a tick */

struct take {
    int tick;
    bool taken;
};

static int64_t moment_ns(int tick) {
    return NS_PER_S + tick * TICK_MS * NS_PER_MS;
}

static void assert_takes(double rate_per_s, int64_t burst, const struct take *takes,
                         size_t count) {
    struct bucket bucket;
    bucket_init(&bucket, rate_per_s, burst, moment_ns(takes[0].tick));
    for (size_t i = 0; i < count; i++) {
        if (bucket_take(&bucket, moment_ns(takes[i].tick)) != takes[i].taken) {
            fail_msg("take number %zu, at tick %d, should have %s", i, takes[i].tick,
                     takes[i].taken ? "succeeded" : "failed");
        }
    }
    bucket_destroy(&bucket);
}

#define ASSERT_TAKES(rate, burst, ...)                                                 \
    assert_takes(rate, burst, (const struct take[]){__VA_ARGS__},                      \
                 sizeof((const struct take[]){__VA_ARGS__}) / sizeof(struct take))

/* TestLimiterBurst1 */
CLAIM(a_burst_of_one_lets_one_through_each_tick) {
    ASSERT_TAKES(10, 1, {0, true}, {0, false}, {0, false}, {1, true}, {1, false},
                 {1, false}, {2, true}, {2, false});
}

/* TestLimiterBurst3 */
CLAIM(a_burst_of_three_saves_up_to_three) {
    ASSERT_TAKES(10, 3, {0, true}, {0, true}, {0, true}, {0, false}, {1, true},
                 {1, false}, {4, true}, {4, true}, {4, true}, {4, false}, {9, true},
                 {9, true}, {9, true}, {9, false}, {10, true}, {10, false});
}

/* TestLimiterJumpBackwards, but stricter: the time jumped over mints nothing again. */
CLAIM(time_that_goes_back_mints_nothing_and_takes_nothing) {
    ASSERT_TAKES(10, 3, {5, true}, {0, true}, {0, true}, {0, false}, {4, false},
                 {5, false}, {6, true}, {6, false}, {0, false}, {7, true}, {7, false});
}

/* TestNoTruncationErrors, and many tiny refills: they must add up to whole tokens. */
CLAIM(tiny_refills_are_not_rounded_away) {
    struct bucket bucket;
    bucket_init(&bucket, 0.7692307692307693, 1, 0);
    assert_true(bucket_take(&bucket, 0));
    bucket_destroy(&bucket);

    int expected = scaled(1000);
    int taken = 0;
    bucket_init(&bucket, 1000, 1, NS_PER_S);
    assert_true(bucket_take(&bucket, NS_PER_S));
    for (int64_t i = 1; i <= expected * INT64_C(1000); i++) {
        taken += bucket_take(&bucket, NS_PER_S + i * NS_PER_US);
    }
    assert_int_equal(taken, expected);
    bucket_destroy(&bucket);
}

/* The clock of a machine that has been up for centuries, and a rate in nanoseconds. */
CLAIM(a_clock_near_its_end_is_as_exact) {
    struct bucket bucket;
    int64_t start_ns = INT64_MAX - 10;
    bucket_init(&bucket, 1e9, 1, start_ns);
    for (int64_t i = 0; i <= 10; i++) {
        assert_true(bucket_take(&bucket, start_ns + i));
        assert_false(bucket_take(&bucket, start_ns + i));
    }
    bucket_destroy(&bucket);
}

/* Who asks once every 1/rate seconds keeps to the rate, but moments are whole
 * nanoseconds: two of them may be nearly one closer together than that (golang/time
 * issue 19). */
CLAIM(who_keeps_to_the_rate_is_never_refused) {
    static const double rates[] = {3.7, 50.65, 2565.7, 1e6 / 7, 3e8};
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        struct bucket bucket;
        bucket_init(&bucket, rates[r], 1, 0);
        for (int i = 0; i < 20000; i++) {
            assert_true(bucket_take(&bucket, (int64_t)ceil(i * 1e9 / rates[r])));
        }
        assert_false(bucket_take(&bucket, (int64_t)ceil(19999 * 1e9 / rates[r])));
        bucket_destroy(&bucket);
    }
}

/* TestZeroLimit */
CLAIM(without_a_rate_only_the_first_burst_gets_through) {
    ASSERT_TAKES(0, 2, {0, true}, {0, true}, {0, false}, {1, false}, {1000000, false});
}

/* TestTinyLimit */
CLAIM(a_tiny_rate_gives_its_token_when_it_is_whole) {
    ASSERT_TAKES(1e-5, 1, {0, true}, {1, false}, {999999, false}, {1000000, true},
                 {1000001, false});
}

CLAIM(without_a_burst_nothing_gets_through) {
    ASSERT_TAKES(10, 0, {0, false}, {1, false}, {1000, false});
}

/* ---- many threads ---- */

struct crowd_at_the_bucket {
    struct bucket bucket;
    int64_t now_ns;
    _Atomic int taken;
};

static void *take_one(void *argument) {
    struct crowd_at_the_bucket *at = argument;
    at->taken += bucket_take(&at->bucket, at->now_ns);
    return NULL;
}

/* TestSimultaneousRequests */
CLAIM(of_15_threads_at_a_burst_of_5_exactly_5_get_through) {
    for (int round = 0; round < 50; round++) {
        struct crowd_at_the_bucket at = {.now_ns = NS_PER_S};
        bucket_init(&at.bucket, 1, 5, at.now_ns);
        crowd_run(15, take_one, &at);
        assert_int_equal(at.taken, 5);
        bucket_destroy(&at.bucket);
    }
}

/* ---- the long run ---- */

/* Asks at random moments, `load` times as often as the rate, and checks the promise for
 * every stretch [i, j] there is: taken(i..j) <= burst + rate * T(i..j). With the excess
 * e(j) = taken(..j) - rate * t(j) that is e(j) - e(i - 1) <= burst for all i, so one
 * pass and the least excess so far are enough. */
static double share_of_ideal(double rate_per_s, int64_t burst, double load,
                             uint64_t seed) {
    enum { ASKED = 200000 };
    struct bucket bucket;
    struct random random = random_at(seed, 0);
    double least_excess = 0;
    double t_s = 0;
    int taken = 0;
    bucket_init(&bucket, rate_per_s, burst, 0);
    for (int i = 0; i < ASKED; i++) {
        t_s += -log(1 - random_share(&random)) / (rate_per_s * load);
        int64_t now = llround(t_s * 1e9);
        least_excess = fmin(least_excess, taken - rate_per_s * (double)now / 1e9);
        taken += bucket_take(&bucket, now);
        double excess = taken - rate_per_s * (double)now / 1e9;
        assert_true(excess - least_excess <= (double)burst + 1e-3);
    }
    bucket_destroy(&bucket);
    return taken / ((double)burst + rate_per_s * t_s);
}

/* TestLongRunningQPS */
CLAIM(in_the_long_run_the_rate_is_kept_and_nearly_reached) {
    for (uint64_t seed = 1; seed <= (uint64_t)scaled(3); seed++) {
        assert_true(share_of_ideal(100, 10, 3, seed) >= 0.999);
        assert_true(share_of_ideal(100, 100, 2, seed) >= 0.999);
        assert_true(share_of_ideal(1e6 / 7, 50, 10, seed) >= 0.999);
    }
}
