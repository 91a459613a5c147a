/* Small concurrent programs from Go's test/chan, whose results are known. */
#include <stdbool.h>

#include "chan.h"
#include "clock.h"
#include "ctx.h"
#include "support/ledger.h"
#include "support/operation.h"
#include "support/scale.h"
#include "support/suite.h"
#include "support/threads.h"
#include "support/until.h"

static struct chan *ints(size_t capacity) {
    struct chan *chan = chan_create(sizeof(int), capacity);
    assert_non_null(chan);
    return chan;
}

/* ---- doubleselect.go: one select never sends its value on two channels ---- */

enum { WAYS = 4 };

struct fork_and_join {
    int count;
    struct chan *ways[WAYS];
    struct chan *joined;
};

struct way {
    struct fork_and_join *all;
    int number;
};

static void *send_one_way_or_another(void *argument) {
    struct fork_and_join *all = argument;
    for (int value = 0; value < all->count; value++) {
        struct chan_case cases[WAYS];
        for (int w = 0; w < WAYS; w++) {
            cases[w] = (struct chan_case){all->ways[w], CHAN_SEND, &value, CHAN_OK};
        }
        assert_between(chan_select(cases, WAYS, DEADLINE_NEVER), 0, WAYS - 1);
    }
    for (int w = 0; w < WAYS; w++) {
        chan_close(all->ways[w]);
    }
    return NULL;
}

static void *forward(void *argument) {
    struct way *way = argument;
    int value;
    while (chan_receive(way->all->ways[way->number], &value, DEADLINE_NEVER) ==
           CHAN_OK) {
        assert_int_equal(chan_send(way->all->joined, &value, DEADLINE_NEVER), CHAN_OK);
    }
    return NULL;
}

static void one_select_sends_its_value_on_one_channel_only(void) {
    for (size_t capacity = 0; capacity <= 2; capacity++) {
        struct fork_and_join all = {.count = scaled(20000), .joined = ints(0)};
        struct way ways[WAYS];
        struct ledger ledger;
        struct crowd crowd;
        ledger_init(&ledger, all.count);
        crowd_init(&crowd);
        for (int w = 0; w < WAYS; w++) {
            all.ways[w] = ints(capacity);
            ways[w] = (struct way){&all, w};
            crowd_add(&crowd, forward, &ways[w]);
        }
        crowd_add(&crowd, send_one_way_or_another, &all);
        crowd_start(&crowd);
        for (int i = 0; i < all.count; i++) {
            int value = -1;
            assert_int_equal(chan_receive(all.joined, &value, DEADLINE_NEVER), CHAN_OK);
            ledger_mark(&ledger, value);
        }
        crowd_join(&crowd);
        assert_int_equal(try_receive(all.joined, NULL), CHAN_TIMED_OUT);
        ledger_destroy(&ledger);
        for (int w = 0; w < WAYS; w++) {
            chan_free(all.ways[w]);
        }
        chan_free(all.joined);
    }
}

/* ---- sieve1.go: a chain of filters finds primes ---- */

enum { PRIMES = 25 };

/* Each takes from `from` what its prime does not divide, until the context is done. */
struct filter {
    struct ctx *ctx;
    int prime;
    struct chan *from, *to;
    pthread_t thread;
};

static bool do_unless_done(struct ctx *ctx, struct chan *chan,
                           enum chan_direction direction, int *value) {
    struct chan_case cases[] = {{chan, direction, value, CHAN_OK},
                                {ctx_done(ctx), CHAN_RECEIVE, NULL, CHAN_OK}};
    return chan_select(cases, 2, DEADLINE_NEVER) == 0;
}

static void *count_up(void *argument) {
    struct filter *filter = argument;
    int number = 2;
    while (do_unless_done(filter->ctx, filter->to, CHAN_SEND, &number)) {
        number++;
    }
    return NULL;
}

static void *sift(void *argument) {
    struct filter *filter = argument;
    int number;
    while (do_unless_done(filter->ctx, filter->from, CHAN_RECEIVE, &number)) {
        if (number % filter->prime != 0 &&
            !do_unless_done(filter->ctx, filter->to, CHAN_SEND, &number)) {
            break;
        }
    }
    return NULL;
}

static void a_chain_of_filters_finds_the_primes(void) {
    static const int primes[PRIMES] = {2,  3,  5,  7,  11, 13, 17, 19, 23,
                                       29, 31, 37, 41, 43, 47, 53, 59, 61,
                                       67, 71, 73, 79, 83, 89, 97};
    for (size_t capacity = 0; capacity <= 5; capacity += 5) {
        struct filter filters[PRIMES + 1];
        struct ctx *ctx = ctx_with_cancel(ctx_background());
        filters[0] = (struct filter){.ctx = ctx, .to = ints(capacity)};
        filters[0].thread = thread_start(count_up, &filters[0]);
        for (int i = 0; i < PRIMES; i++) {
            int prime = 0;
            struct chan *from = filters[i].to;
            assert_int_equal(chan_receive(from, &prime, DEADLINE_NEVER), CHAN_OK);
            assert_int_equal(prime, primes[i]);
            filters[i + 1] = (struct filter){ctx, prime, from, ints(capacity), 0};
            filters[i + 1].thread = thread_start(sift, &filters[i + 1]);
        }
        ctx_cancel(ctx);
        for (int i = 0; i <= PRIMES; i++) {
            thread_join(filters[i].thread);
        }
        for (int i = 0; i <= PRIMES; i++) {
            chan_free(filters[i].to);
        }
        ctx_free(ctx);
    }
}

/* ---- sync/cond_test.go: generations ---- */

enum { GENERATION = 50 };

struct generation {
    struct chan *gate;
    _Atomic int passed;
};

static void *pass_gate(void *argument) {
    struct generation *generation = argument;
    assert_int_equal(chan_receive(generation->gate, NULL, DEADLINE_NEVER), CHAN_OK);
    generation->passed++;
    return NULL;
}

/* As many sends, so many go through: a later arrival never takes an earlier one's wake
 * without leaving its own (Go's TestCondSignalGenerations, TestCondSignalStealing). */
static void as_many_pass_as_were_let_through(void) {
    struct generation generation = {.gate = ints(0)};
    struct crowd crowd;
    crowd_init(&crowd);
    for (int i = 0; i < GENERATION; i++) {
        crowd_add(&crowd, pass_gate, &generation);
    }
    crowd_start(&crowd);
    for (int i = 0; i < GENERATION; i++) {
        assert_int_equal(chan_send(generation.gate, &i, DEADLINE_NEVER), CHAN_OK);
        UNTIL(generation.passed == i + 1);
    }
    assert_int_equal(try_send(generation.gate, &(int){0}), CHAN_TIMED_OUT);
    crowd_join(&crowd);
    chan_free(generation.gate);
}

static const struct claim claims[] = {
    CLAIM(one_select_sends_its_value_on_one_channel_only),
    CLAIM(a_chain_of_filters_finds_the_primes),
    CLAIM(as_many_pass_as_were_let_through),
};

int main(int argc, char **argv) {
    return SUITE_RUN(argc, argv, claims);
}
