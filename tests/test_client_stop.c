/* The client when the run is told to stop: who tells it, and who listens. */
#include "support/plain_run.h"
#include "support/suite.h"
#include "sync/ctx.h"

/* ---- fail-fast ---- */

static enum stop_reason stop_reason_after(struct run_config *config,
                                          enum ctx_reason *reason) {
    struct run run;
    config->client.fail_fast = true;
    config->client.cancel = CANCEL_BETWEEN;
    plain_run_start(&run, config);
    plain_run_perform_all(&run);
    *reason = ctx_reason(run.ctx);
    plain_run_end(&run);
    enum stop_reason stop = tally_stop_reason(&run.tally);
    run_destroy(&run);
    return stop;
}

CLAIM(fail_fast_stops_the_run_at_a_failure_that_can_be_seen) {
    struct run_config config = plain_config(1);
    enum ctx_reason reason;
    assert_int_equal(stop_reason_after(&config, &reason), STOP_NOT);
    assert_int_equal(reason, CTX_ALIVE);
    config.workload.silent_rate = 1;
    assert_int_equal(stop_reason_after(&config, &reason), STOP_NOT);
    config.workload.silent_rate = 0;
    config.workload.error_rate = 1;
    assert_int_equal(stop_reason_after(&config, &reason), STOP_FAIL_FAST);
    assert_int_equal(reason, CTX_CANCELLED);
}

CLAIM(fail_fast_waits_for_the_last_attempt) {
    struct run_config config = plain_config(1);
    config.workload.error_rate = 0.5;
    config.workload.seed = 1;
    enum ctx_reason reason;
    while (workload_call(&config.workload, 0, 1).fate == FATE_OK ||
           workload_call(&config.workload, 0, 2).fate == FATE_ERROR) {
        config.workload.seed++; /* a task that goes well at its second attempt */
    }
    config.client.attempts = 2;
    assert_int_equal(stop_reason_after(&config, &reason), STOP_NOT);
    config.client.attempts = 1;
    assert_int_equal(stop_reason_after(&config, &reason), STOP_FAIL_FAST);
}

/* The first attempt opens the breaker, which stops the second. */
CLAIM(fail_fast_stops_the_run_at_a_task_that_is_shed) {
    struct run_config config = plain_config(1);
    enum ctx_reason reason;
    config.workload.error_rate = 1;
    config.client.attempts = 2;
    config.client.breaker_failures = 1;
    config.client.breaker_pause_ns = HOUR_NS;
    assert_int_equal(stop_reason_after(&config, &reason), STOP_FAIL_FAST);
}

/* ---- who listens ---- */

static enum outcome outcome_after_cancel(int cancel) {
    struct run_config config = plain_config(1);
    config.client.cancel = cancel;
    struct run run;
    plain_run_start(&run, &config);
    ctx_cancel(run.ctx);
    plain_run_perform_all(&run);
    plain_run_end(&run);
    enum outcome outcome = run.samples.of[0].outcome;
    run_destroy(&run);
    return outcome;
}

CLAIM(only_a_call_that_listens_is_cancelled) {
    assert_int_equal(outcome_after_cancel(CANCEL_NONE), OUTCOME_OK);
    assert_int_equal(outcome_after_cancel(CANCEL_BETWEEN), OUTCOME_OK);
    assert_int_equal(outcome_after_cancel(CANCEL_WITHIN), OUTCOME_CANCELLED);
}

CLAIM(a_call_that_listens_is_cancelled_in_the_middle) {
    struct run_config config = plain_config(1);
    config.workload.hang_rate = 1;
    config.workload.hang_ns = HOUR_NS;
    config.client.cancel = CANCEL_WITHIN;
    config.client.attempts = 5; /* and is not tried again */
    config.client.breaker_failures = 1;
    struct plain_performance performance = {.index = 0};
    struct run run;
    plain_run_start(&run, &config);
    performance.run = &run;
    struct spawned *thread = spawn(plain_perform, &performance);
    UNTIL(chan_waiters(ctx_done(run.ctx), CHAN_RECEIVE) == 1);
    ctx_cancel(run.ctx);
    join(thread);
    plain_run_end(&run);
    assert_int_equal(run.samples.of[0].outcome, OUTCOME_CANCELLED);
    assert_int_equal(run.samples.of[0].attempts, 1);
    assert_int_equal(atomic_load(&run.tally.interrupted), 1);
    assert_int_equal(run.client.breaker.opened, 0); /* it says nothing of the API */
    run_destroy(&run);
}

static struct run listening;

/* `told`: what is cancelled, if anything. */
static bool is_cancelled(int cancel, int64_t deadline_ns, struct ctx **told) {
    struct run_config config = plain_config(1);
    config.client.cancel = cancel;
    config.deadline_ns = deadline_ns;
    plain_run_start(&listening, &config);
    UNTIL(deadline_ns != 1 || is_past(ctx_deadline_ns(listening.ctx)));
    if (told != NULL) {
        ctx_cancel(*told);
    }
    bool answer = run_is_stopped(&listening);
    run_destroy(&listening);
    return answer;
}

static const struct {
    int64_t deadline_ns;
    struct ctx **told;
    bool listens, does_not; /* what a design that ... is told */
} stops[] = {
    {0, NULL, false, false},          {HOUR_NS, NULL, false, false},
    {1, NULL, true, false},           {0, &listening.ctx, true, false}, /* fail-fast */
    {0, &listening.root, true, true},                                   /* Ctrl-C */
    {1, &listening.root, true, true}, /* past a deadline, too */
};

CLAIM(a_design_that_listens_hears_everything_and_any_hears_ctrl_c) {
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
        for (int cancel = CANCEL_NONE; cancel <= CANCEL_WITHIN; cancel++) {
            bool told = is_cancelled(cancel, stops[i].deadline_ns, stops[i].told);
            assert_int_equal(told, cancel == CANCEL_NONE ? stops[i].does_not
                                                         : stops[i].listens);
        }
    }
}
