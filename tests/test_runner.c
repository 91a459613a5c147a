/*
 * The contract of runner.h, the same for both strategies: this file is linked with
 * each. Every task is taken once and accounted for, whatever the numbers.
 */
#include "support/design.h"
#include "support/suite.h"
#include "sync/deadlock.h"

static struct run run; /* 60 KB */

/* Runs everything and leaves `run` to be looked at and destroyed. */
static void run_through(struct run_config *config) {
    int threads_before = thread_count();
    design_run(&run, config);
    assert_int_equal(tally_total(&run.tally), config->workload.tasks);
    assert_int_equal(run.tally.threads.now, 0);
    UNTIL(thread_count() == threads_before); /* detached ones take a moment to go */
}

static void assert_lane(const struct run_config *config, int64_t index) {
    int64_t lane = run.samples.of[index].lane;
    if (is_pool()) {
        assert_between(lane, 0, config->runner.workers - 1);
    } else {
        assert_int_equal(lane, index);
    }
}

static void assert_each_ran_once(struct run_config *config) {
    run_through(config);
    assert_int_equal(api_calls(&run.api), config->workload.tasks);
    for (int64_t i = 0; i < config->workload.tasks; i++) {
        const struct sample *sample = &run.samples.of[i];
        assert_int_equal(sample->attempts, 1);
        assert_int_equal(sample->outcome, OUTCOME_OK);
        assert_true(sample->started_ns >= sample->due_ns);
        assert_true(sample->finished_ns >= sample->started_ns);
        assert_lane(config, i);
    }
    if (!is_pool() && config->runner.max_threads > 0) {
        assert_between(gauge_peak(&run.tally.threads), 0, config->runner.max_threads);
    }
    assert_true(tally_wall_ns(&run.tally) <=
                run.tally.finished_at_ns - run.tally.started_at_ns);
    run_destroy(&run);
}

/* ---- every task once ---- */

CLAIM(every_task_runs_exactly_once) {
    static const int64_t counts[] = {0, 1, 2, 7, 100, 1000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct run_config config = design_config(counts[i]);
        assert_each_ran_once(&config);
    }
}

CLAIM(whatever_the_numbers_of_workers_and_threads_and_the_queue) {
    const int64_t most[] = {1, 2, 5, 50, scaled(400)}; /* more than there are tasks */
    static const int64_t queues[] = {0, 1, 3, 100, 5000};
    for (int i = 0; i < 25; i++) {
        struct run_config config = design_config(scaled(300));
        config.runner.workers = most[i / 5];
        config.runner.max_threads = i / 5 == 2 ? 0 : most[i / 5];
        config.runner.queue = fitting_queue(queues[i % 5]);
        config.runner.join = i % 2;
        config.client.cancel = i % (CANCEL_WITHIN + 1);
        assert_each_ran_once(&config);
    }
}

CLAIM(again_and_again) {
    for (int i = 0; i < scaled(100); i++) {
        struct run_config config = design_config(20);
        config.runner.workers = 1 + i % 8;
        config.runner.queue = fitting_queue(i % 3);
        config.runner.join = i % 2;
        config.runner.max_threads = i % 4;
        assert_each_ran_once(&config);
    }
}

/* The deadlock detector cannot be turned off again: hence a child. */
static void run_watched(void) {
    deadlock_watch("main");
    again_and_again();
}

CLAIM(without_an_alarm_from_the_deadlock_detector) {
#if defined(__SANITIZE_THREAD__)
    if (thread_is_fiber()) {
        return; /* in a child it takes fibers for threads that nobody keeps apart */
    }
#endif
    assert_child_ends(run_watched, 0);
}

/* ---- what happens to them ---- */

static enum outcome outcome_by_fate(const struct run_config *config, uint64_t index) {
    static const enum outcome outcomes[] = {[FATE_OK] = OUTCOME_OK,
                                            [FATE_ERROR] = OUTCOME_FAILED,
                                            [FATE_SILENT] = OUTCOME_SILENT,
                                            [FATE_HANG] = OUTCOME_TIMED_OUT};
    return outcomes[workload_call(&config->workload, index, 1).fate];
}

/* So both strategies meet the same faults, task by task. */
CLAIM(every_task_ends_as_its_fate_has_it) {
    struct run_config config = design_config(500);
    config.workload.error_rate = 0.1;
    config.workload.silent_rate = 0.1;
    config.workload.hang_rate = 0.02;
    config.workload.hang_ns = HOUR_NS;
    config.client.timeout_ns = 30 * NS_PER_MS;
    config.runner.workers = 20;
    int64_t expected[OUTCOME_COUNT] = {0};
    run_through(&config);
    for (uint64_t i = 0; i < 500; i++) {
        enum outcome outcome = outcome_by_fate(&config, i);
        /* On a busy machine a quick call, too, may come too late. */
        if (run.samples.of[i].outcome != OUTCOME_TIMED_OUT) {
            assert_int_equal(run.samples.of[i].outcome, outcome);
        }
        expected[run.samples.of[i].outcome]++;
    }
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        assert_int_equal(tally_outcome(&run.tally, (enum outcome)i), expected[i]);
    }
    run_destroy(&run);
}

