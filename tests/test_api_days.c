/* The API on a bad day: what an outage uses up, and whom those turned away slow down.
 * When it begins and ends, and how much slower it gets: tests/programs/test_api.py. */
#include "simulation/api.h"
#include "support/caller.h"
#include "support/suite.h"
#include "sync/chan.h"
#include "sync/clock.h"

static const struct call quick = {.service_ns = 0, .fate = FATE_OK};

CLAIM(an_outage_uses_up_neither_places_nor_tokens) {
    open_api((struct api_config){.capacity = 1,
                                 .rate_per_s = 1e-6,
                                 .burst = 1,
                                 .outage_length_ns = 3600 * NS_PER_S});
    for (int i = 0; i < 5; i++) {
        assert_int_equal(call_now(&quick), REPLY_FAILED);
    }
    config.outage_length_ns = 0;
    assert_int_equal(call_now(&quick), REPLY_OK);
    assert_int_equal(call_now(&quick), REPLY_REJECTED);
    close_api();
}

/* A call being turned away is in flight, too, but nobody serves it. */
CLAIM(calls_being_turned_away_slow_nobody_down) {
    open_api((struct api_config){
        .capacity = 1, .slowdown = 1e6, .reject_ns = 3600 * NS_PER_S});
    struct call call = {.service_ns = NS_PER_MS};
    struct caller served;
    struct caller rejected;
    struct chan *other = chan_create(0, 0);
    caller_start(&served, hang_up);
    caller_start(&rejected, other); /* for an hour */
    callers_hang_up(&served, 1, hang_up);
    assert_int_equal(api_call(&api, &call, now_ns() + 500 * NS_PER_S, NULL), REPLY_OK);
    callers_hang_up(&rejected, 1, other);
    close_api();
    chan_free(other);
}
