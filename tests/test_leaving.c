/*
 * The moment between a worker's decision to leave, because it has been idle, and the
 * feeder's knowledge of it (--idle-time). It is a microsecond long; here it lasts until
 * the next task has come, as the linker puts a nap before the worker's last word.
 */
#include "support/design.h"
#include "support/suite.h"
#include "sync/thread.h"

enum { TASKS = 4 };

static const int64_t gap_ns = 10 * NS_PER_MS;

enum chan_result __real_chan_send(struct chan *chan, const void *value,
                                  int64_t deadline_ns);
enum chan_result __wrap_chan_send(struct chan *chan, const void *value,
                                  int64_t deadline_ns);

/* The pool sends single values for this alone: tasks go through a select. */
enum chan_result __wrap_chan_send(struct chan *chan, const void *value,
                                  int64_t deadline_ns) {
    thread_sleep_until(now_ns() + 3 * gap_ns / 2);
    return __real_chan_send(chan, value, deadline_ns);
}

static void assert_all_served(int64_t queue) {
    static struct run run; /* 60 KB */
    struct run_config config = plain_config(TASKS);
    config.workload.arrivals = ARRIVALS_FIXED;
    config.workload.arrivals_per_s = (double)NS_PER_S / (double)gap_ns;
    config.runner.workers = 1;
    config.runner.queue = queue;
    config.runner.idle_ns = 1;
    design_run(&run, &config);
    assert_int_equal(tally_outcome(&run.tally, OUTCOME_OK), TASKS);
    assert_int_equal(gauge_peak(&run.tally.threads), 1);
    run_destroy(&run);
}

CLAIM(a_task_that_is_handed_over_meanwhile_is_served) {
    assert_all_served(0);
}

CLAIM(a_task_that_is_put_into_the_queue_meanwhile_is_served) {
    assert_all_served(1);
    assert_all_served(TASKS);
}
