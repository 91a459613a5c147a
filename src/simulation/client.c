#include "simulation/client.h"

#include "clock.h"
#include "ctx.h"
#include "simulation/backoff.h"
#include "simulation/nap.h"

bool client_is_cancelled(const struct client *client) {
    return ctx_reason(client->heeded) != CTX_ALIVE;
}

/* What a call in progress listens to: NULL is nothing. */
static struct chan *hang_up_signal(const struct client *client) {
    return client->config->cancel == CANCEL_WITHIN ? ctx_done(client->heeded) : NULL;
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

static enum outcome attempt_call(struct client *client, struct task task,
                                 int64_t attempt) {
    struct call call = workload_call(client->workload, task.index, attempt);
    int64_t give_up_ns = client->config->timeout_ns > 0
                             ? deadline_after_ns(now_ns(), client->config->timeout_ns)
                             : DEADLINE_NEVER;
    atomic_fetch_add_explicit(&client->tally->attempts, 1, memory_order_relaxed);
    return outcome_of(api_call(client->api, &call, give_up_ns, hang_up_signal(client)));
}

/* Has the caller seen it go wrong? A silent failure looks like success to him. */
static bool looks_failed(enum outcome outcome) {
    return outcome == OUTCOME_REJECTED || outcome == OUTCOME_FAILED ||
           outcome == OUTCOME_TIMED_OUT;
}

/* Takes one retry from the budget. Retries are counted first and given back if too
 * many, so that threads which come together cannot overdraw it. */
static bool afford_retry(struct client *client) {
    struct tally *tally = client->tally;
    int64_t retries = 1 + atomic_fetch_add(&tally->retries, 1);
    int64_t first_attempts = atomic_load(&tally->attempts) - (retries - 1);
    if (client->config->retry_budget < 0 ||
        (double)retries <= client->config->retry_budget * (double)first_attempts) {
        return true;
    }
    atomic_fetch_sub(&tally->retries, 1);
    return false;
}

/* Waits before the next attempt. False if there is to be none: a pause is no call, so
 * whoever is told to stop stops in it, and one that would end past the run's deadline
 * is not begun. */
static bool pause_before_retry(struct client *client, struct task task,
                               int64_t attempt) {
    int64_t pause_ns =
        backoff_ns(client->config->backoff_ns, (uint64_t)client->workload->seed,
                   task.index, attempt);
    int64_t until_ns = deadline_after_ns(now_ns(), pause_ns);
    return until_ns < ctx_deadline_ns(client->heeded) &&
           nap_until(until_ns, ctx_done(client->heeded));
}

static bool may_retry(struct client *client, struct task task, int64_t attempt) {
    if (attempt >= client->config->attempts || !afford_retry(client)) {
        return false;
    }
    if (!pause_before_retry(client, task, attempt)) {
        atomic_fetch_sub(&client->tally->retries, 1);
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
    struct account account = {.task = task, .lane = lane, .started_at_ns = now_ns()};
    do {
        account.attempts++;
        account.outcome = attempt_call(client, task, account.attempts);
    } while (looks_failed(account.outcome) &&
             may_retry(client, task, account.attempts));
    account.finished_at_ns = now_ns();
    tally_finished(client->tally, &account);
    stop_if_failed(client, account.outcome);
}

void client_skip(struct client *client, struct task task, enum outcome outcome) {
    tally_unstarted(client->tally, task, outcome);
}

void client_give_up(struct client *client, struct task first, enum outcome outcome) {
    tally_give_up(client->tally, first, outcome);
}
