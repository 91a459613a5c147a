/*
 * The client: takes one task through as many calls as it needs, and accounts for it.
 * Both designs use it, from whatever thread they give the task, and meet the API only
 * through it.
 *
 *   client_perform(client, task, lane)   by the task's thread; blocks until the outcome
 *   client_skip(client, task, outcome)   for a task that will not be started any more
 *
 * Retries follow the rules of the trade: a pause before each (backoff.h), never past
 * the run's deadline (if anyone listens to it), and no more than a budget allows
 * (Google's SRE book, ch. 21), as retries can keep an overload alive. A task that is
 * told to stop in the pause before a retry ends as its last attempt did; cancelled are
 * tasks that were in a call, or had not begun.
 */
#ifndef FIVE_COOKS_CLIENT_H
#define FIVE_COOKS_CLIENT_H

#include <stdbool.h>

#include "measure/tally.h"
#include "simulation/api.h"
#include "simulation/workload.h"

struct ctx;

/* Who listens to the context when the run is told to stop. */
enum cancel {
    CANCEL_NONE,    /* nobody, but for Ctrl-C: that is for all */
    CANCEL_BETWEEN, /* the design, between two tasks: the article's select */
    CANCEL_WITHIN   /* the call itself, too */
};

struct client_config {
    int64_t attempts;    /* at most, for each task */
    int64_t backoff_ns;  /* before the second attempt at most this, then twice, ... */
    double retry_budget; /* most retries for each first attempt; < 0: no limit */
    int64_t timeout_ns;  /* for each attempt; 0: none */
    int cancel;
    bool fail_fast; /* the first task that fails stops the run */
};

struct client {
    const struct client_config *config;
    const struct workload_config *workload;
    struct api *api;
    struct tally *tally;
    struct ctx *ctx;    /* of the run: --fail-fast cancels it */
    struct ctx *heeded; /* what stops the design: ctx, or only Ctrl-C */
};

void client_perform(struct client *client, struct task task, int64_t lane);
void client_skip(struct client *client, struct task task, enum outcome outcome);

/* For a task and all after it, in one go; as tally_give_up(). */
void client_give_up(struct client *client, struct task first, enum outcome outcome);

/* Should the design stop starting tasks? */
bool client_is_cancelled(const struct client *client);

#endif
