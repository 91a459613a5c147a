#include "measure/tally.h"

#include <sched.h>
#include <string.h>

#include "measure/atomic_max.h"
#include "sync/clock.h"

static void count(_Atomic int64_t *counter, int64_t by) {
    atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

static void note_outcome(struct tally *tally, enum outcome outcome, int64_t tasks,
                         int64_t at_ns) {
    count(&tally->outcomes[outcome], tasks);
    atomic_max(&tally->last_outcome_ns, at_ns);
}

void tally_init(struct tally *tally, int64_t tasks, struct samples *samples) {
    memset(tally, 0, sizeof *tally);
    tally->samples = samples;
    tally->given_up.index = (uint64_t)tasks; /* none yet */
    for (int i = 0; i < STOP_COUNT; i++) {
        atomic_store(&tally->stop_at_ns[i], DEADLINE_NEVER);
    }
}

void tally_start(struct tally *tally, int64_t start_ns, int64_t deadline_ns) {
    tally->started_at_ns = start_ns;
    atomic_store(&tally->stop_at_ns[STOP_DEADLINE], deadline_ns);
}

/* A task that ends after the stop was in flight then, or started after it. One that
 * ends before the stop is counted before anybody can know of it. One that starts at the
 * very moment of the stop counts as started before: whoever started it did not know
 * yet. And whose call, or pause between two, was interrupted at that moment was in
 * flight. In virtual time both are common, as many things happen at one moment.
 *
 * Whoever stops the run may lose its CPU when it has read the clock and nobody knows of
 * that moment yet: a task that ended later would count as one of before. */
static void compare_with_stop(struct tally *tally, const struct task_result *result) {
    while (atomic_load(&tally->stopping) > 0) {
        sched_yield();
    }
    int64_t stop_ns = tally_stop_at_ns(tally);
    if (result->started_at_ns <= stop_ns) {
        count(&tally->started_before_stop, 1);
        if (result->finished_at_ns > stop_ns || result->interrupted ||
            result->outcome == OUTCOME_CANCELLED) {
            count(&tally->in_flight_at_stop, 1);
        }
    }
}

void tally_finished(struct tally *tally, const struct task_result *result) {
    int64_t due_ns = tally->started_at_ns + result->task.due_ns;
    bool answered = result->outcome == OUTCOME_OK || result->outcome == OUTCOME_SILENT;
    note_outcome(tally, result->outcome, 1, result->finished_at_ns);
    if (result->outcome == OUTCOME_CANCELLED) {
        count(&tally->interrupted, 1);
    }
    histogram_add(answered ? &tally->latency : &tally->failed_latency,
                  result->finished_at_ns - due_ns);
    histogram_add(&tally->queue_wait, result->started_at_ns - due_ns);
    compare_with_stop(tally, result);
    if (tally->samples != NULL) {
        tally->samples->of[result->task.index] = (struct sample){
            .due_ns = result->task.due_ns,
            .started_ns = result->started_at_ns - tally->started_at_ns,
            .finished_ns = result->finished_at_ns - tally->started_at_ns,
            .lane = result->lane,
            .attempts = result->attempts,
            .outcome = result->outcome,
        };
    }
}

void tally_unstarted(struct tally *tally, struct task task, enum outcome outcome) {
    note_outcome(tally, outcome, 1, now_ns());
    if (tally->samples != NULL) {
        sample_unstarted(tally->samples, task, outcome);
    }
}

void tally_give_up(struct tally *tally, struct task first, enum outcome outcome) {
    if (first.index < tally->given_up.index) {
        int64_t tasks = (int64_t)(tally->given_up.index - first.index);
        note_outcome(tally, outcome, tasks, now_ns());
        tally->given_up = first;
        tally->given_up_as = outcome;
    }
}

void tally_stop(struct tally *tally, enum stop_reason reason) {
    int64_t not_yet = DEADLINE_NEVER;
    atomic_fetch_add(&tally->stopping, 1);
    atomic_compare_exchange_strong(&tally->stop_at_ns[reason], &not_yet, now_ns());
    atomic_fetch_sub(&tally->stopping, 1);
}

void tally_finish(struct tally *tally) {
    tally->finished_at_ns = now_ns();
}

int64_t tally_wall_ns(const struct tally *tally) {
    int64_t last_ns = atomic_load(&tally->last_outcome_ns);
    return last_ns == 0 ? 0 : last_ns - tally->started_at_ns;
}

int64_t tally_total(const struct tally *tally) {
    int64_t total = 0;
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        total += atomic_load(&tally->outcomes[i]);
    }
    return total;
}

int64_t tally_outcome(const struct tally *tally, enum outcome outcome) {
    return atomic_load(&tally->outcomes[outcome]);
}

int64_t tally_never_started(const struct tally *tally) {
    return tally_outcome(tally, OUTCOME_CANCELLED) +
           tally_outcome(tally, OUTCOME_NOT_STARTED) - atomic_load(&tally->interrupted);
}

static enum stop_reason first_reason(const struct tally *tally) {
    enum stop_reason first = STOP_NOT; /* which never comes */
    for (int i = 0; i < STOP_COUNT; i++) {
        if (atomic_load(&tally->stop_at_ns[i]) <
            atomic_load(&tally->stop_at_ns[first])) {
            first = (enum stop_reason)i;
        }
    }
    return first;
}

enum stop_reason tally_stop_reason(const struct tally *tally) {
    bool stopped = tally_stop_at_ns(tally) <= tally->finished_at_ns;
    return stopped ? first_reason(tally) : STOP_NOT;
}

int64_t tally_stop_at_ns(const struct tally *tally) {
    return atomic_load(&tally->stop_at_ns[first_reason(tally)]);
}
