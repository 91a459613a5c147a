/*
 * Waiting for a state that another thread is about to reach, such as being parked.
 *
 *   UNTIL(chan_waiters(chan, CHAN_RECEIVE) == 1);
 *
 * A test that slept for some milliseconds instead would be slow when the machine is
 * idle and wrong when it is busy. Looking again and again is fine here and nowhere
 * else: the thing waited for is that a thread does nothing, which nobody can announce.
 * Between two looks the others may run, be they threads of the kernel or fibers.
 * The watchdog sets the limit.
 */
#ifndef TEST_UNTIL_H
#define TEST_UNTIL_H

#include <sched.h>

#include "sync/thread.h"

#define UNTIL(state)                                                                   \
    do {                                                                               \
        while (!(state)) {                                                             \
            thread_yield();                                                            \
            sched_yield();                                                             \
        }                                                                              \
    } while (0)

#endif
