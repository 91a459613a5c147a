/*
 * How long a client pauses before it tries again: exponential backoff with full jitter
 * (M. Brooker, "Exponential backoff and jitter"), anything from nothing to base before
 * the second attempt, to twice that before the third, and so on.
 *
 * A pure function: the seed decides, for each task and attempt by itself.
 */
#ifndef FIVE_COOKS_BACKOFF_H
#define FIVE_COOKS_BACKOFF_H

#include <stdint.h>

#include "clock.h"

/* Doubling ends here. */
#define BACKOFF_MOST_NS (60 * NS_PER_S)

/* After the attempt of this number, which counts from 1. */
int64_t backoff_ns(int64_t base_ns, uint64_t seed, uint64_t task_index,
                   int64_t attempt);

#endif
