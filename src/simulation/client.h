/*
 * The client: takes one task through as many calls as it needs, and tells the tally.
 * All designs use it, from whatever thread they give the task, and reach the API only
 * through it.
 *
 *   client_perform(client, task, lane)   by the task's thread; blocks until the outcome
 *
 * A circuit breaker may stand before every call (breaker.h). A call that it stops is an
 * attempt that failed at once, without a call: the task is shed, unless it has attempts
 * left and is let through then.
 *
 * Retries follow the rules of the trade: a pause before each of them (backoff.h), which
 * is longer if a rejection has asked for that (Retry-After); none past the run's
 * deadline (if anyone listens to that); and no more than a budget allows (Google's SRE
 * book, ch. 21), because retries can keep an overload alive. A task that is told to
 * stop during the pause before a retry ends as its last attempt did; only a task whose
 * call is interrupted is cancelled.
 */
#ifndef FIVE_COOKS_CLIENT_H
#define FIVE_COOKS_CLIENT_H

#include <stdatomic.h>
#include <stdbool.h>

#include "measure/tally.h"
#include "simulation/api.h"
#include "simulation/breaker.h"
#include "simulation/workload.h"

struct ctx;

/* Who listens to the context when the run is told to stop. Everybody obeys Ctrl-C. */
enum cancel {
    CANCEL_NONE,    /* nobody */
    CANCEL_BETWEEN, /* the design, between two tasks: the article's select */
    CANCEL_WITHIN   /* the call in progress as well */
};

struct client_config {
    int64_t attempts;    /* at most, for each task */
    int64_t backoff_ns;  /* before the second attempt at most this, then twice, ... */
    double retry_budget; /* most retries for each first attempt; < 0: no limit */
    int64_t breaker_failures; /* in a row; 0: no circuit breaker */
    int64_t breaker_pause_ns;
    int64_t timeout_ns; /* for each attempt; 0: none */
    int cancel;
    bool fail_fast; /* the first task that fails stops the run */
};

struct client {
    _Atomic int64_t granted; /* of the budget: retries made, and those in their pause */
    const struct client_config *config;
    const struct workload_config *workload;
    struct api *api;
    struct tally *tally;
    struct ctx *ctx;      /* of the run: --fail-fast cancels it */
    struct ctx *stop_ctx; /* what stops the design: ctx, or only Ctrl-C */
    struct breaker breaker;
};

void client_perform(struct client *client, struct task task, int64_t lane);

#endif
