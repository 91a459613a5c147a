#include "simulation/api.h"

#include <math.h>

#include "sync/clock.h"
#include "sync/sleep.h"

void api_init(struct api *api, const struct api_config *config, int64_t start_ns) {
    *api = (struct api){.config = config, .opened_ns = start_ns};
    bucket_init(&api->bucket, config->rate_per_s, config->burst, start_ns);
}

void api_destroy(struct api *api) {
    bucket_destroy(&api->bucket);
}

static bool in_outage(const struct api *api, int64_t moment_ns) {
    int64_t into_ns = moment_ns - api->opened_ns - api->config->outage_start_ns;
    return into_ns >= 0 && into_ns < api->config->outage_length_ns;
}

/* Is there a place for one more call? If so it is taken. */
static bool take_place(struct api *api) {
    return gauge_up_to(&api->served,
                       api->config->capacity > 0 ? api->config->capacity : INT64_MAX);
}

static bool has_token(struct api *api, int64_t moment_ns) {
    return api->config->rate_per_s <= 0 || bucket_take(&api->bucket, moment_ns);
}

/* An overloaded service is slow for all: the more it serves, the longer it takes. */
static int64_t served_for_ns(struct api *api, int64_t service_ns) {
    if (api->config->slowdown == 0) {
        return service_ns;
    }
    double others = (double)(atomic_load(&api->served.now) - 1);
    double slowed_ns = (double)service_ns * (1.0 + api->config->slowdown * others);
    return slowed_ns < 0x1p63 ? llround(slowed_ns) : INT64_MAX;
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

static enum reply serve(struct api *api, const struct call *call, int64_t start_ns,
                        int64_t give_up_ns, struct chan *hang_up) {
    int64_t reply_at_ns =
        deadline_after_ns(start_ns, served_for_ns(api, call->service_ns));
    enum reply reply =
        wait_for(api, reply_of(call->fate), reply_at_ns, give_up_ns, hang_up);
    gauge_down(&api->served);
    return reply;
}

enum reply api_call(struct api *api, const struct call *call, int64_t give_up_ns,
                    struct chan *hang_up) {
    int64_t start_ns = now_ns();
    int64_t refused_at_ns = deadline_after_ns(start_ns, api->config->reject_ns);
    enum reply reply;
    gauge_up(&api->in_flight);
    if (in_outage(api, start_ns)) {
        reply = wait_for(api, REPLY_FAILED, refused_at_ns, give_up_ns, hang_up);
    } else if (has_token(api, start_ns) && take_place(api)) {
        reply = serve(api, call, start_ns, give_up_ns, hang_up);
    } else {
        reply = wait_for(api, REPLY_REJECTED, refused_at_ns, give_up_ns, hang_up);
    }
    gauge_down(&api->in_flight);
    atomic_fetch_add_explicit(&api->replies[reply], 1, memory_order_relaxed);
    return reply;
}

int64_t api_calls(struct api *api) {
    int64_t calls = 0;
    for (int i = 0; i < REPLY_COUNT; i++) {
        calls += atomic_load(&api->replies[i]);
    }
    return calls;
}
