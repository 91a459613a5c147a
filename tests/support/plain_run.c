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
    run_complete_samples(run);
    assert_int_equal(api_calls(&run->api), atomic_load(&run->tally.attempts));
    assert_int_equal(atomic_load(&run->api.in_flight.now), 0);
    assert_int_equal(atomic_load(&run->api.served.now), 0);
}

void plain_run_perform_all(struct run *run) {
    for (int64_t i = 0; i < run->workload->tasks; i++) {
        client_perform(&run->client, (struct task){.index = (uint64_t)i}, 0);
    }
}

void plain_run_all(struct run *run, struct run_config *config) {
    plain_run_start(run, config);
    plain_run_perform_all(run);
    plain_run_end(run);
    assert_int_equal(tally_total(&run->tally), config->workload.tasks);
}

void *plain_perform(void *argument) {
    struct plain_performance *performance = argument;
    client_perform(&performance->run->client,
                   (struct task){.index = performance->index}, 0);
    return NULL;
}
