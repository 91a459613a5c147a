/*
 * A word there and a word back between two CPUs: what two threads pay for any answer.
 *
 * The floor under an unbuffered hand-off between CPUs: the job goes there, and the word
 * that it was taken comes back. Go's stays below it where producer and worker run on
 * one thread, as then nothing travels. Not in it: locks, queues, sleeping, and losing
 * the CPU, as the fastest of many short rallies counts.
 */
#include "operation.h"
#include "sync/clock.h"
#include "sync/must.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#define CACHE_LINES_APART  128
#define RALLY              100 /* round trips timed together */
#define LOOKS_BEFORE_YIELD 10000
#define STOP               INT64_C(-1)

struct court {
    _Alignas(CACHE_LINES_APART) _Atomic int64_t there;
    _Alignas(CACHE_LINES_APART) _Atomic int64_t back;
    int64_t round; /* the server's */
    pthread_t partner;
};

/* Looks until the word differs from `old`; yields if that takes suspiciously long. */
static int64_t next_value(_Atomic int64_t *word, int64_t old) {
    int64_t value;
    for (int looks = 1;; looks++) {
        value = atomic_load_explicit(word, memory_order_acquire);
        if (value != old) {
            return value;
        }
        if (looks % LOOKS_BEFORE_YIELD == 0) {
            sched_yield();
        }
    }
}

static void *return_each(void *argument) {
    struct court *court = argument;
    int64_t round = 0;
    while ((round = next_value(&court->there, round)) != STOP) {
        atomic_store_explicit(&court->back, round, memory_order_release);
    }
    return NULL;
}

/* On one CPU nothing travels: then there is nothing to measure. What counts is what we
 * may use, as taskset(1) or a container says, and not what the machine has. */
static bool has_one_cpu(void) {
    cpu_set_t ours;
    return sched_getaffinity(0, sizeof ours, &ours) == 0 && CPU_COUNT(&ours) < 2;
}

static void *start(const struct operation *operation) {
    (void)operation;
    if (has_one_cpu()) {
        return NULL;
    }
    struct court *court = aligned_alloc(CACHE_LINES_APART, sizeof *court);
    invariant(court != NULL);
    *court = (struct court){0};
    if (pthread_create(&court->partner, NULL, return_each, court) != 0) {
        free(court);
        return NULL;
    }
    return court;
}

static void stop(void *subject) {
    struct court *court = subject;
    atomic_store(&court->there, STOP);
    must(pthread_join(court->partner, NULL));
    free(court);
}

static int64_t rally_ns(struct court *court) {
    int64_t began_ns = now_ns();
    for (int i = 0; i < RALLY; i++) {
        int64_t last = court->round++;
        atomic_store_explicit(&court->there, court->round, memory_order_release);
        invariant(next_value(&court->back, last) == court->round);
    }
    return now_ns() - began_ns;
}

/* The fastest rally stands for all: in the others a thread may have lost its CPU. */
static int64_t go_and_return(void *subject, int64_t count) {
    int64_t fastest_ns = INT64_MAX;
    for (int64_t i = 0; i < count / RALLY; i++) {
        fastest_ns = earlier_ns(fastest_ns, rally_ns(subject));
    }
    return fastest_ns * (count / RALLY);
}

const struct operation cache_line[] = {
    {.name = "cache_line/round_trip",
     .batch = 20000,
     .batches = 1,
     .start = start,
     .run = go_and_return,
     .stop = stop},
    END_OF_TABLE,
};
