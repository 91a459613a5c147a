/* The queue at the API: who waits, who moves up, and what is done for nobody. */
#include "simulation/api.h"
#include "support/caller.h"
#include "support/suite.h"
#include "support/threads.h"
#include "support/until.h"
#include "sync/chan.h"
#include "sync/clock.h"

static const struct call quick = {.service_ns = 0, .fate = FATE_OK};
static const int64_t hour_ns = 3600 * NS_PER_S;

/* A call on a thread of its own. */
struct waiter {
    struct api *api;
    const struct call *call;
    struct chan *hang_up;
    struct spawned *thread;
    enum reply reply;
};

static void *call_api(void *argument) {
    struct waiter *waiter = argument;
    waiter->reply =
        api_call(waiter->api, waiter->call, DEADLINE_NEVER, waiter->hang_up);
    return NULL;
}

/* Returns when it waits in the queue. */
static void wait_in_queue(struct waiter *waiter, struct api *api,
                          const struct call *call, struct chan *hang_up) {
    int64_t before = gauge_now(&api->waiting);
    *waiter = (struct waiter){.api = api, .call = call, .hang_up = hang_up};
    waiter->thread = spawn(call_api, waiter);
    UNTIL(gauge_now(&api->waiting) == before + 1 &&
          chan_waiters(api->places, CHAN_SEND) == (size_t)before + 1);
}

static void assert_ends(struct waiter *waiter, enum reply reply) {
    join(waiter->thread);
    assert_int_equal(waiter->reply, reply);
}

/* Whoever is hung up in turn must have been served for a moment by then: to leave the
 * queue takes no service. */
CLAIM(who_waits_is_served_in_order) {
    enum { WAITERS = 20 };
    struct api_config config = {.capacity = 1, .queue = API_QUEUE_UNLIMITED};
    struct chan *hang_up[WAITERS + 1];
    struct waiter waiters[WAITERS];
    struct caller holder;
    struct api api;
    assert_int_equal(api_init(&api, &config, now_ns()), 0);
    hang_up[WAITERS] = chan_create(0, 0);
    caller_start(&holder, &api, hang_up[WAITERS]);
    for (int i = 0; i < WAITERS; i++) {
        hang_up[i] = chan_create(0, 0);
        wait_in_queue(&waiters[i], &api, &endless_call, hang_up[i]);
    }
    callers_hang_up(&holder, 1, hang_up[WAITERS]);
    for (int i = 0; i < WAITERS; i++) {
        int64_t before_ns = api.service_ns;
        UNTIL(gauge_now(&api.waiting) == WAITERS - 1 - i && api_served(&api) == 1);
        chan_close(hang_up[i]);
        assert_ends(&waiters[i], REPLY_HUNG_UP);
        assert_true(api.service_ns > before_ns);
    }
    assert_int_equal(gauge_peak(&api.served), 1);
    assert_int_equal(gauge_peak(&api.waiting), WAITERS);
    assert_int_equal(api.waited, WAITERS);
    assert_int_equal(call_now(&api, &quick), REPLY_OK); /* the place is free again */
    api_destroy(&api);
    for (int i = 0; i <= WAITERS; i++) {
        chan_free(hang_up[i]);
    }
}

CLAIM(more_than_may_wait_are_turned_away) {
    struct api_config config = {.capacity = 2, .queue = 1};
    struct chan *hang_up = chan_create(0, 0);
    struct caller holders[2];
    struct waiter waiter;
    struct api api;
    assert_int_equal(api_init(&api, &config, now_ns()), 0);
    caller_start(&holders[0], &api, hang_up);
    caller_start(&holders[1], &api, hang_up);
    wait_in_queue(&waiter, &api, &quick, NULL);
    assert_int_equal(call_now(&api, &quick), REPLY_REJECTED);
    callers_hang_up(holders, 2, hang_up);
    assert_ends(&waiter, REPLY_OK);
    assert_int_equal(api.waited, 1);
    api_destroy(&api);
    chan_free(hang_up);
}

