/*
 * What chan.c and select.c share and nobody else may see: how threads wait on channels.
 *
 * A thread that must wait has one `struct waiter` on its stack and, for each of its
 * cases, a `struct entry` in that channel's queue.
 *
 * Invariants, true whenever no lock is held (tests/model/select.pml checks them):
 *
 *   order     a channel with buffered values has no live receiver waiting, one with
 *             room has no live sender waiting, and never both at once wait unpaired
 *   claim     a waiter is claimed once, by the thread that turns `chosen` from
 *             UNDECIDED into a case's index; only the claimer touches its value and
 *             result, and only the claimer wakes it
 *   lifetime  a claimed waiter does not return before its claimer woke it, and a waiter
 *             has taken all its entries out of all queues before it returns
 *   closed    after chan_close() a channel has empty queues and gets no new entries;
 *             when the clock closes one, those in its queues wake by themselves, and
 *             until then nobody claims them
 *
 * Lock order: a select holds all its channels' locks at once, taken in order of
 * address, each once. Everybody else holds one. That makes looking at all channels one
 * atomic step; one lock for all channels would be simpler, and slower the more there
 * are.
 *
 * Who wakes whom: a send wakes the receiver it hands its value to, a receive the sender
 * it takes a value from (or lets into the buffer), a close everyone. Always after
 * unlocking: the woken thread would only run into the lock.
 */
#ifndef FIVE_COOKS_CHAN_INSIDE_H
#define FIVE_COOKS_CHAN_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "chan.h"
#include "park.h"

enum { UNDECIDED = -1, GAVE_UP = -2 };

struct waiter {
    struct park park;
    _Atomic int chosen; /* a case's index, once claimed */
};

struct entry {
    struct entry *newer, *older;
    struct waiter *waiter;
    struct chan_case *chan_case;
    int index;
    bool queued; /* the channel's lock must be held when using this and the links */
};

struct queue {
    struct entry *newest, *oldest;
};

struct chan {
    /* set once, before the channel is shared: */
    size_t value_size;
    size_t capacity;
    int64_t closes_at_ns;
    const char *name;

    pthread_mutex_t lock;

    /* lock must be held when using these: */
    bool closed;
    size_t length; /* values in the buffer ... */
    size_t first;  /* ... from this slot on, round the end */
    struct queue senders;
    struct queue receivers;
    unsigned char buffer[];
};

/* Puts an entry into, or takes it out of, its case's queue. Lock held. */
void chan_enqueue(struct entry *entry);
void chan_dequeue(struct entry *entry);

/* Whoever turns UNDECIDED into something else decides the waiter's fate, alone. */
static inline bool waiter_claim(struct waiter *waiter, int choice) {
    int undecided = UNDECIDED;
    return atomic_compare_exchange_strong(&waiter->chosen, &undecided, choice);
}

/* Does the send or receive if it can be done at once; says whether it was. Then *wake
 * is whom to wake after unlocking, or untouched. Lock held. */
bool chan_try(struct chan_case *chan_case, struct waiter **wake);

/* Lock held, except for displays. */
bool chan_is_closed(const struct chan *chan);

#endif
