/* Gauges: how many now, and the most there ever were, whoever moves them. */
#include "measure/gauge.h"
#include "support/suite.h"

CLAIM(the_peak_is_the_most_there_ever_were) {
    struct gauge gauge = {0};
    static const int moves[] = {1, 1, 1, -1, -1, 1, -1, 1, 1, 1, -1};
    int64_t now = 0;
    int64_t peak = 0;
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        if (moves[i] > 0) {
            gauge_up(&gauge);
        } else {
            gauge_down(&gauge);
        }
        now += moves[i];
        peak = now > peak ? now : peak;
        assert_int_equal(gauge.now, now);
        assert_int_equal(gauge_peak(&gauge), peak);
    }
}

CLAIM(nothing_gets_past_a_limit) {
    struct gauge gauge = {0};
    assert_false(gauge_up_to(&gauge, 0));
    assert_true(gauge_up_to(&gauge, 2));
    assert_true(gauge_up_to(&gauge, 2));
    assert_false(gauge_up_to(&gauge, 2));
    gauge_down(&gauge);
    assert_true(gauge_up_to(&gauge, 2));
    assert_int_equal(gauge.now, 2);
    assert_int_equal(gauge_peak(&gauge), 2);
}

/* ---- many threads ---- */

enum { THREADS = 8, LIMIT = 1 }; /* one: two at once are seen at once */

struct traffic {
    struct gauge free, limited;
    int rounds;
    _Atomic int64_t inside; /* counted by the test itself */
};

static void *go_up_and_down(void *argument) {
    struct traffic *traffic = argument;
    for (int i = 0; i < traffic->rounds; i++) {
        gauge_up(&traffic->free);
        if (gauge_up_to(&traffic->limited, LIMIT)) {
            assert_true(++traffic->inside <= LIMIT);
            traffic->inside--;
            gauge_down(&traffic->limited);
        }
        gauge_down(&traffic->free);
    }
    gauge_up(&traffic->free); /* so that all are up at the end */
    return NULL;
}

CLAIM(threads_lose_no_move_and_no_peak) {
    struct traffic traffic = {.rounds = scaled(100000)};
    crowd_run(THREADS, go_up_and_down, &traffic);
    assert_int_equal(traffic.free.now, THREADS);
    assert_int_equal(gauge_peak(&traffic.free), THREADS);
    assert_int_equal(traffic.limited.now, 0);
    assert_between(gauge_peak(&traffic.limited), 1, LIMIT);
}
