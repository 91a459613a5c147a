/*
 * The workload: which tasks there are, when each is due, how long each of its calls
 * takes and how it fails. It is a pure function of the configuration, with no state and
 * no memory: so all programs face the same tasks, however many threads ask in whatever
 * order.
 *
 *   struct task task = workload_first(config);
 *   while (task.index < config->tasks) { ... task = workload_next(config, task); }
 *   workload_call(config, task.index, attempt)   what happens to this attempt
 *   workload_digest(config)                      two programs compare theirs
 *
 * Every function may be called by any thread. No errors: options has checked.
 */
#ifndef FIVE_COOKS_WORKLOAD_H
#define FIVE_COOKS_WORKLOAD_H

#include "measure/task.h"

/* The predetermined result of a call, which its caller cannot know. */
enum fate { FATE_OK, FATE_ERROR, FATE_SILENT, FATE_HANG };

/* One try at getting a task done. */
struct call {
    int64_t service_ns; /* the time it takes to serve, a hang included */
    enum fate fate;
    uint64_t index; /* of its task */
    int64_t attempt;
};

enum distribution {
    DISTRIBUTION_FIXED,
    DISTRIBUTION_UNIFORM,     /* 0 to twice the mean */
    DISTRIBUTION_EXPONENTIAL, /* memoryless: the M of M/M/c */
    DISTRIBUTION_LOGNORMAL,   /* sigma 1: a few calls take very long, as in real life */
    DISTRIBUTION_FILE         /* one of those that somebody has measured, at random */
};

/* Longer calls than eleven days are a mistake, or the far end of a distribution's tail.
 */
#define SERVICE_MAX_NS INT64_C(1000000000000000)

/* Latencies that somebody has measured. */
struct recorded {
    const int64_t *ns;
    int64_t count;
};

enum arrivals {
    ARRIVALS_BATCH,  /* all due at the start */
    ARRIVALS_FIXED,  /* one every 1/rate seconds */
    ARRIVALS_POISSON /* the same on average, at random moments */
};

struct workload_config {
    int64_t tasks;
    int64_t seed;
    int64_t service_ns; /* mean */
    int distribution;
    int64_t p50_ns; /* lognormal: through these two quantiles instead; 0: not */
    int64_t p99_ns;
    struct recorded recorded; /* DISTRIBUTION_FILE: at least one */
    double error_rate;        /* shares of all calls; together at most 1 */
    double silent_rate;
    double hang_rate;
    int64_t hang_ns;
    int arrivals;
    double arrivals_per_s;
};

struct task workload_first(const struct workload_config *config);
struct task workload_next(const struct workload_config *config, struct task task);

/* Attempts count from 1. */
struct call workload_call(const struct workload_config *config, uint64_t index,
                          int64_t attempt);

/* What a call takes on average, a hang not counted. */
int64_t workload_mean_ns(const struct workload_config *config);

/* A hash of every task's index, due time and first call, and of all recorded latencies.
 * It names the workload that the run was given, not how far the run came. Of the tasks
 * after the first million only the number is in it: otherwise a run of 10^9 tasks that
 * is stopped would spend a minute on it. */
enum { DIGEST_TASKS_MAX = 1000000 };
uint64_t workload_digest(const struct workload_config *config);

#endif
