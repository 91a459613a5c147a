/*
 * The clock of fibers, real or virtual, for fiber.c only.
 */
#ifndef FIVE_COOKS_FIBER_CLOCK_H
#define FIVE_COOKS_FIBER_CLOCK_H

#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"

/* Only home moves it; atomic, as other threads of the kernel ask for the time, too. */
static _Atomic int64_t virtual_now_ns; /* 0: time is real */

bool clock_is_virtual(void) {
    return atomic_load_explicit(&virtual_now_ns, memory_order_relaxed) != 0;
}

int64_t now_ns(void) {
    int64_t virtual_ns = atomic_load_explicit(&virtual_now_ns, memory_order_relaxed);
    if (virtual_ns != 0) {
        return virtual_ns;
    }
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now); /* never fails: every Linux has this clock */
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static inline void set_virtual_now(int64_t moment_ns) {
    atomic_store_explicit(&virtual_now_ns, moment_ns, memory_order_relaxed);
}

void clock_make_virtual(void) {
    if (!clock_is_virtual()) {
        set_virtual_now(1); /* 0 would be DEADLINE_NOW */
    }
}

static inline void report_end_of_time(void) {
    fprintf(stderr, "fatal error: all fibers wait for ever, or for moments beyond the "
                    "end of virtual time, 292 years after its start\n");
    fflush(stdout);
    _exit(2);
}

#endif
