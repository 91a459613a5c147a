/*
 * A contender in a process of its own: the plainest and fairest form, as its scheduler
 * works there as in any program, and no call between the two is in the figure. It reads
 * the same clock, CLOCK_MONOTONIC, and checks the sum of the jobs itself.
 *
 * One line each way: we write the number of jobs, it answers with nanoseconds.
 */
#ifndef FIVE_COOKS_PEER_PROCESS_H
#define FIVE_COOKS_PEER_PROCESS_H

#include "operation.h"

/* A line of a table for `program`, which lies beside this one, and is told `its_name`.
 */
#define PEER_PROCESS(the_name, the_batch, the_batches, program, its_name)              \
    {                                                                                  \
        .name = the_name, .batch = the_batch, .batches = the_batches,                  \
        .peer = {program, its_name}, .start = peer_start, .run = peer_run,             \
        .stop = peer_stop                                                              \
    }

void *peer_start(const struct operation *operation);
int64_t peer_run(void *subject, int64_t count);
void peer_stop(void *subject);

#endif
