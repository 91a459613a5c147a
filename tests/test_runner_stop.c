/*
 * The contract of runner.h when the run is told to stop; linked with each strategy.
 * Nobody is forgotten: every task has run, was interrupted, or never started.
 */

#include "support/design.h"
#include "support/suite.h"
#include "sync/ctx.h"

static struct run run; /* 60 KB */

enum { TASKS = 60, WORKERS = 4 };

/* So many calls hang at once, whichever strategy: a pool is limited by its workers, and
 * threads are if asked. */
static struct run_config hanging_config(int cancel) {
    struct run_config config = design_config(TASKS);
    config.workload.hang_rate = 1;
    config.workload.hang_ns = HOUR_NS;
    config.client.cancel = cancel;
    config.runner.workers = WORKERS;
    config.runner.max_threads = WORKERS;
    return config;
}

static void *run_in_thread(void *unused) {
    (void)unused;
    assert_int_equal(the_runner.run(&run), 0);
    return NULL;
}

static int64_t outcomes(enum outcome outcome) {
    return tally_outcome(&run.tally, outcome);
}

static int64_t cancel_took_ns; /* from the moment of the stop */

/* Cancels when `in_flight` calls are on their way; leaves `run` to be looked at. */
static void cancel_in_flight(struct run_config *config, int64_t in_flight) {
    plain_run_start(&run, config);
    struct spawned *thread = spawn(run_in_thread, NULL);
    UNTIL(run.api.in_flight.now == in_flight || tally_total(&run.tally) > 0);
    tally_stop(&run.tally, STOP_SIGNAL);
    ctx_cancel(run.root);
    cancel_took_ns = now_ns() - tally_stop_at_ns(&run.tally);
    join(thread);
    plain_run_end(&run);
    assert_int_equal(tally_total(&run.tally), config->workload.tasks);
    assert_int_equal(run.tally.threads.now, 0);
    assert_int_equal(tally_stop_reason(&run.tally), STOP_SIGNAL);
}

static int64_t count_unstarted(void) {
    int64_t count = 0;
    for (int64_t i = 0; i < run.workload->tasks; i++) {
        const struct sample *sample = &run.samples.of[i];
        if (sample->started_ns < 0) {
            assert_int_equal(sample->outcome, OUTCOME_CANCELLED);
            count++;
        }
    }
    return count;
}

static void assert_interrupted(struct run_config *config, int64_t in_flight) {
    cancel_in_flight(config, in_flight);
    assert_int_equal(outcomes(OUTCOME_CANCELLED), TASKS);
    assert_int_equal(run.tally.interrupted, in_flight);
    assert_int_equal(run.tally.in_flight_at_stop, in_flight);
    assert_int_equal(run.tally.started_before_stop, in_flight);
    assert_int_equal(count_unstarted(), TASKS - in_flight);
    assert_int_equal(api_calls(&run.api), in_flight);
    assert_int_equal(gauge_peak(&run.api.in_flight), in_flight);
    run_destroy(&run);
}

CLAIM(calls_that_listen_are_interrupted_and_the_rest_never_start) {
    /* Each worker takes one more, and then looks whether it is to stop: of WORKERS + 1
     * that wait, one is left. */
    static const int64_t queues[] = {0, WORKERS, WORKERS + 1, TASKS / 3, TASKS};
    for (size_t i = 0; i < sizeof queues / sizeof queues[0]; i++) {
        for (int join = 0; join < 2; join++) {
            struct run_config config = hanging_config(CANCEL_WITHIN);
            config.runner.queue = fitting_queue(queues[i]);
            config.runner.join = join;
            assert_interrupted(&config, WORKERS);
        }
    }
}

CLAIM(without_a_bound_everything_is_in_flight_at_once) {
    struct run_config config = hanging_config(CANCEL_WITHIN);
    config.runner.workers = TASKS;
    config.runner.max_threads = 0;
    assert_interrupted(&config, TASKS);
    config.runner.workers = 100; /* more than there is work for */
    assert_interrupted(&config, TASKS);
}

/* If all who serve were in a call at the moment of the stop, then these calls run to
 * their end and no other begins: the stop takes one service time and not two. It may
 * take the machine longer than a call to get to the stop, or from there to the word:
 * then it is tried again, at last with longer ones. A call that ends between these two
 * may be followed by one. */
CLAIM(between_two_tasks_means_that_no_other_begins) {
    bool seen = false;
    int64_t took_ns = 20 * NS_PER_MS;
    for (int round = 0; round < 20 || !seen; round++) {
        struct run_config config = hanging_config(CANCEL_BETWEEN);
        took_ns *= round < 20 ? 1 : 2;
        config.workload.hang_ns = took_ns;
        config.runner.queue = fitting_queue(round % 2 * TASKS);
        cancel_in_flight(&config, WORKERS);
        if (run.tally.in_flight_at_stop == WORKERS && count_unstarted() > 0 &&
            cancel_took_ns < took_ns / 2) {
            int64_t more = outcomes(OUTCOME_OK) - run.tally.started_before_stop;
            assert_between(more, 0, WORKERS);
            seen |= more == 0;
        }
        assert_int_equal(run.tally.interrupted, 0);
        assert_int_equal(outcomes(OUTCOME_CANCELLED), count_unstarted());
        run_destroy(&run);
    }
}

CLAIM(ctrl_c_stops_a_design_that_does_not_listen) {
    struct run_config config = hanging_config(CANCEL_NONE);
    config.workload.hang_ns = 5 * NS_PER_MS;
    config.workload.tasks = 1000000; /* an hour's work */
    cancel_in_flight(&config, WORKERS);
    assert_true(outcomes(OUTCOME_OK) >= 1);
    assert_true(outcomes(OUTCOME_CANCELLED) > 0);
    run_destroy(&run);
}

