/*
 * Sleeping until a moment, the raw material of simulated I/O.
 *
 * With a channel to listen to, the sleep ends early when that closes: this one line is
 * the difference between a call that can be cancelled and one that cannot.
 */
#ifndef FIVE_COOKS_SLEEP_H
#define FIVE_COOKS_SLEEP_H

#include <errno.h>

#include "chan.h"
#include "clock.h"
#include "must.h"

/* True if the moment came; false if `hang_up` is closed, even if it came, too. */
static inline bool nap_until(int64_t moment_ns, struct chan *hang_up) {
    if (is_past(moment_ns)) {
        moment_ns = DEADLINE_NOW; /* sleeping until then would cost a system call */
    }
    if (hang_up != NULL) {
        return chan_receive(hang_up, NULL, moment_ns) == CHAN_TIMED_OUT;
    }
    if (moment_ns <= DEADLINE_NOW) {
        return true;
    }
    struct timespec moment = to_timespec(moment_ns);
    int error;
    do { /* a signal may interrupt it; the moment stays the same */
        error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL);
    } while (error == EINTR);
    must(error);
    return true;
}

#endif
