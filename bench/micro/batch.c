#include "batch.h"

#include <errno.h>

#include "sync/chan.h"
#include "sync/clock.h"
#include "sync/must.h"

/* Each worker adds up alone: a shared sum would cost more than the hand-off. (Fibers
 * share this one, and it costs them nothing.) */
static _Thread_local int64_t sum_of_thread;

int batch_init(struct batch *batch, int workers) {
    *batch = (struct batch){
        .workers = workers, .arrived = chan_create(0, 0), .go_on = chan_create(0, 0)};
    return batch->arrived == NULL || batch->go_on == NULL ? ENOMEM : 0;
}

void batch_destroy(struct batch *batch) {
    chan_free(batch->arrived);
    chan_free(batch->go_on);
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
    invariant(chan_send(batch->arrived, NULL, DEADLINE_NEVER) == CHAN_OK);
    invariant(chan_receive(batch->go_on, NULL, DEADLINE_NEVER) == CHAN_OK);
}

int64_t batch_finish(struct batch *batch, int64_t count) {
    for (int i = 0; i < batch->workers; i++) {
        invariant(chan_receive(batch->arrived, NULL, DEADLINE_NEVER) == CHAN_OK);
    }
    int64_t took_ns = atomic_load(&batch->ended_ns) - batch->began_ns;
    invariant(atomic_load(&batch->sum) == count * (count + 1) / 2);
    for (int i = 0; i < batch->workers; i++) {
        invariant(chan_send(batch->go_on, NULL, DEADLINE_NEVER) == CHAN_OK);
    }
    return took_ns;
}