static _Atomic bool stops_when_a_task_is_taken;

bool __real_run_is_stopped(struct run *asked);
bool __wrap_run_is_stopped(struct run *asked);

/* A design asks when it has taken a task. The feeder has time to offer the next ones,
 * and to wait for room if there is none. */
bool __wrap_run_is_stopped(struct run *asked) {
    /* Mostly a relaxed look: whatever else would keep threads apart, and hide races. */
    if (atomic_load_explicit(&stops_when_a_task_is_taken, memory_order_relaxed) &&
        atomic_exchange(&stops_when_a_task_is_taken, false)) {
        thread_sleep_until(now_ns() + 20 * NS_PER_MS);
        ctx_cancel(asked->root);
    }
    return __real_run_is_stopped(asked);
}

CLAIM(a_task_taken_just_before_the_stop_never_starts_and_leaves_nobody_waiting) {
#ifdef CALLED_PAST_WRAPS
    skip();
#endif
    for (int64_t queue = 0; queue <= TASKS; queue += TASKS / 2) {
        struct run_config config = design_config(TASKS);
        config.client.cancel = CANCEL_BETWEEN;
        config.runner.workers = config.runner.max_threads = 1;
        config.runner.queue = fitting_queue(queue);
        stops_when_a_task_is_taken = true;
        design_run(&run, &config);
        assert_false(stops_when_a_task_is_taken);
        assert_int_equal(outcomes(OUTCOME_CANCELLED), TASKS);
        assert_int_equal(count_unstarted(), TASKS);
        run_destroy(&run);
    }
}

/* ---- many tasks ---- */

/* One by one they would take a year, and be counted as the stop's latency. */
CLAIM(however_many_tasks_are_given_up_it_takes_no_longer) {
    for (int64_t queue = 0; queue <= 100000; queue += 100000) {
        struct run_config config = hanging_config(CANCEL_WITHIN);
        config.workload.tasks = INT64_C(1000000000000000);
        config.runner.queue = fitting_queue(queue);
        config.sampled = false;
        cancel_in_flight(&config, WORKERS);
        assert_int_equal(outcomes(OUTCOME_CANCELLED), config.workload.tasks);
        assert_int_equal(tally_never_started(&run.tally),
                         config.workload.tasks - WORKERS);
        run_destroy(&run);
    }
}

CLAIM(tasks_given_up_are_sampled_with_the_moment_they_were_due) {
    struct run_config config = hanging_config(CANCEL_WITHIN);
    config.workload.arrivals = ARRIVALS_FIXED;
    config.workload.arrivals_per_s = 1e6;
    cancel_in_flight(&config, WORKERS);
    for (int64_t i = 0; i < TASKS; i++) {
        assert_int_equal(run.samples.of[i].due_ns, i * NS_PER_US);
        assert_int_equal(run.samples.of[i].outcome, OUTCOME_CANCELLED);
    }
    assert_int_equal(count_unstarted(), TASKS - WORKERS);
    run_destroy(&run);
}

/* ---- deadlines ---- */

CLAIM(nobody_is_stopped_by_a_deadline_that_nobody_listens_to) {
    struct run_config config = hanging_config(CANCEL_NONE);
    config.workload.hang_ns = NS_PER_MS;
    config.deadline_ns = 1;
    design_run(&run, &config);
    assert_int_equal(outcomes(OUTCOME_OK), TASKS);
    assert_int_equal(tally_stop_reason(&run.tally), STOP_DEADLINE); /* and overrun */
    run_destroy(&run);
}

CLAIM(a_deadline_that_is_past_at_the_start_starts_nothing) {
    struct run_config config = hanging_config(CANCEL_BETWEEN);
    config.deadline_ns = 1;
    plain_run_start(&run, &config);
    UNTIL(is_past(ctx_deadline_ns(run.ctx)));
    assert_int_equal(the_runner.run(&run), 0);
    plain_run_end(&run);
    assert_int_equal(outcomes(OUTCOME_CANCELLED), TASKS);
    assert_int_equal(api_calls(&run.api), 0);
    run_destroy(&run);
}

CLAIM(who_waits_for_an_arrival_hears_the_stop) {
    for (int cancel = CANCEL_NONE; cancel <= CANCEL_WITHIN; cancel++) {
        struct run_config config = design_config(3);
        config.client.cancel = cancel;
        config.workload.arrivals = ARRIVALS_FIXED;
        config.workload.arrivals_per_s =
            1e-3; /* the first at once, the next in 1000 s */
        plain_run_start(&run, &config);
        struct spawned *thread = spawn(run_in_thread, NULL);
        UNTIL(outcomes(OUTCOME_OK) == 1);
        ctx_cancel(run.root);
        join(thread);
        plain_run_end(&run);
        assert_int_equal(outcomes(OUTCOME_CANCELLED), 2);
        run_destroy(&run);
    }
}

/* ---- fail-fast ---- */

/* Whoever fails stops the run, so no worker can fail twice. */
CLAIM(fail_fast_ends_the_run_with_its_first_failures) {
    for (int round = 0; round < scaled(50); round++) {
        struct run_config config = design_config(500);
        config.workload.error_rate = 1;
        config.client.fail_fast = true;
        config.client.cancel = CANCEL_BETWEEN;
        config.runner.workers = WORKERS;
        config.runner.queue = fitting_queue(round % 2 * 500);
        design_run(&run, &config);
        assert_int_equal(outcomes(OUTCOME_FAILED) + outcomes(OUTCOME_CANCELLED), 500);
        assert_between(outcomes(OUTCOME_FAILED), 1, is_pool() ? WORKERS : 500);
        assert_int_equal(tally_stop_reason(&run.tally), STOP_FAIL_FAST);
        run_destroy(&run);
    }
}
