/* How threads wait on channels, and the invariants: chan_internal.h. */
#include "chan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "chan_internal.h"
#include "clock.h"
#include "must.h"

/* ---- life ---- */

/* Adaptive: a thread that meets a held lock looks again for a moment before it sleeps,
 * as the lock is seldom held for longer than copying a value takes. */
static void init_lock(pthread_mutex_t *lock) {
    pthread_mutexattr_t attributes;
    must(pthread_mutexattr_init(&attributes));
#ifdef PTHREAD_MUTEX_ADAPTIVE_NP /* glibc has it, musl has not */
    must(pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP));
#endif
    must(pthread_mutex_init(lock, &attributes));
    must(pthread_mutexattr_destroy(&attributes));
}

struct chan *chan_create(size_t value_size, size_t capacity) {
    size_t bytes;
    if (__builtin_mul_overflow(value_size, capacity, &bytes) ||
        __builtin_add_overflow(bytes, sizeof(struct chan), &bytes) ||
        bytes > PTRDIFF_MAX) {
        errno = EINVAL;
        return NULL;
    }
    void *memory;
    int error = posix_memalign(&memory, CACHE_LINE, bytes);
    if (error != 0) {
        errno = error;
        return NULL;
    }
    struct chan *chan = memory;
    *chan = (struct chan){
        .value_size = value_size,
        .capacity = capacity,
        .closes_at_ns = DEADLINE_NEVER,
        .name = "unnamed",
    };
    init_lock(&chan->lock);
    return chan;
}

void chan_free(struct chan *chan) {
    if (chan == NULL) {
        return;
    }
    invariant(chan->senders.oldest == NULL && chan->receivers.oldest == NULL);
    must(pthread_mutex_destroy(&chan->lock));
    free(chan);
}

struct chan *chan_never(void) {
    static struct chan never = {
        .closes_at_ns = DEADLINE_NEVER,
        .name = "never",
        .lock = PTHREAD_MUTEX_INITIALIZER,
    };
    return &never;
}

void chan_close_at(struct chan *chan, int64_t deadline_ns) {
    chan->closes_at_ns = deadline_ns;
}

void chan_set_name(struct chan *chan, const char *name) {
    chan->name = name;
}

/* ---- a queue of waiting threads ---- */

void chan_enqueue(struct queue *queue, struct entry *entry) {
    entry->newer = NULL;
    entry->older = queue->newest;
    if (queue->newest != NULL) {
        queue->newest->newer = entry;
    } else {
        queue->oldest = entry;
    }
    queue->newest = entry;
    entry->queued = true;
}

void chan_dequeue(struct queue *queue, struct entry *entry) {
    if (entry->newer != NULL) {
        entry->newer->older = entry->older;
    } else {
        queue->newest = entry->older;
    }
    if (entry->older != NULL) {
        entry->older->newer = entry->newer;
    } else {
        queue->oldest = entry->newer;
    }
    entry->queued = false;
}

/* Takes the next waiter that can still be claimed. Others in the queue have been
 * claimed through another of their channels, or have given up, and will take out what
 * is left of them. */
static struct entry *claim_next(struct queue *queue, enum chan_direction direction) {
    for (;;) {
        struct entry *entry = direction == CHAN_SEND ? queue->oldest : queue->newest;
        if (entry == NULL) {
            return NULL;
        }
        chan_dequeue(queue, entry);
        if (waiter_claim(entry->waiter, entry->index)) {
            return entry;
        }
    }
}

/* ---- one send or receive, with the channel's lock held ---- */

bool chan_is_closed(const struct chan *chan) {
    return chan->closed ||
           (chan->closes_at_ns != DEADLINE_NEVER && now_ns() >= chan->closes_at_ns);
}

void chan_copy_value(const struct chan *chan, void *to, const void *from) {
    if (to != NULL && chan->value_size > 0) {
        memcpy(to, from, chan->value_size);
    }
}

static void zero_value(const struct chan *chan, void *to) {
    if (to != NULL && chan->value_size > 0) {
        memset(to, 0, chan->value_size);
    }
}

static void buffer_put(struct chan *chan, const void *value) {
    size_t slot = chan->first + chan->length;
    slot -= slot >= chan->capacity ? chan->capacity : 0;
    chan_copy_value(chan, chan->buffer + slot * chan->value_size, value);
    chan->length++;
}

