/* The client: what it makes of replies, and when it tries again. After which calls and
 * pauses a task ends, to the nanosecond: tests/programs/test_retries.py. */
#include "support/plain_run.h"
#include "support/suite.h"
#include "sync/ctx.h"

/* What the API makes of every call, and what of that the caller can see. */
static const struct kind {
    double error_rate, silent_rate, hang_rate, rate_per_s;
    enum outcome outcome;
    bool looks_failed;
} kinds[] = {
    {0, 0, 0, 0, OUTCOME_OK, false},       {1, 0, 0, 0, OUTCOME_FAILED, true},
    {0, 1, 0, 0, OUTCOME_SILENT, false},   {0, 1, 0, 1e-6, OUTCOME_REJECTED, true},
    {0, 0, 1, 0, OUTCOME_TIMED_OUT, true},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static struct run_config config_of(const struct kind *kind) {
    struct run_config config = plain_config(10);
    config.workload.error_rate = kind->error_rate;
    config.workload.silent_rate = kind->silent_rate;
    config.workload.hang_rate = kind->hang_rate;
    config.workload.hang_ns = HOUR_NS;
    config.api.rate_per_s = kind->rate_per_s;
    config.api.burst = 0;
    config.client.timeout_ns = kind->hang_rate > 0 ? 1 : 0;
    return config;
}

/* Every call fails, and each task makes up to so many. */
static struct run_config failing_config(int64_t tasks, int attempts) {
    struct run_config config = plain_config(tasks);
    config.workload.error_rate = 1;
    config.client.attempts = attempts;
    return config;
}

/* ---- retries ---- */

static void assert_all(struct run_config *config, enum outcome outcome,
                       int64_t attempts) {
    struct run run;
    plain_run_all(&run, config);
    for (int64_t i = 0; i < config->workload.tasks; i++) {
        assert_int_equal(run.samples.of[i].outcome, outcome);
        assert_int_equal(run.samples.of[i].attempts, attempts);
    }
    run_destroy(&run);
}

CLAIM(each_reply_has_its_outcome_and_what_looks_failed_is_tried_again) {
    for (int i = 0; i < KINDS; i++) {
        struct run_config config = config_of(&kinds[i]);
        config.client.attempts = 3;
        assert_all(&config, kinds[i].outcome, kinds[i].looks_failed ? 3 : 1);
    }
}

/* A breaker of two failures in a row lets only two of ten calls through. */
CLAIM(what_looks_failed_opens_the_breaker_and_what_looks_well_does_not) {
    for (int i = 0; i < KINDS; i++) {
        struct run_config config = config_of(&kinds[i]);
        config.client.breaker_failures = 2;
        config.client.breaker_pause_ns = HOUR_NS;
        struct run run;
        plain_run_all(&run, &config);
        int calls = kinds[i].looks_failed ? 2 : 10;
        assert_int_equal(api_calls(&run.api), calls);
        assert_int_equal(run.client.breaker.stopped, 10 - calls);
        run_destroy(&run);
    }
}

/* ---- backoff ---- */

/* Performs all tasks at once, and ends the pauses of those that have not ended by
 * themselves: how many that were. */
static int64_t pausing_at_once(struct run *run, struct run_config *config) {
    enum { MOST = 60 };
    struct plain_performance performances[MOST];
    struct spawned *threads[MOST];
    int64_t tasks = config->workload.tasks;
    assert_between(tasks, 0, MOST);
    plain_run_start(run, config);
    for (int64_t i = 0; i < tasks; i++) {
        performances[i] = (struct plain_performance){run, (uint64_t)i};
        threads[i] = spawn(plain_perform, &performances[i]);
    }
    struct chan *done = ctx_done(run->client.stop_ctx);
    UNTIL(tally_total(&run->tally) + (int64_t)chan_waiters(done, CHAN_RECEIVE) ==
          tasks);
    int64_t pausing = tasks - tally_total(&run->tally);
    ctx_cancel(run->root);
    join_all(threads, (int)tasks);
    plain_run_end(run);
    return pausing;
}

/* Pauses of up to 60 hours against a deadline in 30: full jitter makes about half of
 * them end in time and begin, the others not. Those that began are ended by a cancel;
 * even the shortest takes about an hour, so none is over by then. */
CLAIM(pauses_are_random_and_none_begins_that_would_end_past_the_deadline) {
    enum { TASKS = 60 };
    struct run_config config = failing_config(TASKS, 2);
    config.client.backoff_ns = 60 * HOUR_NS;
    config.client.cancel = CANCEL_WITHIN;
    config.deadline_ns = 30 * HOUR_NS;
    struct run run;
    int64_t pausing = pausing_at_once(&run, &config);
    assert_between(pausing, TASKS / 4, TASKS * 3 / 4);
    assert_int_equal(api_calls(&run.api), TASKS); /* a broken pause makes no call */
    assert_int_equal(atomic_load(&run.tally.retries), 0);
    run_destroy(&run);
}

/* If it wrapped round, the pause would be over at once and the task tried 50 times. */
CLAIM(an_enormous_backoff_does_not_overflow) {
    struct run_config config = failing_config(20, 50);
    config.client.backoff_ns = INT64_MAX;
    config.client.cancel = CANCEL_BETWEEN;
    config.deadline_ns = 30 * NS_PER_S;
    assert_all(&config, OUTCOME_FAILED, 1);
}

/* ---- the budget ---- */

static int64_t retries_with_budget(double budget) {
    struct run_config config = failing_config(1000, 10);
    config.client.retry_budget = budget;
    struct run run;
    plain_run_all(&run, &config);
    int64_t retries = atomic_load(&run.tally.retries);
    assert_int_equal(api_calls(&run.api), 1000 + retries);
    run_destroy(&run);
    return retries;
}

CLAIM(retries_are_used_up_to_the_budget_and_not_beyond) {
    assert_int_equal(retries_with_budget(0), 0);
    assert_int_equal(retries_with_budget(0.1), 100);
    assert_int_equal(retries_with_budget(1), 1000);
    assert_int_equal(retries_with_budget(-1), 9000); /* no limit */
}

/* All in their pauses at once: none of those is a first attempt or was made already. */
CLAIM(retries_that_pause_do_not_lessen_the_budget) {
    enum { TASKS = 20 };
    struct run_config config = failing_config(TASKS, 2);
    config.client.backoff_ns = HOUR_NS;
    config.client.retry_budget = 1;
    struct run run;
    int64_t pausing = pausing_at_once(&run, &config);
    assert_int_equal(pausing, TASKS);
    run_destroy(&run);
}

/* A pause that is not begun or is broken off, and a retry that the breaker stops. */
CLAIM(what_was_not_repeated_costs_nothing_of_the_budget) {
    struct run_config config = failing_config(20, 4);
    config.client.retry_budget = 1;
    config.client.cancel = CANCEL_BETWEEN;
    config.client.breaker_failures = 5;
    config.client.breaker_pause_ns = HOUR_NS;
    config.deadline_ns = HOUR_NS;
    for (int way = 0; way < 2; way++) {
        config.client.backoff_ns = way == 0 ? 0 : INT64_MAX;
        struct run run;
        plain_run_all(&run, &config);
        assert_int_equal(api_calls(&run.api), 5);
        assert_int_equal(atomic_load(&run.client.granted),
                         atomic_load(&run.tally.retries));
        run_destroy(&run);
    }
}

struct share_of_tasks {
    struct run *run;
    int64_t from, to;
};

static void *perform_share(void *argument) {
    struct share_of_tasks *share = argument;
    for (int64_t i = share->from; i < share->to; i++) {
        client_perform(&share->run->client, (struct task){.index = (uint64_t)i}, 0);
    }
    return NULL;
}

CLAIM(many_threads_do_not_overdraw_the_budget) {
    enum { THREADS = 16, EACH = 250 };
    struct run_config config = failing_config(THREADS * EACH, 10);
    config.client.retry_budget = 0.2;
    struct share_of_tasks shares[THREADS];
    struct run run;
    plain_run_start(&run, &config);
    for (int i = 0; i < THREADS; i++) {
        shares[i] = (struct share_of_tasks){&run, i * EACH, (i + 1) * EACH};
    }
    crowd_run_each(THREADS, perform_share, shares, sizeof shares[0]);
    plain_run_end(&run);
    assert_between(atomic_load(&run.tally.retries), 1, THREADS * EACH / 5);
    run_destroy(&run);
}
