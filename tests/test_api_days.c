/* The API on a bad day: outages, and a service that is slower the more it serves. */
#include "simulation/api.h"
#include "support/caller.h"
#include "support/suite.h"
#include "sync/chan.h"
#include "sync/clock.h"

static const struct call quick = {.service_ns = 0, .fate = FATE_OK};

/* The outage counts from the moment the API opened, which the test chooses. */
static enum reply reply_after_ns(int64_t open_for_ns, int64_t start_ns,
                                 int64_t length_ns) {
    open_api_since(now_ns() - open_for_ns,
                   (struct api_config){.outage_start_ns = start_ns,
                                       .outage_length_ns = length_ns});
    enum reply reply = call_now(&quick);
    close_api();
    return reply;
}

CLAIM(everything_fails_during_an_outage_and_only_then) {
    const int64_t hour_ns = 3600 * NS_PER_S;
    assert_int_equal(reply_after_ns(0, 0, 0), REPLY_OK);
    assert_int_equal(reply_after_ns(0, hour_ns, hour_ns), REPLY_OK);
    assert_int_equal(reply_after_ns(hour_ns, hour_ns, hour_ns), REPLY_FAILED);
    assert_int_equal(reply_after_ns(3 * hour_ns / 2, hour_ns, hour_ns), REPLY_FAILED);
    assert_int_equal(reply_after_ns(2 * hour_ns, hour_ns, hour_ns), REPLY_OK);
    assert_int_equal(reply_after_ns(0, 0, hour_ns), REPLY_FAILED);
}

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

/* 1 ms, and 1000 s more for each other call in service: who gives up after 100 s gets
 * his reply alone and not in company. */
CLAIM(each_other_call_in_service_slows_a_call_down) {
    enum { OTHERS = 3 };
    open_api((struct api_config){.slowdown = 1});
    struct call call = {.service_ns = NS_PER_MS};
    struct caller callers[OTHERS];
    assert_int_equal(call_now(&call), REPLY_OK);
    for (int i = 0; i < OTHERS; i++) {
        caller_start(&callers[i], hang_up);
    }
    int64_t before_ns = now_ns();
    assert_int_equal(call_now(&call), REPLY_OK);
    assert_true(now_ns() - before_ns >= call.service_ns * (1 + OTHERS));
    config.slowdown = 1e6;
    assert_int_equal(api_call(&api, &call, now_ns() + NS_PER_MS, NULL), REPLY_TOO_LATE);
    callers_hang_up(callers, OTHERS, hang_up);
    assert_int_equal(api_call(&api, &call, now_ns() + 3600 * NS_PER_S, NULL), REPLY_OK);
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
