#include "simulation/api.h"

#include <errno.h>

#include "sync/clock.h"
#include "sync/sleep.h"

int api_init(struct api *api, const struct api_config *config, int64_t start_ns) {
    *api = (struct api){.config = config, .opened_ns = start_ns};
    if (config->url != NULL && (api->remote = remote_create(config->url)) == NULL) {
        return -errno;
    }
    if (config->queue > 0 && config->capacity > 0) {
        api->places = chan_create(0, (size_t)config->capacity);
        if (api->places == NULL) {
            remote_free(api->remote);
            return -ENOMEM;
        }
        chan_set_name(api->places, "places at the API");
    }
    bucket_init(&api->bucket, config->rate_per_s, config->burst, start_ns);
    agenda_init(&api->agenda, config->capacity, config->queue, config->slowdown);
    return 0;
}

void api_destroy(struct api *api) {
    agenda_destroy(&api->agenda);
    bucket_destroy(&api->bucket);
    chan_free(api->places);
    remote_free(api->remote);
}

static void count(_Atomic int64_t *account, int64_t by) {
    atomic_fetch_add_explicit(account, by, memory_order_relaxed);
}

/* INT64_MAX, if it is more: 10 000 calls may take 10^15 ns each. */
static void count_time(_Atomic int64_t *account, int64_t by_ns) {
    int64_t now = atomic_load_explicit(account, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(
        account, &now, deadline_after_ns(now, by_ns), memory_order_relaxed,
        memory_order_relaxed)) {
    }
}

static bool in_outage(const struct api *api, int64_t moment_ns) {
    int64_t into_ns = moment_ns - api->opened_ns - api->config->outage_start_ns;
    return into_ns >= 0 && into_ns < api->config->outage_length_ns;
}

static bool has_token(struct api *api, int64_t moment_ns) {
    return api->config->rate_per_s <= 0 || bucket_take(&api->bucket, moment_ns);
}

static enum reply reply_of(enum fate fate) {
    switch (fate) {
    case FATE_ERROR:
        return REPLY_FAILED;
    case FATE_SILENT:
        return REPLY_WRONG;
    case FATE_OK:
    case FATE_HANG:
        break;
    }
    return REPLY_OK;
}

/* The caller waits until `reply` comes, or gives up, or hangs up. */
static enum reply wait_for(const struct api *api, enum reply reply, int64_t reply_at_ns,
                           int64_t give_up_ns, struct chan *hang_up) {
    int64_t moment_ns = earlier_ns(reply_at_ns, give_up_ns);
    if (!sleep_until(deadline_after_ns(moment_ns, api->config->oversleep_ns),
                     hang_up)) {
        return REPLY_HUNG_UP;
    }
    return give_up_ns < reply_at_ns ? REPLY_TOO_LATE : reply;
}

static enum reply turn_away(struct api *api, enum reply reply, int64_t start_ns,
                            int64_t give_up_ns, struct chan *hang_up) {
    int64_t reply_at_ns = deadline_after_ns(start_ns, api->config->reject_ns);
    return wait_for(api, reply, reply_at_ns, give_up_ns, hang_up);
}

static bool is_abandoned(enum reply reply) {
    return reply == REPLY_TOO_LATE || reply == REPLY_HUNG_UP;
}

/* ---- the API forgets a call whose caller has gone ---- */

enum place { TAKEN, NONE, NO_LONGER_WANTED, HUNG_UP };

/* The places are a buffered channel, which is Go's idiom for a semaphore. To take one
 * is to send, because senders are served in order. */
static enum place wait_for_place(struct api *api, int64_t give_up_ns,
                                 struct chan *hang_up) {
    struct chan_case cases[] = {
        {.chan = api->places, .direction = CHAN_SEND},
        {.chan = hang_up, .direction = CHAN_RECEIVE},
    };
    int64_t until_ns = deadline_after_ns(give_up_ns, api->config->oversleep_ns);
    int chosen = chan_select(cases, 2, until_ns);
    return chosen == 0 ? TAKEN : chosen == 1 ? HUNG_UP : NO_LONGER_WANTED;
}

/* A call that was given a place waits no longer, though its thread may yet have to wake
 * up: so those who are present are counted, and not those who sleep. */
static bool come_in(struct api *api) {
    int64_t capacity = api->config->capacity;
    int64_t most;
    if (__builtin_add_overflow(capacity, api->config->queue, &most)) {
        most = INT64_MAX;
    }
    int64_t present = gauge_up_to(&api->present, most);
    count(&api->waited, present > capacity);
    gauge_note_peak(&api->waiting, present - capacity);
    return present > 0;
}

