/* Gauges moved by many threads at once. That they count, and stop at a limit:
 * test_api.c. */
#include "measure/gauge.h"
#include "support/suite.h"

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
        if (gauge_up_to(&traffic->limited, LIMIT) > 0) {
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
