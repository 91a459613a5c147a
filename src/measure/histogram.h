/*
 * A histogram of durations in fixed memory, whatever their number: each power of two is
 * cut into 64 equal steps, so a quantile is right within 1/64 (1.6 %); the minimum,
 * the maximum and the mean are exact. The idea is Gil Tene's HdrHistogram.
 *
 * Any thread may add, without a lock. Read it once the threads are done.
 * Zeroed memory is an empty histogram.
 */
#ifndef FIVE_COOKS_HISTOGRAM_H
#define FIVE_COOKS_HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>

enum {
    HISTOGRAM_STEP_BITS = 6,
    HISTOGRAM_STEPS = 1 << HISTOGRAM_STEP_BITS,
    HISTOGRAM_SLOTS = (64 - HISTOGRAM_STEP_BITS) * HISTOGRAM_STEPS
};

struct histogram {
    _Atomic uint64_t count;
    _Atomic uint64_t sum_ns; /* its low 64 bits; a long run of long waits needs more */
    _Atomic uint64_t sum_carries;
    _Atomic int64_t max_ns;
    _Atomic int64_t min_inverted_ns; /* INT64_MAX - minimum, so that zeroed is empty */
    _Atomic uint64_t slots[HISTOGRAM_SLOTS];
};

/* A duration below 0 counts as 0. */
void histogram_add(struct histogram *histogram, int64_t duration_ns);

/* The smallest duration that at least `share` of all do not exceed; -1 when empty.
 * Share 0 is the minimum, 1 the maximum. */
int64_t histogram_quantile_ns(const struct histogram *histogram, double share);

int64_t histogram_mean_ns(const struct histogram *histogram); /* -1 when empty */

#endif
