/*
 * Two designs that only have a name and options: what the command line needs of one.
 */
#ifndef TEST_RUNNERS_H
#define TEST_RUNNERS_H

#include "strategies/runner.h"

extern const struct runner pool_like;
extern const struct runner spawner_like;

#endif
