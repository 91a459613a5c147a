/* The API on the other end: how many it serves, whom it turns away, what it answers. */
#include "simulation/api.h"
#include "support/caller.h"
#include "support/scale.h"
#include "support/suite.h"
#include "support/threads.h"
#include "sync/chan.h"
#include "sync/clock.h"

static const struct call quick = {.service_ns = 0, .fate = FATE_OK};

static int64_t replies(struct api *api, enum reply reply) {
    return atomic_load(&api->replies[reply]);
}

/* ---- capacity ---- */

CLAIM(capacity_is_used_up_and_not_exceeded) {
    enum { CAPACITY = 7 };
    struct api_config config = {.capacity = CAPACITY};
    struct api api;
    struct caller callers[CAPACITY];
    struct chan *hang_up = chan_create(0, 0);
    api_init(&api, &config, now_ns());
    for (int i = 0; i < CAPACITY; i++) {
        assert_int_equal(atomic_load(&api.served.now), i);
        caller_start(&callers[i], &api, hang_up);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(call_now(&api, &quick), REPLY_REJECTED);
    }
    callers_hang_up(callers, CAPACITY, hang_up);
    assert_int_equal(call_now(&api, &quick), REPLY_OK); /* all places are free again */
    assert_int_equal(gauge_peak(&api.served), CAPACITY);
    assert_int_equal(gauge_peak(&api.in_flight), CAPACITY + 1);
    assert_int_equal(api_calls(&api), CAPACITY + 3 + 1);
    api_destroy(&api);
    chan_free(hang_up);
}

struct hammer {
    struct api *api;
    int calls;
    _Atomic int64_t *replies;
};

static void *hammer_api(void *argument) {
    struct hammer *hammer = argument;
    for (int i = 0; i < hammer->calls; i++) {
        struct call call = {.service_ns = i % 50 * NS_PER_US};
        hammer->replies[call_now(hammer->api, &call)]++;
    }
    return NULL;
}

CLAIM(capacity_is_not_exceeded_by_many_threads_at_once) {
    enum { THREADS = 32, CAPACITY = 5 };
    struct api_config config = {.capacity = CAPACITY};
    struct api api;
    _Atomic int64_t seen[REPLY_COUNT] = {0};
    struct hammer hammer = {&api, scaled(300), seen};
    api_init(&api, &config, now_ns());
    crowd_run(THREADS, hammer_api, &hammer);
    assert_between(gauge_peak(&api.served), 1, CAPACITY);
    assert_between(gauge_peak(&api.in_flight), CAPACITY, THREADS);
    assert_int_equal(atomic_load(&api.served.now), 0);
    assert_int_equal(atomic_load(&api.in_flight.now), 0);
    assert_int_equal(api_calls(&api), THREADS * hammer.calls);
    for (int i = 0; i < REPLY_COUNT; i++) {
        assert_int_equal(replies(&api, (enum reply)i), seen[i]); /* both accounts */
    }
    api_destroy(&api);
}

CLAIM(without_limits_nobody_is_turned_away) {
    struct api_config config = {0};
    struct api api;
    api_init(&api, &config, now_ns());
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(call_now(&api, &quick), REPLY_OK);
    }
    api_destroy(&api);
}

/* ---- rate ---- */

CLAIM(the_rate_lets_a_burst_through_and_no_more) {
    struct api_config config = {.rate_per_s = 1e-6, .burst = 3};
    struct api api;
    api_init(&api, &config, now_ns());
    for (int i = 0; i < 10; i++) {
        assert_int_equal(call_now(&api, &quick), i < 3 ? REPLY_OK : REPLY_REJECTED);
    }
    api_destroy(&api);
}

/* Which of the two stands in front shows in what a call without a place has used up. */
CLAIM(a_call_that_finds_no_place_has_used_its_token) {
    struct api_config config = {.capacity = 1, .rate_per_s = 1e-6, .burst = 2};
    struct api api;
    struct caller caller;
    struct chan *hang_up = chan_create(0, 0);
    api_init(&api, &config, now_ns());
    caller_start(&caller, &api, hang_up);
    assert_int_equal(call_now(&api, &quick), REPLY_REJECTED); /* no place */
    callers_hang_up(&caller, 1, hang_up);
    assert_int_equal(call_now(&api, &quick), REPLY_REJECTED); /* no token */
    api_destroy(&api);
    chan_free(hang_up);
}