/* Both ways to leave, and whoever is behind moves up. */
CLAIM(who_leaves_the_queue_leaves_his_place_in_it) {
    struct api_config config = {.capacity = 1, .queue = 2};
    struct chan *hang_up = chan_create(0, 0);
    struct chan *other = chan_create(0, 0);
    struct waiter first;
    struct waiter second;
    struct waiter third;
    struct caller holder;
    struct api api;
    assert_int_equal(api_init(&api, &config, now_ns()), 0);
    caller_start(&holder, &api, hang_up);
    wait_in_queue(&first, &api, &quick, other);
    assert_int_equal(api_call(&api, &quick, now_ns() + NS_PER_MS, NULL),
                     REPLY_TOO_LATE);
    wait_in_queue(&second, &api, &quick, NULL);
    chan_close(other);
    assert_ends(&first, REPLY_HUNG_UP);
    wait_in_queue(&third, &api, &quick, NULL);
    assert_int_equal(call_now(&api, &quick), REPLY_REJECTED);
    callers_hang_up(&holder, 1, hang_up);
    assert_ends(&second, REPLY_OK);
    assert_ends(&third, REPLY_OK);
    assert_int_equal(api.abandoned, 3);              /* with the holder */
    assert_int_equal(api.wasted_ns, api.service_ns); /* the quick ones took no time */
    api_destroy(&api);
    chan_free(other);
    chan_free(hang_up);
}

CLAIM(a_token_is_used_before_one_waits) {
    struct api_config config = {
        .capacity = 1, .queue = 9, .rate_per_s = 1e-6, .burst = 1};
    struct api api;
    assert_int_equal(api_init(&api, &config, now_ns()), 0);
    assert_int_equal(call_now(&api, &quick), REPLY_OK);
    assert_int_equal(call_now(&api, &quick), REPLY_REJECTED);
    assert_int_equal(api.waited, 0);
    api_destroy(&api);
}

/* ---- an API that keeps working ---- */

CLAIM(an_abandoned_call_keeps_its_place_to_the_end) {
    struct api_config config = {.capacity = 1, .keeps_working = true};
    struct call slow = {.service_ns = hour_ns};
    struct api api;
    assert_int_equal(api_init(&api, &config, now_ns()), 0);
    assert_int_equal(api_call(&api, &slow, now_ns() + 1, NULL), REPLY_TOO_LATE);
    assert_int_equal(call_now(&api, &quick), REPLY_REJECTED);
    assert_int_equal(api_served(&api), 1);
    assert_int_equal(api.abandoned, 1);
    assert_int_equal(api.wasted_ns, hour_ns);
    assert_int_equal(api.service_ns, hour_ns);
    api_destroy(&api);
}

CLAIM(it_takes_its_turn_although_nobody_waits_for_it) {
    struct api_config config = {.capacity = 1, .queue = 2, .keeps_working = true};
    struct call half = {.service_ns = hour_ns / 2};
    struct api api;
    assert_int_equal(api_init(&api, &config, now_ns()), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(api_call(&api, &half, now_ns() + 1, NULL), REPLY_TOO_LATE);
    }
    assert_int_equal(call_now(&api, &quick), REPLY_REJECTED);
    assert_int_equal(api.wasted_ns, 3 * (hour_ns / 2));
    assert_int_equal(api.waited, 2);
    assert_int_equal(gauge_peak(&api.waiting), 2);
    assert_int_equal(gauge_peak(&api.served), 1);
    api_destroy(&api);
}

CLAIM(who_hangs_up_has_it_work_in_vain_as_who_gives_up) {
    struct api_config config = {.capacity = 1, .keeps_working = true};
    struct call slow = {.service_ns = hour_ns};
    struct chan *hang_up = chan_create(0, 0);
    struct api api;
    chan_close(hang_up);
    assert_int_equal(api_init(&api, &config, now_ns()), 0);
    assert_int_equal(api_call(&api, &slow, DEADLINE_NEVER, hang_up), REPLY_HUNG_UP);
    assert_int_equal(api.abandoned, 1);
    assert_int_equal(api.wasted_ns, hour_ns);
    api_destroy(&api);
    chan_free(hang_up);
}

CLAIM(who_waits_for_the_end_is_served_in_time_and_wastes_nothing) {
    struct api_config config = {.capacity = 2, .keeps_working = true};
    struct call call = {.service_ns = NS_PER_MS, .fate = FATE_SILENT};
    struct api api;
    assert_int_equal(api_init(&api, &config, now_ns()), 0);
    for (int i = 0; i < 5; i++) {
        int64_t before_ns = now_ns();
        assert_int_equal(call_now(&api, &call), REPLY_WRONG);
        assert_true(now_ns() - before_ns >= call.service_ns);
    }
    assert_int_equal(api.service_ns, 5 * NS_PER_MS);
    assert_int_equal(api.wasted_ns, 0);
    assert_int_equal(api.abandoned, 0);
    api_destroy(&api);
}
