#include "measure/histogram.h"

#include <math.h>

#include "measure/atomic_max.h"

/* Slots 0 to 63 hold 0 to 63 ns, one each; from there on 64 slots for each doubling. */
static unsigned slot_of(uint64_t ns) {
    if (ns < HISTOGRAM_STEPS) {
        return (unsigned)ns;
    }
    unsigned doublings = 63u - (unsigned)__builtin_clzll(ns) - HISTOGRAM_STEP_BITS;
    unsigned step = (unsigned)(ns >> doublings) - HISTOGRAM_STEPS;
    return (doublings + 1) * HISTOGRAM_STEPS + step;
}

/* The longest duration that falls into the slot. */
static int64_t slot_end_ns(unsigned slot) {
    if (slot < HISTOGRAM_STEPS) {
        return slot;
    }
    unsigned doublings = slot / HISTOGRAM_STEPS - 1;
    uint64_t step = slot % HISTOGRAM_STEPS + HISTOGRAM_STEPS;
    return (int64_t)(((step + 1) << doublings) - 1);
}

void histogram_add(struct histogram *histogram, int64_t duration_ns) {
    int64_t ns = duration_ns < 0 ? 0 : duration_ns;
    atomic_max(&histogram->max_ns, ns);
    atomic_max(&histogram->min_inverted_ns, INT64_MAX - ns);
    atomic_fetch_add_explicit(&histogram->slots[slot_of((uint64_t)ns)], 1,
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&histogram->count, 1, memory_order_relaxed);
    uint64_t before = atomic_fetch_add_explicit(&histogram->sum_ns, (uint64_t)ns,
                                                memory_order_relaxed);
    if (before > UINT64_MAX - (uint64_t)ns) { /* whoever overflows it carries, alone */
        atomic_fetch_add_explicit(&histogram->sum_carries, 1, memory_order_relaxed);
    }
}

int64_t histogram_mean_ns(const struct histogram *histogram) {
    uint64_t count = atomic_load(&histogram->count);
    double sum_ns = (double)atomic_load(&histogram->sum_carries) * 0x1p64 +
                    (double)atomic_load(&histogram->sum_ns);
    return count == 0 ? -1 : llround(sum_ns / (double)count);
}

int64_t histogram_quantile_ns(const struct histogram *histogram, double share) {
    uint64_t count = atomic_load(&histogram->count);
    int64_t max_ns = atomic_load(&histogram->max_ns);
    int64_t min_ns = INT64_MAX - atomic_load(&histogram->min_inverted_ns);
    uint64_t rank = (uint64_t)ceil(share * (double)count);
    if (count == 0) {
        return -1;
    }
    if (rank <= 1) {
        return min_ns;
    }
    uint64_t seen = atomic_load(&histogram->slots[0]);
    unsigned slot = 0;
    while (seen < rank && slot + 1 < HISTOGRAM_SLOTS) {
        seen += atomic_load(&histogram->slots[++slot]);
    }
    int64_t end_ns = slot_end_ns(slot); /* the last reaches beyond the longest one */
    return end_ns < max_ns ? end_ns : max_ns;
}