CLAIM(more_than_the_api_serves_are_turned_away) {
    struct run_config config = design_config(400);
    config.workload.service_ns = NS_PER_MS;
    config.api.capacity = 5;
    config.runner.workers = 5;
    run_through(&config);
    int64_t rejected = tally_outcome(&run.tally, OUTCOME_REJECTED);
    assert_int_equal(tally_outcome(&run.tally, OUTCOME_OK) + rejected, 400);
    assert_between(gauge_peak(&run.api.served), 1, 5);
    if (is_pool()) {
        assert_int_equal(rejected, 0); /* five cooks never ask for a sixth place */
    }
    run_destroy(&run);
}

CLAIM(tasks_are_started_when_they_are_due_and_not_before) {
    static const int arrivals[] = {ARRIVALS_FIXED, ARRIVALS_POISSON};
    for (int i = 0; i < 2; i++) {
        struct run_config config = design_config(200);
        config.workload.arrivals = arrivals[i];
        config.workload.arrivals_per_s = 20000;
        assert_each_ran_once(&config);
    }
}

/* ---- threads ---- */

/* The kernel's own count, again and again while the run goes on. */
struct census {
    _Atomic bool over;
    int before;
    int most;
};

static void *count_again_and_again(void *argument) {
    struct census *census = argument;
    while (!atomic_load(&census->over)) {
        thread_yield();
        int threads = thread_count() - census->before;
        census->most = threads > census->most ? threads : census->most;
    }
    return NULL;
}

CLAIM(no_more_threads_are_alive_than_allowed) {
    enum { MOST = 8 }; /* of the pool the feeder is the eighth */
    int tasks = scaled(2000);
    struct run_config config = design_config(tasks);
    struct census census = {.before = thread_count() + 1}; /* with the counting one */
    config.workload.service_ns = 100 * NS_PER_US;
    config.runner.workers = MOST - 1;
    config.runner.max_threads = MOST;
    plain_run_start(&run, &config);
    struct spawned *thread = spawn(count_again_and_again, &census);
    assert_int_equal(the_runner.run(&run), 0);
    atomic_store(&census.over, true);
    join(thread);
    plain_run_end(&run);
    if (!thread_is_fiber()) { /* the kernel sees no fibers */
        assert_between(census.most, 1, MOST);
        assert_true(gauge_peak(&run.tally.threads) >= census.most);
    }
    assert_between(gauge_peak(&run.tally.threads), 1, MOST);
    if (is_fixed_pool()) {
        assert_int_equal(run.tally.created_threads, MOST);
    } else {
        assert_between(run.tally.created_threads, is_pool() ? 1 : tasks, tasks);
    }
    run_destroy(&run);
}

/* Page tables have no high-water mark: somebody must look while the threads are there.
 */
CLAIM(page_tables_are_looked_at_while_the_threads_are_there) {
    struct run_config config = design_config(50);
    config.workload.service_ns = NS_PER_MS;
    config.runner.workers = 50;
    design_run(&run, &config);
    assert_true(run.process.page_table_bytes > 0);
    run_destroy(&run);
}

/* A place for each would take a multiple of all addresses, and a little. */
CLAIM(more_tasks_than_threads_could_ever_be_kept_for_are_refused) {
    struct run_config config = design_config((INT64_C(1) << 61) + 1);
    if (is_pool()) {
        return; /* it keeps its workers only */
    }
    config.sampled = false;
    plain_run_start(&run, &config);
    assert_int_equal(the_runner.run(&run), -ENOMEM);
    run_destroy(&run);
}

CLAIM(when_no_thread_can_be_created_every_task_is_accounted_for) {
    struct run_config config = design_config(50);
    config.runner.threads.stack_bytes = INT64_C(1) << 60; /* no machine has that */
    plain_run_start(&run, &config);
    int error = the_runner.run(&run);
    plain_run_end(&run);
    assert_true(run.limit[0] != '\0');
    assert_int_equal(run.create_error, thread_is_fiber() ? ENOMEM : EAGAIN);
    assert_int_equal(run.tally.created_threads, 0);
    assert_int_equal(run.tally.threads.now, 0);
    assert_int_equal(gauge_peak(&run.tally.threads), 0);
    if (is_pool()) {
        assert_int_equal(error,
                         -run.create_error); /* a pool without workers is no result */
    } else {
        assert_int_equal(error, 0);
        assert_int_equal(tally_outcome(&run.tally, OUTCOME_NOT_STARTED), 50);
    }
    run_destroy(&run);
}
