/*
 * What happened: outcomes counted, latencies in histograms, peaks. Fixed memory,
 * however many tasks there are.
 *
 *   tally_init(tally, tasks, samples) before the first thread
 *   tally_start(tally, ...)           when the run begins: due times count from here
 *   tally_finished(tally, ...)        for each task that was started, by its thread
 *   tally_unstarted(tally, ...)       for each that was not, by whoever gave it up;
 *   tally_give_up(tally, ...)         or for all that are left, in one go
 *   tally_stop(tally, reason)         by whoever stops the run; the first moment counts
 *   tally_finish(tally)               when all threads are done
 *
 * Counting takes no lock: all counters are relaxed atomics. Latency runs from the
 * moment a task was due, not from when it was sent, so that time spent in a queue
 * cannot be overlooked (Gil Tene calls that coordinated omission).
 */
#ifndef FIVE_COOKS_TALLY_H
#define FIVE_COOKS_TALLY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "measure/gauge.h"
#include "measure/histogram.h"
#include "measure/samples.h"
#include "measure/task.h"

enum stop_reason { STOP_NOT, STOP_DEADLINE, STOP_FAIL_FAST, STOP_SIGNAL, STOP_COUNT };

struct tally {
    int64_t started_at_ns;   /* set once, by tally_start() */
    int64_t finished_at_ns;  /* set once, by tally_finish() */
    int64_t create_ns;       /* spent creating threads; owned by the strategy */
    int64_t created_threads; /* how many were created; owned by the strategy */
    struct samples *samples; /* NULL: nobody wants them */
    struct task given_up;    /* this task and all after it; owned by the strategy */
    enum outcome given_up_as;

    /* any thread, any time: */
    _Atomic int64_t outcomes[OUTCOME_COUNT];
    _Atomic int64_t attempts; /* calls, as the callers count them */
    _Atomic int64_t retries;  /* those of them that repeat one */
    _Atomic int64_t last_outcome_ns; /* a moment of now_ns(); 0: none yet */
    struct gauge threads;            /* of the design, counted by their creators */
    struct histogram latency;        /* due to finished, of tasks that were answered */
    struct histogram failed_latency; /* the same, of tasks that ended otherwise */
    struct histogram queue_wait;     /* due to started */

    /* the stop, if there was one: */
    _Atomic int64_t stop_at_ns[STOP_COUNT]; /* for each reason; or DEADLINE_NEVER */
    _Atomic int stopping;                   /* who is about to set one of them */
    _Atomic int64_t started_before_stop;
    _Atomic int64_t in_flight_at_stop;
    _Atomic int64_t interrupted; /* cancelled after they had started */
};

/* What one task went through. */
struct task_result {
    struct task task;
    int64_t lane;
    int64_t started_at_ns; /* moments of now_ns() */
    int64_t finished_at_ns;
    int64_t attempts; /* calls that were made */
    enum outcome outcome;
    bool interrupted; /* in the pause before another one */
};

void tally_init(struct tally *tally, int64_t tasks, struct samples *samples);

/* The run begins at `start_ns` and, if a deadline stops it, stops at `deadline_ns`. */
void tally_start(struct tally *tally, int64_t start_ns, int64_t deadline_ns);
void tally_finished(struct tally *tally, const struct task_result *result);
void tally_unstarted(struct tally *tally, struct task task, enum outcome outcome);

/* None of the tasks from `first` on will be started. It takes no longer for a
 * billion of them than for one, as it is done while the clock runs. A second call may
 * give up earlier tasks, too. From one thread at a time. */
void tally_give_up(struct tally *tally, struct task first, enum outcome outcome);

void tally_stop(struct tally *tally, enum stop_reason reason);
void tally_finish(struct tally *tally);

/* From the start to the last outcome. */
int64_t tally_wall_ns(const struct tally *tally);

int64_t tally_total(const struct tally *tally); /* of all outcomes */
int64_t tally_outcome(const struct tally *tally, enum outcome outcome);
int64_t tally_never_started(const struct tally *tally); /* without those shed */

/* Why the run was told to stop, or STOP_NOT: a deadline that came after the end stopped
 * nothing. After tally_finish(). */
enum stop_reason tally_stop_reason(const struct tally *tally);

/* When it was told to, as far as is known by now; DEADLINE_NEVER: not. */
int64_t tally_stop_at_ns(const struct tally *tally);

#endif
