/*
 * Who sleeps until when, for fiber.c only: a heap whose first entry is the earliest.
 * Adding and removing takes log n steps. Each parent has four children, which makes the
 * heap half as deep as a binary one, so that half as many entries are moved.
 *
 * Of several that sleep until the same moment, the one that fell asleep first is the
 * earliest.
 */
#ifndef FIVE_COOKS_TIMER_HEAP_H
#define FIVE_COOKS_TIMER_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "clock.h"

#define NOT_IN_HEAP SIZE_MAX

/* Lies in whoever sleeps. */
struct timer {
    size_t place; /* in the heap, or NOT_IN_HEAP */
};

struct timer_entry {
    int64_t moment_ns;
    uint64_t number; /* counts up: who came first */
    struct timer *timer;
};

struct timer_heap {
    struct timer_entry *entries;
    size_t count;
    size_t room;
    uint64_t numbers;
};

/* So that nobody has to be told later that there is no memory. */
static inline bool timer_heap_reserve(struct timer_heap *heap, size_t count) {
    if (count > heap->room) {
        size_t room = count > 2 * heap->room ? count : 2 * heap->room;
        struct timer_entry *entries =
            realloc(heap->entries, room * sizeof heap->entries[0]);
        if (entries == NULL) {
            return false;
        }
        heap->entries = entries;
        heap->room = room;
    }
    return true;
}

static inline int64_t timer_heap_earliest_ns(const struct timer_heap *heap) {
    return heap->count > 0 ? heap->entries[0].moment_ns : DEADLINE_NEVER;
}

static inline bool timer_is_earlier(const struct timer_entry *a,
                                    const struct timer_entry *b) {
    return a->moment_ns < b->moment_ns ||
           (a->moment_ns == b->moment_ns && a->number < b->number);
}

static inline void timer_heap_put(struct timer_heap *heap, size_t place,
                                  struct timer_entry entry) {
    heap->entries[place] = entry;
    entry.timer->place = place;
}

/* Moves an entry up from `place` as far as it belongs. */
static inline void timer_heap_raise(struct timer_heap *heap, size_t place,
                                    struct timer_entry entry) {
    while (place > 0) {
        size_t parent = (place - 1) / 4;
        if (!timer_is_earlier(&entry, &heap->entries[parent])) {
            break;
        }
        timer_heap_put(heap, place, heap->entries[parent]);
        place = parent;
    }
    timer_heap_put(heap, place, entry);
}

/* Moves an entry down from `place` as far as it belongs. */
static inline void timer_heap_sink(struct timer_heap *heap, size_t place,
                                   struct timer_entry entry) {
    for (;;) {
        size_t first = 4 * place + 1;
        size_t end = first + 4 < heap->count ? first + 4 : heap->count;
        size_t best = first;
        for (size_t child = first + 1; child < end; child++) {
            if (timer_is_earlier(&heap->entries[child], &heap->entries[best])) {
                best = child;
            }
        }
        if (first >= end || !timer_is_earlier(&heap->entries[best], &entry)) {
            break;
        }
        timer_heap_put(heap, place, heap->entries[best]);
        place = best;
    }
    timer_heap_put(heap, place, entry);
}

static inline void timer_heap_add(struct timer_heap *heap, struct timer *timer,
                                  int64_t moment_ns) {
    struct timer_entry entry = {moment_ns, heap->numbers++, timer};
    timer_heap_raise(heap, heap->count++, entry);
}

static inline void timer_heap_remove(struct timer_heap *heap, struct timer *timer) {
    size_t place = timer->place;
    struct timer_entry last = heap->entries[--heap->count];
    timer->place = NOT_IN_HEAP;
    if (place == heap->count) {
        return;
    }
    if (place > 0 && timer_is_earlier(&last, &heap->entries[(place - 1) / 4])) {
        timer_heap_raise(heap, place, last);
    } else {
        timer_heap_sink(heap, place, last);
    }
}

#endif
