/* The heap of who sleeps until when, beside a list that is looked through. */
#include "support/suite.h"
#include "sync/timer_heap.h"

enum { TIMERS = 200 };

static struct timer_heap heap;
static struct timer timers[TIMERS];
static int64_t moments[TIMERS]; /* of those in the heap */
static uint64_t added[TIMERS];  /* when they came */
static uint64_t additions;

static void start_empty(void) {
    free(heap.entries);
    heap = (struct timer_heap){0};
    for (int i = 0; i < TIMERS; i++) {
        timers[i].place = NOT_IN_HEAP;
    }
    assert_true(timer_heap_reserve(&heap, TIMERS));
}

static void add(int i, int64_t moment_ns) {
    moments[i] = moment_ns;
    added[i] = additions++;
    timer_heap_add(&heap, &timers[i], moment_ns);
}

/* The earliest, and of equals the one that came first; -1: none. */
static int expected_first(void) {
    int first = -1;
    for (int i = 0; i < TIMERS; i++) {
        if (timers[i].place != NOT_IN_HEAP &&
            (first < 0 || moments[i] < moments[first] ||
             (moments[i] == moments[first] && added[i] < added[first]))) {
            first = i;
        }
    }
    return first;
}

static void assert_is_right(void) {
    int first = expected_first();
    assert_int_equal(heap.count == 0, first < 0);
    for (size_t place = 0; place < heap.count; place++) {
        assert_int_equal(heap.entries[place].timer->place, place);
    }
    if (first >= 0) {
        assert_ptr_equal(heap.entries[0].timer, &timers[first]);
        assert_int_equal(heap.entries[0].moment_ns, moments[first]);
    }
}

CLAIM(the_earliest_stands_first_whatever_comes_and_goes) {
    struct random random = chance(1);
    start_empty();
    for (int step = 0; step < scaled(20000); step++) {
        int i = (int)random_below(&random, TIMERS);
        bool grows = step / 1000 % 2 == 0;
        if (timers[i].place == NOT_IN_HEAP) {
            if (grows || random_below(&random, 3) == 0) {
                add(i, (int64_t)random_below(&random, 500));
            }
        } else if (!grows || random_below(&random, 3) == 0) {
            timer_heap_remove(&heap, &timers[i]); /* from anywhere */
            assert_true(timers[i].place == NOT_IN_HEAP);
        }
        assert_is_right();
    }
}
