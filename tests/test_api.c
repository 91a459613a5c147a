/* The API on the other end: how many it serves, and whom it turns away. When an outage
 * begins and ends, and how much slower it gets: tests/programs/test_api.py. */
#include "support/caller.h"
#include "support/suite.h"

static const struct call quick = {.service_ns = 0, .fate = FATE_OK};

static int64_t replies(enum reply reply) {
    return atomic_load(&api.replies[reply]);
}

/* ---- capacity ---- */

CLAIM(capacity_is_used_up_and_not_exceeded) {
    enum { CAPACITY = 7 };
    open_api((struct api_config){.capacity = CAPACITY});
    struct caller callers[CAPACITY];
    for (int i = 0; i < CAPACITY; i++) {
        assert_int_equal(atomic_load(&api.served.now), i);
        caller_start(&callers[i], hang_up);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(call_now(&quick), REPLY_REJECTED);
    }
    callers_hang_up(callers, CAPACITY, hang_up);
    assert_int_equal(call_now(&quick), REPLY_OK); /* all places are free again */
    assert_int_equal(gauge_peak(&api.served), CAPACITY);
    assert_int_equal(gauge_peak(&api.in_flight), CAPACITY + 1);
    assert_int_equal(api_calls(&api), CAPACITY + 3 + 1);
    close_api();
}

struct hammer {
    int calls;
    _Atomic int64_t *replies;
};

static void *hammer_api(void *argument) {
    struct hammer *hammer = argument;
    for (int i = 0; i < hammer->calls; i++) {
        struct call call = {.service_ns = i % 50 * NS_PER_US};
        hammer->replies[call_now(&call)]++;
    }
    return NULL;
}

CLAIM(capacity_is_not_exceeded_by_many_threads_at_once) {
    enum { THREADS = 32, CAPACITY = 5 };
    open_api((struct api_config){.capacity = CAPACITY});
    _Atomic int64_t seen[REPLY_COUNT] = {0};
    struct hammer hammer = {scaled(300), seen};
    crowd_run(THREADS, hammer_api, &hammer);
    assert_between(gauge_peak(&api.served), 1, CAPACITY);
    assert_between(gauge_peak(&api.in_flight), CAPACITY, THREADS);
    assert_int_equal(atomic_load(&api.served.now), 0);
    assert_int_equal(atomic_load(&api.in_flight.now), 0);
    assert_int_equal(api_calls(&api), THREADS * hammer.calls);
    for (int i = 0; i < REPLY_COUNT; i++) {
        assert_int_equal(replies((enum reply)i), seen[i]); /* both accounts */
    }
    close_api();
}

/* ---- rate ---- */

/* Which of the two stands in front shows in what a call without a place has used up. */
CLAIM(a_call_that_finds_no_place_has_used_its_token) {
    open_api((struct api_config){.capacity = 1, .rate_per_s = 1e-6, .burst = 2});
    struct caller caller;
    caller_start(&caller, hang_up);
    assert_int_equal(call_now(&quick), REPLY_REJECTED); /* no place */
    callers_hang_up(&caller, 1, hang_up);
    assert_int_equal(call_now(&quick), REPLY_REJECTED); /* no token */
    close_api();
}

CLAIM(a_call_without_a_token_takes_no_place) {
    open_api((struct api_config){.capacity = 1, .rate_per_s = 1e-6, .burst = 0});
    assert_int_equal(call_now(&quick), REPLY_REJECTED);
    assert_int_equal(gauge_peak(&api.served), 0);
    assert_int_equal(atomic_load(&api.served.now), 0);
    close_api();
}

/* ---- callers who do not wait for the end ---- */

CLAIM(a_caller_may_give_up) {
    open_api((struct api_config){.capacity = 1});
    int64_t give_up_ns = now_ns() + NS_PER_MS;
    assert_int_equal(api_call(&api, &endless_call, give_up_ns, NULL), REPLY_TOO_LATE);
    assert_true(now_ns() >= give_up_ns);
    assert_int_equal(api_call(&api, &endless_call, DEADLINE_NOW, NULL), REPLY_TOO_LATE);
    int64_t hour_ns = now_ns() + 3600 * NS_PER_S; /* long enough for a reply */
    assert_int_equal(api_call(&api, &quick, hour_ns, NULL), REPLY_OK);
    assert_int_equal(call_now(&quick), REPLY_OK); /* the place is free again */
    close_api();
}

CLAIM(who_gives_up_does_not_wait_for_a_rejection_either) {
    open_api((struct api_config){
        .rate_per_s = 1e-6, .burst = 0, .reject_ns = 3600 * NS_PER_S});
    assert_int_equal(api_call(&api, &quick, now_ns() + 1, NULL), REPLY_TOO_LATE);
    close_api();
}

CLAIM(a_call_may_be_hung_up_before_and_in_the_middle) {
    open_api((struct api_config){.capacity = 1});
    struct caller caller;
    caller_start(&caller, hang_up);
    callers_hang_up(&caller, 1, hang_up);
    assert_int_equal(api_call(&api, &endless_call, DEADLINE_NEVER, hang_up),
                     REPLY_HUNG_UP);
    assert_int_equal(call_now(&quick), REPLY_OK);
    assert_int_equal(api_calls(&api), 3);
    close_api();
}

/* ---- bad days ---- */

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
