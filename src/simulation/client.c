#include "simulation/client.h"

#include "simulation/backoff.h"
#include "sync/clock.h"
#include "sync/ctx.h"
#include "sync/sleep.h"

/* What a call in progress listens to; NULL: to nothing. */
static struct chan *hang_up_signal(const struct client *client) {
    return client->config->cancel == CANCEL_WITHIN ? ctx_done(client->stop_ctx) : NULL;
}

static enum outcome outcome_of(enum reply reply) {
    static const enum outcome outcomes[REPLY_COUNT] = {
        [REPLY_OK] = OUTCOME_OK,
        [REPLY_REJECTED] = OUTCOME_REJECTED,
        [REPLY_FAILED] = OUTCOME_FAILED,
        [REPLY_WRONG] = OUTCOME_SILENT,
        [REPLY_TOO_LATE] = OUTCOME_TIMED_OUT,
        [REPLY_HUNG_UP] = OUTCOME_CANCELLED,
    };
    return outcomes[reply];
}

static enum outcome call_api(struct client *client, struct task task, int64_t number) {
    struct call call = workload_call(client->workload, task.index, number);
    int64_t give_up_ns = client->config->timeout_ns > 0
                             ? deadline_after_ns(now_ns(), client->config->timeout_ns)
                             : DEADLINE_NEVER;
    if (number > 1) { /* counted first, or it could be taken for a first attempt */
        atomic_fetch_add(&client->tally->retries, 1);
    }
    atomic_fetch_add(&client->tally->attempts, 1);
    return outcome_of(api_call(client->api, &call, give_up_ns, hang_up_signal(client)));
}

/* Has the caller seen it go wrong? A silent failure looks like a success. */
static bool looks_failed(enum outcome outcome) {
    return outcome == OUTCOME_REJECTED || outcome == OUTCOME_FAILED ||
           outcome == OUTCOME_TIMED_OUT || outcome == OUTCOME_SHED;
}

/* One attempt: a call, unless the breaker stops it. */
static enum outcome attempt_call(struct client *client, struct task_result *result) {
    uint64_t ticket;
    if (!breaker_allows(&client->breaker, now_ns(), &ticket)) {
        return OUTCOME_SHED;
    }
    enum outcome outcome = call_api(client, result->task, ++result->attempts);
    breaker_tell(&client->breaker, ticket,
                 looks_failed(outcome)          ? CALL_FAILED
                 : outcome == OUTCOME_CANCELLED ? CALL_TELLS_NOTHING
                                                : CALL_WENT_WELL,
                 now_ns());
    return outcome;
}

/* Takes one retry from the budget. It is granted first, and taken back if that was too
 * much, so that threads that come at the same time cannot overdraw it. */
static bool afford_retry(struct client *client) {
    int64_t granted = 1 + atomic_fetch_add(&client->granted, 1);
    int64_t first_attempts = atomic_load(&client->tally->attempts);
    first_attempts -= atomic_load(&client->tally->retries);
    double most = client->config->retry_budget * (double)first_attempts;
    if (client->config->retry_budget < 0 ||
        (double)granted <= most * (1 + 1e-12)) { /* 0.29 times 100 is a little less */
        return true;
    }
    atomic_fetch_sub(&client->granted, 1);
    return false;
}

/* Waits before the next attempt. False if there is to be none: whoever is told to stop
 * does so here, whatever --cancel says of calls, and a pause that would end past the
 * run's deadline is not begun. */
static bool pause_before_retry(struct client *client, struct task_result *last,
                               int64_t attempts) {
    int64_t pause_ns =
        backoff_ns(client->config->backoff_ns, (uint64_t)client->workload->seed,
                   last->task.index, attempts);
    if (last->outcome == OUTCOME_REJECTED) {
        /* The jitter comes on top, or all who were rejected would be back at once. */
        pause_ns = deadline_after_ns(pause_ns, client->api->config->retry_after_ns);
    }
    int64_t until_ns = deadline_after_ns(now_ns(), pause_ns);
    if (until_ns >= ctx_deadline_ns(client->stop_ctx)) {
        return false;
    }
    last->interrupted = !sleep_until(until_ns, ctx_done(client->stop_ctx));
    return !last->interrupted;
}

/* Only what repeats a call is a retry. */
static bool may_retry(struct client *client, struct task_result *last,
                      int64_t attempts) {
    bool repeats = last->attempts > 0;
    if (attempts >= client->config->attempts || (repeats && !afford_retry(client))) {
        return false;
    }
    if (!pause_before_retry(client, last, attempts)) {
        atomic_fetch_sub(&client->granted, repeats);
        return false;
    }
    return true;
}

static void stop_if_failed(struct client *client, enum outcome outcome) {
    if (client->config->fail_fast && looks_failed(outcome)) {
        tally_stop(client->tally, STOP_FAIL_FAST);
        ctx_cancel(client->ctx);
    }
}

void client_perform(struct client *client, struct task task, int64_t lane) {
    struct task_result result = {.task = task, .lane = lane, .started_at_ns = now_ns()};
    int64_t attempts = 0;
    do {
        attempts++;
        int64_t calls = result.attempts;
        result.outcome = attempt_call(client, &result);
        if (calls > 0 && result.attempts == calls) { /* a retry that was not made */
            atomic_fetch_sub(&client->granted, 1);
        }
    } while (looks_failed(result.outcome) && may_retry(client, &result, attempts));
    result.finished_at_ns = now_ns();
    tally_finished(client->tally, &result);
    stop_if_failed(client, result.outcome);
}
