/*
 * A run with nothing special about it: tests change what they are about.
 *
 *   struct run_config config = plain_config(10);
 *   config.client.attempts = 3;
 *   struct run run;
 *   plain_run_start(&run, &config);
 *   ... client_perform(&run.client, ...) or the_runner.run(&run) ...
 *   plain_run_end(&run);      stops its clock; figures may still be read
 *   run_destroy(&run);
 */
#ifndef TEST_PLAIN_RUN_H
#define TEST_PLAIN_RUN_H

#include "strategies/run.h"

#define HOUR_NS (3600 * NS_PER_S) /* longer than any test takes */

/* So many tasks that take no time and never fail, served by an API without limits. */
struct run_config plain_config(int64_t tasks);

void plain_run_start(struct run *run, struct run_config *config);

/* Fails unless the API's accounts and the callers' agree. */
void plain_run_end(struct run *run);

/* Performs all tasks, one after the other. */
void plain_run_perform_all(struct run *run);

/* All three; then the run can be looked at. */
void plain_run_all(struct run *run, struct run_config *config);

/* One task, by a thread: spawn(plain_perform, &performance). */
struct plain_performance {
    struct run *run;
    uint64_t index;
};

void *plain_perform(void *performance);

#endif