CLAIM(a_call_without_a_token_takes_no_place) {
    struct api_config config = {.capacity = 1, .rate_per_s = 1e-6, .burst = 0};
    struct api api;
    api_init(&api, &config, now_ns());
    assert_int_equal(call_now(&api, &quick), REPLY_REJECTED);
    assert_int_equal(gauge_peak(&api.served), 0);
    assert_int_equal(atomic_load(&api.served.now), 0);
    api_destroy(&api);
}

CLAIM(a_rejection_takes_its_time) {
    struct api_config config = {.rate_per_s = 1e-6, .burst = 0, .reject_ns = NS_PER_MS};
    struct api api;
    api_init(&api, &config, now_ns());
    int64_t before_ns = now_ns();
    assert_int_equal(call_now(&api, &quick), REPLY_REJECTED);
    assert_true(now_ns() - before_ns >= config.reject_ns);
    api_destroy(&api);
}

/* ---- replies ---- */

CLAIM(each_fate_has_its_reply) {
    struct api_config config = {0};
    struct api api;
    api_init(&api, &config, now_ns());
    assert_int_equal(call_now(&api, &(struct call){.fate = FATE_OK}), REPLY_OK);
    assert_int_equal(call_now(&api, &(struct call){.fate = FATE_ERROR}), REPLY_FAILED);
    assert_int_equal(call_now(&api, &(struct call){.fate = FATE_SILENT}), REPLY_WRONG);
    assert_int_equal(call_now(&api, &(struct call){.fate = FATE_HANG}), REPLY_OK);
    assert_int_equal(replies(&api, REPLY_OK), 2);
    assert_int_equal(replies(&api, REPLY_FAILED), 1);
    assert_int_equal(replies(&api, REPLY_WRONG), 1);
    api_destroy(&api);
}

CLAIM(no_reply_comes_before_its_time) {
    struct api_config config = {0};
    struct call call = {.service_ns = 2 * NS_PER_MS, .fate = FATE_SILENT};
    struct api api;
    api_init(&api, &config, now_ns());
    for (int i = 0; i < 10; i++) {
        int64_t before_ns = now_ns();
        assert_int_equal(call_now(&api, &call), REPLY_WRONG);
        assert_true(now_ns() - before_ns >= call.service_ns);
    }
    api_destroy(&api);
}

/* ---- callers who do not wait for the end ---- */

CLAIM(a_caller_may_give_up) {
    struct api_config config = {.capacity = 1};
    struct api api;
    api_init(&api, &config, now_ns());
    int64_t give_up_ns = now_ns() + NS_PER_MS;
    assert_int_equal(api_call(&api, &endless_call, give_up_ns, NULL), REPLY_TOO_LATE);
    assert_true(now_ns() >= give_up_ns);
    assert_int_equal(api_call(&api, &endless_call, DEADLINE_NOW, NULL), REPLY_TOO_LATE);
    int64_t hour_ns = now_ns() + 3600 * NS_PER_S; /* long enough for a reply */
    assert_int_equal(api_call(&api, &quick, hour_ns, NULL), REPLY_OK);
    assert_int_equal(call_now(&api, &quick), REPLY_OK); /* the place is free again */
    api_destroy(&api);
}

CLAIM(who_gives_up_does_not_wait_for_a_rejection_either) {
    struct api_config config = {
        .rate_per_s = 1e-6, .burst = 0, .reject_ns = 3600 * NS_PER_S};
    struct api api;
    api_init(&api, &config, now_ns());
    assert_int_equal(api_call(&api, &quick, now_ns() + 1, NULL), REPLY_TOO_LATE);
    api_destroy(&api);
}

CLAIM(a_call_may_be_hung_up_before_and_in_the_middle) {
    struct api_config config = {.capacity = 1};
    struct api api;
    struct caller caller;
    struct chan *hang_up = chan_create(0, 0);
    api_init(&api, &config, now_ns());
    caller_start(&caller, &api, hang_up);
    callers_hang_up(&caller, 1, hang_up);
    assert_int_equal(api_call(&api, &endless_call, DEADLINE_NEVER, hang_up),
                     REPLY_HUNG_UP);
    assert_int_equal(call_now(&api, &quick), REPLY_OK);
    assert_int_equal(api_calls(&api), 3);
    api_destroy(&api);
    chan_free(hang_up);
}
