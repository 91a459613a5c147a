/*
 * What chan.c, select.c and ctx.c share and nobody else may see: how threads wait on
 * channels.
 *
 * A thread that must wait has one `struct waiter` on its stack and, for each of its
 * cases, a `struct entry` in that channel's queue.
 *
 * Invariants, true whenever no lock is held (tests/model/select.pml checks them):
 *
 *   - order: a channel with buffered values has no live receiver waiting; one with room
 *     in its buffer has no live sender waiting; and at least one of its two queues has
 *     no live waiter, unless one select waits in both
 *   - claim: a waiter is claimed once, by the thread that turns `chosen` from UNDECIDED
 *     into a case's index; only the claimer touches its value and result, and only the
 *     claimer wakes it
 *   - lifetime: a claimed waiter does not return before its claimer woke it, and a
 *     waiter has taken all its entries out of all queues before it returns
 *   - closed: after chan_close() a channel has empty queues and gets no new entries;
 *     when the clock closes one, those in its queues wake by themselves, and until then
 *     nobody claims them
 *
 * Lock order: a select holds all its channels' locks at once, taken in order of
 * address, each once. Everybody else holds one. This makes looking at all channels one
 * atomic step. A single lock for all channels would be simpler, but slower the more
 * there are.
 *
 * Cache lines: two threads on two CPUs pay for each line that one has written and the
 * other needs. So what is written together lies together: what a claimer touches is one
 * line, what every operation on an unbuffered channel touches is another, and what
 * nobody writes is apart from both. This layout halved the cost of a hand-off.
 *
 * Who wakes whom: a send wakes the receiver to which it hands its value; a receive
 * wakes the sender whose value it takes, or lets into the buffer; a close wakes
 * everyone. Always after unlocking, or the woken thread would run into the lock.
 */
#ifndef FIVE_COOKS_CHAN_INTERNAL_H
#define FIVE_COOKS_CHAN_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "chan.h"
#include "park.h"

enum { CACHE_LINE = 64 };
enum { UNDECIDED = -1, GAVE_UP = -2 };

struct waiter {
    struct park park;
    _Atomic int chosen; /* a case's index, once claimed */
};

/* One case of a waiter. The first one lies right behind the waiter, in the same line.
 */
struct entry {
    struct waiter *waiter;

    /* the channel's lock must be held when using these: */
    struct entry *newer, *older;
    bool queued; /* in one of the channel's queues */

    /* the claimer's, until it wakes the owner: */
    uint8_t result; /* out: an enum chan_result */
    uint8_t size;   /* of a value that travels in `small`, or VALUE_IS_LARGE */
    uint16_t index; /* of the case */
    union {
        unsigned char small[sizeof(void *)];
        void *large; /* the owner's memory, to read or to write; NULL discards */
    } value;
};
enum { VALUE_IS_LARGE = UINT8_MAX };

_Static_assert(sizeof(struct waiter) + sizeof(struct entry) <= CACHE_LINE,
               "a waiter and its first entry share a cache line");

struct queue {
    struct entry *newest, *oldest;
};

struct chan {
    /* lock must be held when using these: */
    _Alignas(CACHE_LINE) pthread_mutex_t lock;
    struct queue receivers;
    bool closed;

    /* set once, before the channel is shared: */
    _Alignas(CACHE_LINE) size_t value_size;
    size_t capacity;
    int64_t closes_at_ns;
    const char *name;

    /* lock must be held when using these: */
    _Alignas(CACHE_LINE) struct queue senders;
    size_t length; /* values in the buffer ... */
    size_t first;  /* ... from this slot on, round the end */
    unsigned char buffer[];
};

/* The queue in which a case waits. */
static inline struct queue *queue_of(const struct chan_case *chan_case) {
    return chan_case->direction == CHAN_SEND ? &chan_case->chan->senders
                                             : &chan_case->chan->receivers;
}

/* Where a value that is on its way is read or written. */
static inline void *entry_value(struct entry *entry) {
    return entry->size == VALUE_IS_LARGE ? entry->value.large : entry->value.small;
}

/* Puts an entry into a queue, and takes it out again. Lock held. */
void chan_enqueue(struct queue *queue, struct entry *entry);
void chan_dequeue(struct queue *queue, struct entry *entry);

/* Of one of the channel's values; `to` may be NULL. */
void chan_copy_value(const struct chan *chan, void *to, const void *from);

/* True for one caller only: the one that turns UNDECIDED into something else, and so
 * decides what the waiter's select has done. */
static inline bool waiter_claim(struct waiter *waiter, int choice) {
    int undecided = UNDECIDED;
    return atomic_compare_exchange_strong(&waiter->chosen, &undecided, choice);
}

/* Does the send or receive if it is possible at once, and says whether it did. If so,
 * *wake is whom to wake after unlocking; it is left alone if there is nobody. Lock
 * held. */
bool chan_try(struct chan_case *chan_case, struct waiter **wake);

/* chan_close() in two steps, for contexts, which close many channels under a lock of
 * their own: first, who waited is claimed and chained to *released; then all are woken.
 */
void chan_shut(struct chan *chan, struct entry **released);
void chan_wake(struct entry *released);

/* Lock held, except for displays. */
bool chan_is_closed(const struct chan *chan);

#endif
