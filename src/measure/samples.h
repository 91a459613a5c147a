/*
 * What happened to each single task, for timelines; kept only when asked for, as it is
 * the one thing here that needs memory for every task.
 *
 * The file is CSV with a header, one line a task in order of index:
 *
 *   index,lane,due_ns,started_ns,finished_ns,attempts,outcome
 *
 * Times count from the start of the run. `lane` is the worker's number, or for
 * thread-per-task the task's own. A task that was never started has no lane, started_ns
 * and finished_ns: the fields are empty, and attempts is 0.
 */
#ifndef FIVE_COOKS_SAMPLES_H
#define FIVE_COOKS_SAMPLES_H

#include <stdint.h>
#include <stdio.h>

#include "simulation/task.h"

struct sample {
    int64_t due_ns;
    int64_t started_ns; /* -1: never */
    int64_t finished_ns;
    int64_t lane;
    int64_t attempts;
    enum outcome outcome;
};

struct samples {
    struct sample *of; /* by index; each written by the one thread that has the task */
    int64_t count;
};

int samples_init(struct samples *samples, int64_t tasks); /* 0 or -ENOMEM */
void samples_destroy(struct samples *samples);            /* zeroed is fine */

/* What is to be told of a task that was never started. */
void sample_unstarted(struct samples *samples, struct task task, enum outcome outcome);

/* Write errors are left for the caller to find with ferror(). */
void samples_write(const struct samples *samples, FILE *out);

#endif
