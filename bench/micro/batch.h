/*
 * A batch of jobs on its way from one producer to the workers: how each C contender
 * of the hand-off counts what arrived and when, so that all are measured alike.
 *
 * A job is an integer: 1, 2, … count. After the jobs the producer hands over one
 * BATCH_END for each worker, which keeps that worker until all have one.
 *
 *   batch_begin(batch)          by the producer, before its first job
 *   batch_take(job)             by a worker, for each job
 *   batch_take_end(batch)       by a worker, for a BATCH_END
 *   batch_finish(batch, count)  by the producer, after the last BATCH_END; returns
 *                               the nanoseconds from begin to the first BATCH_END
 *
 * The queue is first in, first out: once a BATCH_END comes out, every job has. So
 * waking workers that had nothing to do is not in the figure.
 * The sum of the jobs is checked: one that is lost, doubled or damaged is a bug.
 */
#ifndef FIVE_COOKS_BATCH_H
#define FIVE_COOKS_BATCH_H

#include <stdatomic.h>
#include <stdint.h>

struct chan;

#define BATCH_END INT64_C(-1)

struct batch {
    int workers;
    struct chan *arrived; /* a worker has its BATCH_END, and waits */
    struct chan *go_on;   /* all have; the next batch may begin */

    /* written by the producer while no worker has a job: */
    int64_t began_ns;

    /* written by the workers: */
    _Atomic int64_t ended_ns; /* the first BATCH_END; 0 = not yet */
    _Atomic int64_t sum;
};

int batch_init(struct batch *batch, int workers); /* 0, or a positive errno */
void batch_destroy(struct batch *batch);

void batch_begin(struct batch *batch);
void batch_take(int64_t job);
void batch_take_end(struct batch *batch);
int64_t batch_finish(struct batch *batch, int64_t count);

#endif
