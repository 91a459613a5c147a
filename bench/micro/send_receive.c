/*
 * One send and one receive on a buffered channel by one thread: what the channel's own
 * code costs when nobody waits and nobody competes. Not in it: waking anyone.
 */
#include "operation.h"
#include "sync/chan.h"
#include "sync/clock.h"
#include "sync/must.h"

static void *start(const struct operation *operation) {
    return chan_create(sizeof(int64_t), (size_t)operation->size);
}

static void stop(void *subject) {
    chan_free(subject);
}

static int64_t send_and_receive(void *subject, int64_t count) {
    struct chan *chan = subject;
    int64_t sum = 0;
    int64_t began_ns = now_ns();
    for (int64_t sent = 1; sent <= count; sent++) {
        int64_t received = 0;
        invariant(chan_send(chan, &sent, DEADLINE_NEVER) == CHAN_OK);
        invariant(chan_receive(chan, &received, DEADLINE_NEVER) == CHAN_OK);
        sum += received;
    }
    int64_t took_ns = now_ns() - began_ns;
    invariant(sum == count * (count + 1) / 2);
    return took_ns;
}

const struct operation send_receive[] = {
    {.name = "send_receive/uncontended/five-cooks",
     .batch = 20000,
     .batches = 5,
     .size = 128,
     .start = start,
     .run = send_and_receive,
     .stop = stop},
    END_OF_TABLE,
};
