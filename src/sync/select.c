/*
 * Select is the primitive: a send or a receive is a select of one case. It takes up to
 * three passes over its cases, as Go's does: look whether one is ready; if none is,
 * wait in the queues of all of them; once one has happened, leave the other queues. How
 * threads wait on channels, and the invariants, are in chan_internal.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "chan.h"
#include "chan_internal.h"
#include "clock.h"
#include "must.h"
#include "random.h"

/* All that one select needs to know; the arrays are as long as there are cases. */
struct selection {
    struct chan_case *cases;
    int count;
    struct waiter *waiter;
    struct entry *entries;
    struct chan **locks; /* each channel once, by address */
    int lock_count;
    int *order; /* in which the cases are looked at */
};

enum { INLINE_CASES = 4, LOOK_AGAIN = -2 };

/* The waiter, and the arrays if there are few cases: these live on the stack. */
struct small {
    _Alignas(CACHE_LINE) struct waiter waiter;
    struct entry entries[INLINE_CASES];
    struct chan *locks[INLINE_CASES];
    int order[INLINE_CASES];
};

static void selection_init(struct selection *selection, struct small *small) {
    size_t count = (size_t)selection->count;
    selection->waiter = &small->waiter;
    selection->entries = small->entries;
    selection->locks = small->locks;
    selection->order = small->order;
    if (count > INLINE_CASES) { /* the three arrays, one behind the other */
        selection->entries =
            calloc(count, sizeof(struct entry) + sizeof(struct chan *) + sizeof(int));
        must(selection->entries == NULL ? ENOMEM : 0);
        selection->locks = (struct chan **)(selection->entries + count);
        selection->order = (int *)(selection->locks + count);
    }
}

static void selection_destroy(struct selection *selection) {
    if (selection->count > INLINE_CASES) {
        free(selection->entries);
    }
}

static int by_address(const void *a, const void *b) {
    uintptr_t left = (uintptr_t) * (struct chan *const *)a;
    uintptr_t right = (uintptr_t) * (struct chan *const *)b;
    return (left > right) - (left < right);
}

static void sort_by_address(struct chan **chans, int count) {
    if (count > INLINE_CASES) {
        qsort(chans, (size_t)count, sizeof chans[0], by_address);
        return;
    }
    for (int i = 1; i < count; i++) {
        struct chan *chan = chans[i];
        int place = i;
        for (; place > 0 && by_address(&chans[place - 1], &chan) > 0; place--) {
            chans[place] = chans[place - 1];
        }
        chans[place] = chan;
    }
}

static void find_lock_order(struct selection *selection) {
    struct chan **locks = selection->locks;
    int found = 0;
    for (int i = 0; i < selection->count; i++) {
        if (selection->cases[i].chan != NULL) {
            locks[found++] = selection->cases[i].chan;
        }
    }
    sort_by_address(locks, found);
    selection->lock_count = 0;
    for (int i = 0; i < found; i++) {
        if (i == 0 || locks[i] != locks[i - 1]) {
            locks[selection->lock_count++] = locks[i];
        }
    }
}

static _Thread_local struct random chance; /* each thread of the kernel has its own */

void chan_select_seed(uint64_t seed) {
    chance = random_at(seed, 0);
}

/* Fisher and Yates, inside out: each order has the same chance. */
static void shuffle(struct selection *selection) {
    static _Atomic uint64_t streams = 1;
    if (chance.state == 0) {
        chance = random_at(0, atomic_fetch_add(&streams, 1));
    }
    selection->order[0] = 0;
    for (int i = 1; i < selection->count; i++) {
        int j = (int)random_below(&chance, (uint32_t)i + 1);
        selection->order[i] = selection->order[j];
        selection->order[j] = i;
    }
}

static void lock_all(const struct selection *selection) {
    for (int i = 0; i < selection->lock_count; i++) {
        must(pthread_mutex_lock(&selection->locks[i]->lock));
    }
}

static void unlock_all(const struct selection *selection) {
    for (int i = selection->lock_count; i-- > 0;) {
        must(pthread_mutex_unlock(&selection->locks[i]->lock));
    }
}

/* Pass 1, with all locks held: do the first case that is ready. Its index, or -1. */
static int try_all(const struct selection *selection, struct waiter **wake) {
    for (int i = 0; i < selection->count; i++) {
        int index = selection->order[i];
        struct chan_case *chan_case = &selection->cases[index];
        if (chan_case->chan != NULL && chan_try(chan_case, wake)) {
            return index;
        }
    }
    return -1;
}

static void entry_init(struct entry *entry, const struct selection *selection,
                       int index) {
    const struct chan_case *chan_case = &selection->cases[index];
    size_t size = chan_case->chan->value_size;
    *entry = (struct entry){.waiter = selection->waiter, .index = (uint16_t)index};
    if (size > sizeof entry->value.small) {
        entry->size = VALUE_IS_LARGE;
        entry->value.large = chan_case->value;
        return;
    }
    entry->size = (uint8_t)size;
    if (chan_case->direction == CHAN_SEND) {
        chan_copy_value(chan_case->chan, entry->value.small, chan_case->value);
    }
}

/* Pass 2, with all locks held: wait in the queue of every case. */
static void enqueue_all(const struct selection *selection) {
    park_init(&selection->waiter->park);
    atomic_init(&selection->waiter->chosen, UNDECIDED);
    for (int i = 0; i < selection->count; i++) {
        if (selection->cases[i].chan != NULL) {
            entry_init(&selection->entries[i], selection, i);
            chan_enqueue(queue_of(&selection->cases[i]), &selection->entries[i]);
        }
    }
}

/* What the claimer left in the entry becomes the case's. Not a look at the channel: who
 * took the value we sent, or sent the one we got, may have freed it by now. */
