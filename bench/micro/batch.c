#include "batch.h"

#include "sync/clock.h"
#include "sync/must.h"

/* Each worker adds up alone: a shared sum would cost more than the hand-off. */
static _Thread_local int64_t sum_of_thread;

int batch_init(struct batch *batch, int workers) {
    *batch = (struct batch){0};
    return pthread_barrier_init(&batch->everyone, NULL, (unsigned)workers + 1);
}

void batch_destroy(struct batch *batch) {
    must(pthread_barrier_destroy(&batch->everyone));
}

void batch_begin(struct batch *batch) {
    atomic_store(&batch->sum, 0);
    atomic_store(&batch->ended_ns, 0);
    batch->began_ns = now_ns();
}

void batch_take(int64_t job) {
    sum_of_thread += job;
}

void batch_take_end(struct batch *batch) {
    int64_t not_yet = 0;
    atomic_compare_exchange_strong(&batch->ended_ns, &not_yet, now_ns());
    atomic_fetch_add(&batch->sum, sum_of_thread);
    sum_of_thread = 0;
    pthread_barrier_wait(&batch->everyone);
}

int64_t batch_finish(struct batch *batch, int64_t count) {
    pthread_barrier_wait(&batch->everyone);
    invariant(atomic_load(&batch->sum) == count * (count + 1) / 2);
    return atomic_load(&batch->ended_ns) - batch->began_ns;
}
