/* The queue at the API: who waits, who moves up, and what is done for nobody. */
#include "support/caller.h"
#include "support/suite.h"

static const struct call quick = {.service_ns = 0, .fate = FATE_OK};
static const int64_t hour_ns = 3600 * NS_PER_S;

/* Returns when it waits in the queue. */
static void wait_in_queue(struct caller *waiter, const struct call *call,
                          struct chan *told) {
    size_t before = chan_waiters(api.places, CHAN_SEND);
    caller_spawn(waiter, call, told);
    UNTIL(chan_waiters(api.places, CHAN_SEND) == before + 1);
}

/* Whoever is hung up in turn must have been served for a moment by then: to leave the
 * queue takes no service. */
CLAIM(who_waits_is_served_in_order) {
    enum { WAITERS = 20 };
    open_api((struct api_config){.capacity = 1, .queue = API_QUEUE_UNLIMITED});
    struct chan *told[WAITERS];
    struct caller waiters[WAITERS];
    struct caller holder;
    caller_start(&holder, hang_up);
    for (int i = 0; i < WAITERS; i++) {
        told[i] = chan_create(0, 0);
        wait_in_queue(&waiters[i], &endless_call, told[i]);
    }
    callers_hang_up(&holder, 1, hang_up);
    for (int i = 0; i < WAITERS; i++) {
        int64_t before_ns = api.service_ns;
        UNTIL(gauge_now(&api.present) == WAITERS - i && api_served(&api) == 1);
        chan_close(told[i]);
        caller_assert_ends(&waiters[i], REPLY_HUNG_UP);
        assert_true(api.service_ns > before_ns);
    }
    assert_int_equal(gauge_peak(&api.served), 1);
    assert_int_equal(gauge_peak(&api.waiting), WAITERS);
    assert_int_equal(api.waited, WAITERS);
    assert_int_equal(call_now(&quick), REPLY_OK); /* the place is free again */
    close_api();
    for (int i = 0; i < WAITERS; i++) {
        chan_free(told[i]);
    }
}

/* Both ways to leave, and whoever is behind moves up. */
CLAIM(who_leaves_the_queue_leaves_his_place_in_it) {
    open_api((struct api_config){.capacity = 1, .queue = 2});
    struct chan *other = chan_create(0, 0);
    struct caller first;
    struct caller second;
    struct caller third;
    struct caller holder;
    caller_start(&holder, hang_up);
    wait_in_queue(&first, &quick, other);
    assert_int_equal(api_call(&api, &quick, now_ns() + NS_PER_MS, NULL),
                     REPLY_TOO_LATE);
    wait_in_queue(&second, &quick, NULL);
    chan_close(other);
    caller_assert_ends(&first, REPLY_HUNG_UP);
    wait_in_queue(&third, &quick, NULL);
    assert_int_equal(call_now(&quick), REPLY_REJECTED);
    callers_hang_up(&holder, 1, hang_up);
    caller_assert_ends(&second, REPLY_OK);
    caller_assert_ends(&third, REPLY_OK);
    assert_int_equal(api.abandoned, 3);              /* with the holder */
    assert_int_equal(api.wasted_ns, api.service_ns); /* the quick ones took no time */
    close_api();
    chan_free(other);
}

CLAIM(a_token_is_used_before_one_waits) {
    open_api(
        (struct api_config){.capacity = 1, .queue = 9, .rate_per_s = 1e-6, .burst = 1});
    assert_int_equal(call_now(&quick), REPLY_OK);
    assert_int_equal(call_now(&quick), REPLY_REJECTED);
    assert_int_equal(api.waited, 0);
    close_api();
}

/* ---- an API that keeps working ---- */

CLAIM(an_abandoned_call_keeps_its_place_to_the_end) {
    open_api((struct api_config){.capacity = 1, .keeps_working = true});
    struct call slow = {.service_ns = hour_ns};
    assert_int_equal(api_call(&api, &slow, now_ns() + 1, NULL), REPLY_TOO_LATE);
    assert_int_equal(call_now(&quick), REPLY_REJECTED);
    assert_int_equal(api_served(&api), 1);
    assert_int_equal(api.abandoned, 1);
    assert_int_equal(api.wasted_ns, hour_ns);
    assert_int_equal(api.service_ns, hour_ns);
    close_api();
}

CLAIM(it_takes_its_turn_although_nobody_waits_for_it) {
    open_api((struct api_config){.capacity = 1, .queue = 2, .keeps_working = true});
    struct call half = {.service_ns = hour_ns / 2};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(api_call(&api, &half, now_ns() + 1, NULL), REPLY_TOO_LATE);
    }
    assert_int_equal(call_now(&quick), REPLY_REJECTED);
    assert_int_equal(api.wasted_ns, 3 * (hour_ns / 2));
    assert_int_equal(api.waited, 2);
    assert_int_equal(gauge_peak(&api.waiting), 2);
    assert_int_equal(gauge_peak(&api.served), 1);
    close_api();
}

CLAIM(more_time_than_a_number_holds_is_the_most_it_holds) {
    open_api((struct api_config){.keeps_working = true});
    struct call ages = {.service_ns = INT64_MAX / 2};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(api_call(&api, &ages, now_ns() + 1, NULL), REPLY_TOO_LATE);
    }
    assert_int_equal(api.wasted_ns, INT64_MAX);
    assert_int_equal(api.service_ns, INT64_MAX);
    close_api();
}

CLAIM(who_hangs_up_has_it_work_in_vain_as_who_gives_up) {
    open_api((struct api_config){.capacity = 1, .keeps_working = true});
    struct call slow = {.service_ns = hour_ns};
    chan_close(hang_up);
    assert_int_equal(api_call(&api, &slow, DEADLINE_NEVER, hang_up), REPLY_HUNG_UP);
    assert_int_equal(api.abandoned, 1);
    assert_int_equal(api.wasted_ns, hour_ns);
    close_api();
}
