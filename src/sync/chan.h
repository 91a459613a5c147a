/*
 * A channel carries values of one size from thread to thread, in the order sent.
 *
 *   struct chan *jobs = chan_create(sizeof(struct job), 0);
 *   chan_send(jobs, &job, DEADLINE_NEVER)      by any thread
 *   chan_receive(jobs, &job, DEADLINE_NEVER)   by any thread, until it is CHAN_CLOSED
 *   chan_close(jobs)                           by whoever knows that no more will come
 *   chan_free(jobs)                            when nobody uses it any more; see below
 *
 * An unbuffered channel (capacity 0) is a rendezvous: a send returns only when a
 * receiver has taken the value. A buffered one holds up to `capacity` values, and a
 * send blocks only when it is full. Closing wakes everyone: receivers drain what is
 * buffered and then get CHAN_CLOSED and a zeroed value, for ever; senders, including
 * blocked ones, get CHAN_CLOSED and know that nobody has received their value.
 *
 * chan_select() does one of several sends and receives: if some are ready, one of them
 * at random, each with the same chance; otherwise it waits for the first. It looks at
 * all its channels in one atomic step. A case whose channel is NULL is never ready.
 *
 * Semantics are Go's, with two differences, both on purpose. Sending on a closed
 * channel is a result and not a panic. And waiting receivers are served last in, first
 * out (Go: first in, first out), because the newest is most likely still spinning and
 * need not be woken by the kernel. The price: with little to do, one worker of a pool
 * does nearly all of it. Senders are served in order, as in Go.
 *
 * Misuse ends the program: closing twice, send or receive on NULL, sending a value of
 * NULL (unless values have size 0), freeing a channel with waiters.
 *
 * Once a send or receive has been paired with its partner, it does not touch the
 * channel any more. So whoever got the last value may free the channel, and so may
 * whoever sent it over an unbuffered one: a channel for one reply can be freed with the
 * reply. Only a select with two cases on the same channel touches it once more.
 *
 * Until it is shared, a channel is the thread's that made it, and chan_close_at() and
 * chan_set_name() are for then; chan_free() is for when nobody else will use it any
 * more. Every other function may be called by any thread at any time. What a sender
 * wrote before the send is visible to the receiver after the receive; with an
 * unbuffered channel, the other way round as well. Deadlines are moments of now_ns().
 */
#ifndef FIVE_COOKS_CHAN_H
#define FIVE_COOKS_CHAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clock.h"

struct chan;
enum chan_result { CHAN_OK, CHAN_CLOSED, CHAN_TIMED_OUT };
enum chan_direction { CHAN_SEND, CHAN_RECEIVE };

/* NULL and errno: EINVAL if the buffer's size overflows, ENOMEM. */
struct chan *chan_create(size_t value_size, size_t capacity);
void chan_free(struct chan *chan); /* NULL is fine */

/* A channel on which nothing ever happens: the done channel of what is never done. It
 * takes no memory, so it cannot fail. Do not send on it, close it or free it. */
struct chan *chan_never(void);

/* The value is copied. A deadline in the past tries once and never blocks. */
enum chan_result chan_send(struct chan *chan, const void *value, int64_t deadline_ns);

/* CHAN_CLOSED zeroes *value, CHAN_TIMED_OUT leaves it; value may be NULL: discarded. */
enum chan_result chan_receive(struct chan *chan, void *value, int64_t deadline_ns);

void chan_close(struct chan *chan);

/* From this moment on the channel counts as closed, by the clock alone: no thread is
 * needed to close it, and whoever waits on it wakes up without help. chan_close() may
 * close it earlier, and does no harm later. */
void chan_close_at(struct chan *chan, int64_t deadline_ns);

size_t chan_length(struct chan *chan); /* values buffered now */
size_t chan_capacity(const struct chan *chan);

/* Sends or receives waiting now, counting each case of a select; for tests and for
 * displays, as it looks at each of them under the channel's lock. */
size_t chan_waiters(struct chan *chan, enum chan_direction direction);

/* Whether there is one, for whoever must know that somebody listens. It looks no
 * further than that, so it takes no longer where thousands wait. */
bool chan_has_waiter(struct chan *chan, enum chan_direction direction);

/* For displays and the deadlock report; `name` must outlive the channel. */
void chan_set_name(struct chan *chan, const char *name);

struct chan_case {
    struct chan *chan; /* NULL: this case is never ready */
    enum chan_direction direction;
    void *value;             /* read for a send, written for a receive; NULL discards */
    enum chan_result result; /* out, of the chosen case: CHAN_OK or CHAN_CLOSED */
};

/* The chosen case's index, or -1 at the deadline, and then no case has happened. At
 * most SELECT_MAX cases. Up to 4 need no memory; for more, having none ends the
 * program. */
enum { SELECT_MAX = 65536 };
int chan_select(struct chan_case *cases, int count, int64_t deadline_ns);

/* From here on the seed decides which of several ready cases are taken in the calling
 * thread of the kernel; on fibers, that is in all of them. */
void chan_select_seed(uint64_t seed);

#endif
