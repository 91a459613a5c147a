/*
 * C's atomics add, subtract and exchange, but they have no maximum: here it is.
 */
#ifndef FIVE_COOKS_ATOMIC_MAX_H
#define FIVE_COOKS_ATOMIC_MAX_H

#include <stdatomic.h>
#include <stdint.h>

/* *max becomes `value`, unless it is larger already. Relaxed: it guards no other data.
 */
static inline void atomic_max(_Atomic int64_t *max, int64_t value) {
    int64_t before = atomic_load_explicit(max, memory_order_relaxed);
    while (value > before &&
           !atomic_compare_exchange_weak_explicit(
               max, &before, value, memory_order_relaxed, memory_order_relaxed)) {
    }
}

#endif
