#include "support/caller.h"

#include "chan.h"
#include "support/suite.h"
#include "support/threads.h"
#include "support/until.h"

const struct call endless_call = {.service_ns = INT64_MAX, .fate = FATE_HANG};

enum reply call_now(struct api *api, const struct call *call) {
    return api_call(api, call, DEADLINE_NEVER, NULL);
}

static void *call_and_wait(void *argument) {
    struct caller *caller = argument;
    caller->reply =
        api_call(caller->api, &endless_call, DEADLINE_NEVER, caller->hang_up);
    return NULL;
}

void caller_start(struct caller *caller, struct api *api, struct chan *hang_up) {
    *caller = (struct caller){.api = api, .hang_up = hang_up};
    size_t before = chan_waiters(hang_up, CHAN_RECEIVE);
    caller->thread = thread_start(call_and_wait, caller);
    UNTIL(chan_waiters(hang_up, CHAN_RECEIVE) == before + 1);
}

void callers_hang_up(struct caller *callers, int count, struct chan *hang_up) {
    chan_close(hang_up);
    for (int i = 0; i < count; i++) {
        thread_join(callers[i].thread);
        assert_int_equal(callers[i].reply, REPLY_HUNG_UP);
    }
}
