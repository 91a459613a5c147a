/*
 * Time, in nanoseconds: CLOCK_MONOTONIC or, for fibers, a clock that is virtual.
 *
 * A wait is told its deadline, a moment, never a duration: the moment stays the same
 * however often the wait is interrupted or passed on. It is never the wall clock,
 * which people and NTP move.
 */
#ifndef FIVE_COOKS_CLOCK_H
#define FIVE_COOKS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define NS_PER_S  INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_US INT64_C(1000)

#define DEADLINE_NEVER INT64_MAX  /* wait for ever */
#define DEADLINE_NOW   INT64_C(0) /* already past: try, never block */

/* These belong to whoever implements threads, see thread.h. */
int64_t now_ns(void);

/*
 * Virtual time, which only fibers have. It stands still while fibers run, and when none
 * of them is ready it jumps to the next moment for which one waits. So a run of hours
 * is over in seconds, and is the same each time, to the nanosecond, on every machine.
 *
 * clock_spend() is for work that takes time all the same. There is one CPU: while a
 * fiber spends time nobody else runs, and others whose moment comes meanwhile are late,
 * as they would be on a busy machine.
 *
 *   clock_make_virtual()   before anybody has asked for the time
 *   clock_spend(duration)  by a fiber; where time is real, only for 0 ns
 *
 * It ends 292 years after its start, where an int64_t does. A program that gets there
 * says so and ends with status 2; so does one whose fibers all wait for ever.
 */
void clock_make_virtual(void);
bool clock_is_virtual(void);
void clock_spend(int64_t duration_ns);

/* The moment `duration_ns` after `from_ns`; DEADLINE_NEVER rather than an overflow. */
static inline int64_t deadline_after_ns(int64_t from_ns, int64_t duration_ns) {
    int64_t deadline_ns;
    bool beyond = __builtin_add_overflow(from_ns, duration_ns, &deadline_ns);
    return beyond ? DEADLINE_NEVER : deadline_ns;
}

static inline int64_t earlier_ns(int64_t a_ns, int64_t b_ns) {
    return a_ns < b_ns ? a_ns : b_ns;
}

/* Has this moment come? At the moment itself it has. */
static inline bool is_past(int64_t deadline_ns) {
    return deadline_ns <= DEADLINE_NOW ||
           (deadline_ns != DEADLINE_NEVER && now_ns() >= deadline_ns);
}

static inline struct timespec to_timespec(int64_t ns) {
    return (struct timespec){.tv_sec = (time_t)(ns / NS_PER_S),
                             .tv_nsec = (long)(ns % NS_PER_S)};
}

#endif