static enum place take_place(struct api *api, int64_t give_up_ns,
                             struct chan *hang_up) {
    int64_t capacity = api->config->capacity > 0 ? api->config->capacity : INT64_MAX;
    if (api->places == NULL) {
        return gauge_up_to(&api->served, capacity) > 0 ? TAKEN : NONE;
    }
    if (!come_in(api)) {
        return NONE;
    }
    enum place place = chan_send(api->places, NULL, DEADLINE_NOW) == CHAN_OK
                           ? TAKEN
                           : wait_for_place(api, give_up_ns, hang_up);
    if (place == TAKEN) {
        gauge_up(&api->served);
    } else {
        gauge_down(&api->present);
    }
    return place;
}

static void leave_place(struct api *api) {
    gauge_down(&api->served);
    if (api->places != NULL) {
        gauge_down(&api->present);
        chan_receive(api->places, NULL, DEADLINE_NOW); /* the next one moves up */
    }
}

static enum reply serve(struct api *api, const struct call *call, int64_t start_ns,
                        int64_t give_up_ns, struct chan *hang_up) {
    int64_t service_ns =
        slowed_ns(call->service_ns, api->config->slowdown, gauge_now(&api->served) - 1);
    int64_t reply_at_ns = deadline_after_ns(start_ns, service_ns);
    enum reply reply =
        wait_for(api, reply_of(call->fate), reply_at_ns, give_up_ns, hang_up);
    if (is_abandoned(reply)) {
        service_ns = earlier_ns(service_ns, now_ns() - start_ns);
        count_time(&api->wasted_ns, service_ns);
    }
    count_time(&api->service_ns, service_ns);
    leave_place(api);
    return reply;
}

static enum reply serve_in_turn(struct api *api, const struct call *call,
                                int64_t start_ns, int64_t give_up_ns,
                                struct chan *hang_up) {
    switch (take_place(api, give_up_ns, hang_up)) {
    case TAKEN:
        start_ns = api->places == NULL ? start_ns : now_ns();
        return serve(api, call, start_ns, give_up_ns, hang_up);
    case NO_LONGER_WANTED:
        return REPLY_TOO_LATE;
    case HUNG_UP:
        return REPLY_HUNG_UP;
    case NONE:
        break;
    }
    return turn_away(api, REPLY_REJECTED, start_ns, give_up_ns, hang_up);
}

/* ---- the API keeps working on it ---- */

static enum reply serve_to_the_end(struct api *api, const struct call *call,
                                   int64_t start_ns, int64_t give_up_ns,
                                   struct chan *hang_up) {
    struct turn turn;
    if (!agenda_book(&api->agenda, start_ns, call->service_ns, &turn)) {
        return turn_away(api, REPLY_REJECTED, start_ns, give_up_ns, hang_up);
    }
    int64_t service_ns = turn.end_ns - turn.start_ns;
    gauge_note_peak(&api->served, turn.busy);
    gauge_note_peak(&api->waiting, turn.waiting);
    count(&api->waited, turn.waiting > 0);
    count_time(&api->service_ns, service_ns);
    enum reply reply =
        wait_for(api, reply_of(call->fate), turn.end_ns, give_up_ns, hang_up);
    count_time(&api->wasted_ns, is_abandoned(reply) ? service_ns : 0);
    return reply;
}

/* ---- a call ---- */

static enum reply simulate(struct api *api, const struct call *call, int64_t give_up_ns,
                           struct chan *hang_up) {
    int64_t start_ns = now_ns();
    if (in_outage(api, start_ns)) {
        return turn_away(api, REPLY_FAILED, start_ns, give_up_ns, hang_up);
    }
    if (!has_token(api, start_ns)) {
        return turn_away(api, REPLY_REJECTED, start_ns, give_up_ns, hang_up);
    }
    if (api->config->keeps_working) {
        return serve_to_the_end(api, call, start_ns, give_up_ns, hang_up);
    }
    return serve_in_turn(api, call, start_ns, give_up_ns, hang_up);
}

enum reply api_call(struct api *api, const struct call *call, int64_t give_up_ns,
                    struct chan *hang_up) {
    gauge_up(&api->in_flight);
    enum reply reply = api->remote != NULL
                           ? remote_call(api->remote, call, give_up_ns, hang_up)
                           : simulate(api, call, give_up_ns, hang_up);
    gauge_down(&api->in_flight);
    count(&api->abandoned, is_abandoned(reply));
    atomic_fetch_add_explicit(&api->replies[reply], 1, memory_order_relaxed);
    return reply;
}

int64_t api_served(struct api *api) {
    return api->config->keeps_working ? agenda_busy(&api->agenda, now_ns())
                                      : gauge_now(&api->served);
}

int64_t api_calls(struct api *api) {
    int64_t calls = 0;
    for (int i = 0; i < REPLY_COUNT; i++) {
        calls += atomic_load(&api->replies[i]);
    }
    return calls;
}