static void buffer_take(struct chan *chan, void *value) {
    chan_copy_value(chan, value, chan->buffer + chan->first * chan->value_size);
    chan->first = chan->first + 1 == chan->capacity ? 0 : chan->first + 1;
    chan->length--;
}

/* A receiver that waits gets the value directly, else it goes into the buffer. */
static bool try_send(struct chan *chan, struct chan_case *sent, struct waiter **wake) {
    invariant(sent->value != NULL || chan->value_size == 0);
    if (chan_is_closed(chan)) {
        sent->result = CHAN_CLOSED;
        return true;
    }
    struct entry *receiver = claim_next(&chan->receivers, CHAN_RECEIVE);
    if (receiver != NULL) {
        chan_copy_value(chan, entry_value(receiver), sent->value);
        receiver->result = CHAN_OK;
        *wake = receiver->waiter;
    } else if (chan->length < chan->capacity) {
        buffer_put(chan, sent->value);
    } else {
        return false;
    }
    sent->result = CHAN_OK;
    return true;
}

static bool try_receive(struct chan *chan, struct chan_case *got,
                        struct waiter **wake) {
    bool closed = chan_is_closed(chan);
    bool buffered = chan->length > 0;
    if (buffered) {
        buffer_take(chan, got->value);
    }
    struct entry *sender = closed ? NULL : claim_next(&chan->senders, CHAN_SEND);
    if (sender != NULL) {
        if (buffered) {
            buffer_put(chan, entry_value(sender)); /* into the slot just freed */
        } else {
            chan_copy_value(chan, got->value, entry_value(sender));
        }
        sender->result = CHAN_OK;
        *wake = sender->waiter;
    } else if (!buffered && closed) {
        zero_value(chan, got->value);
    } else if (!buffered) {
        return false;
    }
    got->result = buffered || sender != NULL ? CHAN_OK : CHAN_CLOSED;
    return true;
}

bool chan_try(struct chan_case *chan_case, struct waiter **wake) {
    return chan_case->direction == CHAN_SEND
               ? try_send(chan_case->chan, chan_case, wake)
               : try_receive(chan_case->chan, chan_case, wake);
}

/* ---- closing and looking ---- */

/* Claims everyone in the queue and chains them through their entries. */
static void release_all(struct chan *chan, enum chan_direction direction,
                        struct entry **released) {
    struct queue *queue = direction == CHAN_SEND ? &chan->senders : &chan->receivers;
    struct entry *entry;
    while ((entry = claim_next(queue, direction)) != NULL) {
        if (direction == CHAN_RECEIVE) {
            zero_value(chan, entry_value(entry));
        }
        entry->result = CHAN_CLOSED;
        entry->newer = *released;
        *released = entry;
    }
}

void chan_shut(struct chan *chan, struct entry **released) {
    must(pthread_mutex_lock(&chan->lock));
    invariant(!chan->closed);
    chan->closed = true;
    release_all(chan, CHAN_SEND, released);
    release_all(chan, CHAN_RECEIVE, released);
    must(pthread_mutex_unlock(&chan->lock));
}

void chan_wake(struct entry *released) {
    while (released != NULL) {
        struct waiter *waiter = released->waiter;
        released = released->newer; /* read it first: once woken, its owner is gone */
        park_wake(&waiter->park);
    }
}

void chan_close(struct chan *chan) {
    struct entry *released = NULL;
    chan_shut(chan, &released);
    chan_wake(released);
}

size_t chan_length(struct chan *chan) {
    must(pthread_mutex_lock(&chan->lock));
    size_t length = chan->length;
    must(pthread_mutex_unlock(&chan->lock));
    return length;
}

size_t chan_capacity(const struct chan *chan) {
    return chan->capacity;
}

static size_t waiters_up_to(struct chan *chan, enum chan_direction direction,
                            size_t most) {
    struct chan_case any = {.chan = chan, .direction = direction};
    size_t count = 0;
    must(pthread_mutex_lock(&chan->lock));
    struct entry *entry = queue_of(&any)->oldest;
    for (; entry != NULL && count < most; entry = entry->newer) {
        count += atomic_load(&entry->waiter->chosen) == UNDECIDED;
    }
    must(pthread_mutex_unlock(&chan->lock));
    return count;
}

size_t chan_waiters(struct chan *chan, enum chan_direction direction) {
    return waiters_up_to(chan, direction, SIZE_MAX);
}

bool chan_has_waiter(struct chan *chan, enum chan_direction direction) {
    return waiters_up_to(chan, direction, 1) > 0;
}
