/*
 * How much later than asked a sleep ends: the mean overshoot of absolute sleeps with
 * the timer slack at 1 ns, on an otherwise idle thread. The figure is the overshoot
 * alone, without the sleep. Not in it: the queueing of many sleepers that wake at once.
 */
#include "operation.h"
#include "sync/clock.h"
#include "sync/must.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>

#define TIMER_SLACK_NS 1UL

struct sleeper {
    int64_t sleep_ns;
    unsigned long old_slack_ns; /* put back at the end: threads inherit it */
};

static void *start(const struct operation *operation) {
    int slack_ns = prctl(PR_GET_TIMERSLACK);
    struct sleeper *sleeper = malloc(sizeof *sleeper);
    invariant(sleeper != NULL);
    if (slack_ns < 0 || prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS) != 0) {
        free(sleeper);
        return NULL;
    }
    sleeper->sleep_ns = operation->size;
    sleeper->old_slack_ns = (unsigned long)slack_ns;
    return sleeper;
}

static void stop(void *subject) {
    struct sleeper *sleeper = subject;
    prctl(PR_SET_TIMERSLACK, sleeper->old_slack_ns);
    free(sleeper);
}

static int64_t overshoot_ns(int64_t sleep_ns) {
    int64_t due_ns = now_ns() + sleep_ns;
    struct timespec due = to_timespec(due_ns);
    int error;
    do {
        error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
    } while (error == EINTR);
    must(error);
    return now_ns() - due_ns;
}

static int64_t sleep_often(void *subject, int64_t count) {
    struct sleeper *sleeper = subject;
    int64_t sum_ns = 0;
    for (int64_t i = 0; i < count; i++) {
        sum_ns += overshoot_ns(sleeper->sleep_ns);
    }
    return sum_ns;
}

#define OVERSHOOT(sleep, ns, sleeps)                                                   \
    {                                                                                  \
        .name = "timer_overshoot/sleep:" sleep, .batch = sleeps, .batches = 2,         \
        .size = ns, .start = start, .run = sleep_often, .stop = stop                   \
    }

const struct operation timer_overshoot[] = {
    OVERSHOOT("100us", 100 * NS_PER_US, 100),
    OVERSHOOT("1ms", 1 * NS_PER_MS, 20),
    OVERSHOOT("10ms", 10 * NS_PER_MS, 4),
    END_OF_TABLE,
};
