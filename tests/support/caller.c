#include "support/caller.h"

#include "support/suite.h"

struct api_config config;
struct api api;
struct chan *hang_up;

void open_api(struct api_config wanted) {
    config = wanted;
    hang_up = chan_create(0, 0);
    assert_int_equal(api_init(&api, &config, now_ns()), 0);
}

void close_api(void) {
    api_destroy(&api);
    chan_free(hang_up);
}

const struct call endless_call = {.service_ns = INT64_MAX, .fate = FATE_HANG};

enum reply call_now(const struct call *call) {
    return api_call(&api, call, DEADLINE_NEVER, NULL);
}

static void *call_and_wait(void *argument) {
    struct caller *caller = argument;
    caller->reply = api_call(&api, caller->call, DEADLINE_NEVER, caller->hang_up);
    return NULL;
}

void caller_spawn(struct caller *caller, const struct call *call, struct chan *told) {
    *caller = (struct caller){.call = call, .hang_up = told};
    caller->thread = spawn(call_and_wait, caller);
}

void caller_start(struct caller *caller, struct chan *told) {
    size_t before = chan_waiters(told, CHAN_RECEIVE);
    caller_spawn(caller, &endless_call, told);
    UNTIL(chan_waiters(told, CHAN_RECEIVE) == before + 1);
}

void caller_assert_ends(struct caller *caller, enum reply reply) {
    join(caller->thread);
    assert_int_equal(caller->reply, reply);
}

void callers_hang_up(struct caller *callers, int count, struct chan *told) {
    chan_close(told);
    for (int i = 0; i < count; i++) {
        caller_assert_ends(&callers[i], REPLY_HUNG_UP);
    }
}
