/*
 * A gauge counts how many there are now, and remembers the most there ever were. Any
 * thread may move it; no lock. Relaxed order is enough: it guards no other data, and it
 * is read when the threads are done.
 */
#ifndef FIVE_COOKS_GAUGE_H
#define FIVE_COOKS_GAUGE_H

#include <stdatomic.h>
#include <stdint.h>

#include "measure/atomic_max.h"

struct gauge {
    _Atomic int64_t now;
    _Atomic int64_t peak;
};

static inline void gauge_note_peak(struct gauge *gauge, int64_t now) {
    atomic_max(&gauge->peak, now);
}

/* Counts one that may yet fail to come, so the peak is left alone. Returns how many
 * there are with it. */
static inline int64_t gauge_reserve(struct gauge *gauge) {
    return 1 + atomic_fetch_add_explicit(&gauge->now, 1, memory_order_relaxed);
}

static inline void gauge_up(struct gauge *gauge) {
    gauge_note_peak(gauge, gauge_reserve(gauge));
}

/* Goes up, unless `limit` are there already. Returns how many there are then; 0: it did
 * not. */
static inline int64_t gauge_up_to(struct gauge *gauge, int64_t limit) {
    int64_t now = atomic_load_explicit(&gauge->now, memory_order_relaxed);
    do {
        if (now >= limit) {
            return 0;
        }
    } while (!atomic_compare_exchange_weak_explicit(
        &gauge->now, &now, now + 1, memory_order_relaxed, memory_order_relaxed));
    gauge_note_peak(gauge, now + 1);
    return now + 1;
}

static inline void gauge_down(struct gauge *gauge) {
    atomic_fetch_sub_explicit(&gauge->now, 1, memory_order_relaxed);
}

static inline int64_t gauge_now(struct gauge *gauge) {
    return atomic_load_explicit(&gauge->now, memory_order_relaxed);
}

static inline int64_t gauge_peak(struct gauge *gauge) {
    return atomic_load_explicit(&gauge->peak, memory_order_relaxed);
}

#endif
