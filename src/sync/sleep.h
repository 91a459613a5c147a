/*
 * Sleeping until a moment, the raw material of simulated I/O.
 *
 * With a channel to listen to, the sleep ends early when that channel closes: this line
 * is the difference between a call that can be cancelled and one that cannot.
 */
#ifndef FIVE_COOKS_SLEEP_H
#define FIVE_COOKS_SLEEP_H

#include "chan.h"
#include "clock.h"
#include "thread.h"

/* True if the moment has come; false if `hang_up` is closed, which wins if both hold.
 */
static inline bool sleep_until(int64_t moment_ns, struct chan *hang_up) {
    if (is_past(moment_ns)) {
        moment_ns = DEADLINE_NOW; /* sleeping until then would cost a system call */
    }
    if (hang_up != NULL) {
        return chan_receive(hang_up, NULL, moment_ns) == CHAN_TIMED_OUT;
    }
    if (moment_ns > DEADLINE_NOW) {
        thread_sleep_until(moment_ns);
    }
    return true;
}

#endif
