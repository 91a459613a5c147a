#include "support/plain_run.h"

#include "support/suite.h"

struct run_config plain_config(int64_t tasks) {
    return (struct run_config){
        .workload = {.tasks = tasks, .seed = 1},
        .api = {.burst = 1},
        .client = {.attempts = 1, .retry_budget = -1},
        .runner = {.workers = 5,
                   .threads = {.stack_bytes = 256 * 1024, .guard_bytes = -1}},
        .timer_slack_ns = 1,
        .sampled = true,
    };
}

void plain_run_start(struct run *run, struct run_config *config) {
    assert_int_equal(run_init(run, config), 0);
}

void plain_run_end(struct run *run) {
    run_finish(run);
    assert_int_equal(api_calls(&run->api), atomic_load(&run->tally.attempts));
    assert_int_equal(atomic_load(&run->api.in_flight.now), 0);
    assert_int_equal(atomic_load(&run->api.served.now), 0);
}