static void take_over(const struct selection *selection, int chosen) {
    struct chan_case *chan_case = &selection->cases[chosen];
    const struct entry *entry = &selection->entries[chosen];
    chan_case->result = (enum chan_result)entry->result;
    if (chan_case->direction == CHAN_RECEIVE && chan_case->value != NULL &&
        entry->size != VALUE_IS_LARGE && entry->size > 0) {
        memcpy(chan_case->value, entry->value.small, entry->size);
    }
}

/* Pass 3, with no lock held: leave the other queues. The claimer has already taken the
 * chosen entry out of its queue. */
static void dequeue_losers(const struct selection *selection, int chosen) {
    for (int i = 0; i < selection->count; i++) {
        struct chan_case *chan_case = &selection->cases[i];
        struct entry *entry = &selection->entries[i];
        if (i == chosen || chan_case->chan == NULL) {
            continue;
        }
        must(pthread_mutex_lock(&chan_case->chan->lock));
        if (entry->queued) {
            chan_dequeue(queue_of(chan_case), entry);
        }
        must(pthread_mutex_unlock(&chan_case->chan->lock));
    }
}

/* A channel may close by the clock; whoever waits on it must wake up then. */
static int64_t wake_time_ns(const struct selection *selection, int64_t deadline_ns) {
    for (int i = 0; i < selection->lock_count; i++) {
        deadline_ns = earlier_ns(deadline_ns, selection->locks[i]->closes_at_ns);
    }
    return deadline_ns;
}

/* For the deadlock report. Every other thread is asleep, so no lock is needed. */
static void describe(const void *object, FILE *out) {
    const struct selection *selection = object;
    for (int i = 0; i < selection->count; i++) {
        const struct chan_case *chan_case = &selection->cases[i];
        if (chan_case->chan == NULL) {
            continue;
        }
        if (selection->count > 1) {
            fputs(chan_case->direction == CHAN_SEND ? ", send" : ", receive", out);
        }
        fprintf(out, " %s, %zu of %zu buffered, %s", chan_case->chan->name,
                chan_case->chan->length, chan_case->chan->capacity,
                chan_is_closed(chan_case->chan) ? "closed" : "open");
    }
}

static const char *name_of(const struct selection *selection) {
    if (selection->count != 1) {
        return "select";
    }
    return selection->cases[0].direction == CHAN_SEND ? "chan send" : "chan receive";
}

/* Sleeps until one of the cases has happened, or it is time to look again. Called with
 * all locks held, returns with none. The chosen case, or LOOK_AGAIN. */
static int wait_for_one(struct selection *selection, int64_t deadline_ns,
                        const void *where) {
    struct waiter *waiter = selection->waiter;
    int64_t wake_at_ns = wake_time_ns(selection, deadline_ns);
    enqueue_all(selection);
    unlock_all(selection); /* from here on a partner may free the channel it meets */
    struct wait_reason reason = {name_of(selection), describe, selection, where};
    if (!park_wait(&waiter->park, wake_at_ns, &reason)) {
        if (waiter_claim(waiter, GAVE_UP)) {
            dequeue_losers(selection, LOOK_AGAIN);
            return LOOK_AGAIN;
        }
        /* Claimed just as time ran out: it has happened, and its wake must come. */
        bool woken = park_wait(&waiter->park, DEADLINE_NEVER, &reason);
        invariant(woken);
    }
    int chosen = atomic_load(&waiter->chosen);
    take_over(selection, chosen);
    dequeue_losers(selection, chosen);
    return chosen;
}

/* The chosen case, or -1 if the deadline came first. */
static int select_until(struct selection *selection, int64_t deadline_ns,
                        const void *where) {
    for (;;) {
        struct waiter *wake = NULL;
        lock_all(selection);
        int chosen = try_all(selection, &wake);
        if (chosen >= 0 || is_past(deadline_ns)) {
            unlock_all(selection);
            if (wake != NULL) {
                park_wake(&wake->park);
            }
            return chosen;
        }
        chosen = wait_for_one(selection, deadline_ns, where);
        if (chosen != LOOK_AGAIN) {
            return chosen;
        }
    }
}

static int select_cases(struct chan_case *cases, int count, int64_t deadline_ns,
                        const void *where) {
    struct small small;
    struct selection selection = {.cases = cases, .count = count};
    selection_init(&selection, &small);
    find_lock_order(&selection);
    shuffle(&selection);
    int chosen = select_until(&selection, deadline_ns, where);
    selection_destroy(&selection);
    return chosen;
}

NEVER_INLINED int chan_select(struct chan_case *cases, int count, int64_t deadline_ns) {
    invariant(count >= 0 && count <= SELECT_MAX);
    return select_cases(cases, count, deadline_ns, __builtin_return_address(0));
}

static enum chan_result select_one(struct chan_case *only, int64_t deadline_ns,
                                   const void *where) {
    invariant(only->chan != NULL);
    return select_cases(only, 1, deadline_ns, where) == 0 ? only->result
                                                          : CHAN_TIMED_OUT;
}

NEVER_INLINED enum chan_result chan_send(struct chan *chan, const void *value,
                                         int64_t deadline_ns) {
    /* The cast takes the const away, but a send only reads its value. */
    struct chan_case send = {chan, CHAN_SEND, (void *)value, CHAN_OK};
    return select_one(&send, deadline_ns, __builtin_return_address(0));
}

NEVER_INLINED enum chan_result chan_receive(struct chan *chan, void *value,
                                            int64_t deadline_ns) {
    struct chan_case receive = {chan, CHAN_RECEIVE, value, CHAN_OK};
    return select_one(&receive, deadline_ns, __builtin_return_address(0));
}
