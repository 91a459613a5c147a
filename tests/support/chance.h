/*
 * The tests' random numbers: one printed seed for a run, a stream of its own for each
 * thread, so that a failure can be repeated as far as threads can be repeated at all.
 */
#ifndef TEST_CHANCE_H
#define TEST_CHANCE_H

#include "sync/random.h"

/* Takes the seed from FIVE_COOKS_SEED, or a fresh one, and prints it. */
void chance_init(void);

struct random chance(uint64_t stream);

#endif
