/*
 * The moment between a worker's decision to leave, because it has been idle, and the
 * feeder's knowledge of it (--idle-time). It is a microsecond long; here it lasts until
 * the next task has come, as the linker puts a nap before the worker's last word.
 */
#include <errno.h>

#include "support/design.h"
#include "support/suite.h"
#include "support/threads.h"
#include "support/until.h"
#include "sync/ctx.h"
#include "sync/thread.h"

enum { TASKS = 4 };

static struct run run; /* 60 KB */

static const int64_t gap_ns = 10 * NS_PER_MS;

static _Atomic int last_words, closes; /* that the linker has sent through here */

enum chan_result __real_chan_send(struct chan *chan, const void *value,
                                  int64_t deadline_ns);
enum chan_result __wrap_chan_send(struct chan *chan, const void *value,
                                  int64_t deadline_ns);

/* The pool sends single values for this alone: tasks go through a select. */
enum chan_result __wrap_chan_send(struct chan *chan, const void *value,
                                  int64_t deadline_ns) {
    last_words++;
    thread_sleep_until(now_ns() + 3 * gap_ns / 2);
    return __real_chan_send(chan, value, deadline_ns);
}

/* Before the feeder looks whether somebody takes a task at once, who waited leaves. */
static _Atomic int looks_in_vain;

int __real_chan_select(struct chan_case *cases, int count, int64_t deadline_ns);
int __wrap_chan_select(struct chan_case *cases, int count, int64_t deadline_ns);

int __wrap_chan_select(struct chan_case *cases, int count, int64_t deadline_ns) {
    if (deadline_ns == DEADLINE_NOW) {
        thread_sleep_until(now_ns() + gap_ns / 2);
    }
    int chosen = __real_chan_select(cases, count, deadline_ns);
    looks_in_vain += deadline_ns == DEADLINE_NOW && chosen < 0;
    return chosen;
}

static int64_t workers_to_be_had = INT64_MAX;

int __real_thread_start(struct thread *thread,
                        const struct thread_attributes *attributes);
int __wrap_thread_start(struct thread *thread,
                        const struct thread_attributes *attributes);

int __wrap_thread_start(struct thread *thread,
                        const struct thread_attributes *attributes) {
    return workers_to_be_had-- > 0 ? __real_thread_start(thread, attributes) : EAGAIN;
}

static bool stops_at_the_end; /* of feeding, when the pool closes its channel */

void __real_chan_close(struct chan *chan);
void __wrap_chan_close(struct chan *chan);

void __wrap_chan_close(struct chan *chan) {
    closes++;
    if (stops_at_the_end) {
        ctx_cancel(run.root);
    }
    __real_chan_close(chan);
}

static struct run_config every_gap(int64_t tasks) {
    struct run_config config = plain_config(tasks);
    config.workload.arrivals = ARRIVALS_FIXED;
    config.workload.arrivals_per_s = (double)NS_PER_S / (double)gap_ns;
    return config;
}

static void run_with_one_worker(int64_t queue) {
    struct run_config config = every_gap(TASKS);
    config.runner.workers = 1;
    config.runner.queue = queue;
    config.runner.idle_ns = 1;
    design_run(&run, &config);
    assert_int_equal(tally_total(&run.tally), TASKS);
}

/* On a slow machine a worker may find the next task at once, and stay. */
static void until_one_has_left(void (*try)(int64_t queue), int64_t queue) {
    last_words = 0;
    for (int round = 0; round < 100 && last_words == 0; round++) {
        try(queue);
    }
    assert_true(last_words > 0);
}

static void serve_all(int64_t queue) {
    run_with_one_worker(queue);
    assert_int_equal(tally_outcome(&run.tally, OUTCOME_OK), TASKS);
    assert_int_equal(gauge_peak(&run.tally.threads), 1);
    run_destroy(&run);
}

CLAIM(a_task_that_is_handed_over_meanwhile_is_served) {
    until_one_has_left(serve_all, 0);
}

CLAIM(a_task_that_is_put_into_the_queue_meanwhile_is_served) {
    until_one_has_left(serve_all, 1);
    until_one_has_left(serve_all, TASKS);
}

/* Each task may have a worker, so none need be turned away. */
CLAIM(a_task_that_came_as_the_last_idle_worker_left_is_not_turned_away) {
    looks_in_vain = 0;
    for (int round = 0; round < 100 && looks_in_vain == 0; round++) {
        struct run_config config = every_gap(TASKS);
        config.runner.workers = TASKS;
        config.runner.when_full = WHEN_FULL_REJECT;
        config.runner.idle_ns = gap_ns + gap_ns / 10;
        design_run(&run, &config);
        assert_int_equal(tally_outcome(&run.tally, OUTCOME_OK), TASKS);
        run_destroy(&run);
    }
    assert_true(looks_in_vain > 0);
}

static int64_t sampled_as(enum outcome outcome) {
    int64_t count = 0;
    for (int64_t i = 0; i < run.workload->tasks; i++) {
        count += run.samples.of[i].outcome == outcome;
    }
    return count;
}

/* Its call takes an hour, those of the others no time. */
static void let_the_first_task_hang(struct workload_config *workload) {
    workload->hang_rate = 0.5;
    workload->hang_ns = HOUR_NS;
    for (uint64_t i = 0; i < (uint64_t)workload->tasks; i++) {
        while ((workload_call(workload, i, 1).service_ns > 0) != (i == 0)) {
            workload->seed++;
            i = 0;
        }
    }
}

static void *stop_when_two_are_served(void *nothing) {
    UNTIL(tally_outcome(&run.tally, OUTCOME_OK) == 2);
    ctx_cancel(run.root);
    return nothing;
}

/* One worker is busy for an hour; the other leaves, and the last task comes meanwhile.
 */
static void serve_two_beside_a_busy_worker(int64_t queue) {
    struct run_config config = every_gap(3);
    let_the_first_task_hang(&config.workload);
    config.runner.workers = 2;
    config.runner.queue = queue;
    config.runner.idle_ns = 1;
    config.client.cancel = CANCEL_WITHIN;
    plain_run_start(&run, &config);
    struct spawned *thread = spawn(stop_when_two_are_served, NULL);
    assert_int_equal(the_runner.run(&run), 0);
    join(thread);
    plain_run_end(&run);
    assert_int_equal(run.samples.of[0].outcome, OUTCOME_CANCELLED);
    run_destroy(&run);
}

CLAIM(a_task_in_the_queue_does_not_wait_for_a_busy_worker) {
    until_one_has_left(serve_two_beside_a_busy_worker, 1);
}

/* The second worker is refused, so nobody is there for the task in the queue, nor for
 * those after it; and only then the run is stopped. On a slow machine the first worker
 * may have stayed: then it is tried again. */
CLAIM(what_nobody_was_there_for_is_sampled_as_it_is_counted) {
    stops_at_the_end = true;
    for (bool seen = false; !seen;) {
        workers_to_be_had = 1;
        run_with_one_worker(TASKS);
        for (int i = 0; i < OUTCOME_COUNT; i++) {
            enum outcome outcome = (enum outcome)i;
            assert_int_equal(sampled_as(outcome), tally_outcome(&run.tally, outcome));
        }
        seen = sampled_as(OUTCOME_NOT_STARTED) > 0;
        run_destroy(&run);
    }
    assert_true(closes > 0);
}
