/*
 * Every kind of case beside every other, in every order, against an oracle that knows
 * what a select may do. The idea is Go's reflect.TestSelect.
 */
#include <stdbool.h>

#include "support/chance.h"
#include "support/operation.h"
#include "support/scale.h"
#include "support/suite.h"
#include "support/threads.h"
#include "support/until.h"
#include "sync/chan.h"
#include "sync/clock.h"

enum { NOTHING = 0, MINE = 1000, BUFFERED = 2000, PARKED = 3000 };

/* One kind of case: how its channel is set up, and what must happen if it is chosen. */
struct kind {
    bool no_channel;
    enum chan_direction direction;
    size_t capacity;
    bool full;    /* a value is buffered */
    bool partner; /* a thread is parked in the other direction */
    bool closed;
    bool by_clock; /* closed by the clock */
    bool ready;    /* the oracle's word */
    enum chan_result result;
    int received;
};

static const struct kind kinds[] = {
    {.direction = CHAN_SEND, .no_channel = true},
    {.direction = CHAN_RECEIVE, .no_channel = true},
    {.direction = CHAN_SEND},
    {.direction = CHAN_RECEIVE},
    {.direction = CHAN_SEND, .capacity = 1, .full = true},
    {.direction = CHAN_RECEIVE, .capacity = 1},
    {.direction = CHAN_SEND, .capacity = 1, .ready = true},
    {.direction = CHAN_RECEIVE,
     .capacity = 1,
     .full = true,
     .ready = true,
     .received = BUFFERED},
    {.direction = CHAN_SEND, .partner = true, .ready = true},
    {.direction = CHAN_RECEIVE, .partner = true, .ready = true, .received = PARKED},
    {.direction = CHAN_RECEIVE,
     .capacity = 1,
     .full = true,
     .partner = true,
     .ready = true,
     .received = BUFFERED},
    {.direction = CHAN_SEND, .closed = true, .ready = true, .result = CHAN_CLOSED},
    {.direction = CHAN_RECEIVE, .closed = true, .ready = true, .result = CHAN_CLOSED},
    {.direction = CHAN_RECEIVE,
     .capacity = 1,
     .full = true,
     .closed = true,
     .ready = true,
     .received = BUFFERED},
    {.direction = CHAN_SEND,
     .closed = true,
     .by_clock = true,
     .ready = true,
     .result = CHAN_CLOSED},
    {.direction = CHAN_RECEIVE,
     .closed = true,
     .by_clock = true,
     .ready = true,
     .result = CHAN_CLOSED},
};
enum { KINDS = sizeof kinds / sizeof kinds[0], CASES_MOST = 8 };

/* A select about to be tried. */
struct trial {
    int count;
    int64_t deadline_ns;
    int chosen;
    const struct kind *kinds[CASES_MOST];
    int values[CASES_MOST];
    int partner_values[CASES_MOST];
    struct operation partners[CASES_MOST];
    struct chan_case cases[CASES_MOST];
};

static void set_up_case(struct trial *trial, int i) {
    const struct kind *kind = trial->kinds[i];
    struct chan *chan =
        kind->no_channel ? NULL : chan_create(sizeof(int), kind->capacity);
    trial->values[i] = MINE + i;
    trial->partner_values[i] = PARKED + i;
    trial->cases[i] =
        (struct chan_case){chan, kind->direction, &trial->values[i], CHAN_TIMED_OUT};
    if (kind->by_clock) {
        chan_close_at(chan, DEADLINE_NOW);
    }
    if (kind->full) {
        assert_int_equal(try_send(chan, &(int){BUFFERED + i}), CHAN_OK);
    }
    if (kind->partner) {
        trial->partners[i] =
            operation_of(chan, kind->direction == CHAN_SEND ? CHAN_RECEIVE : CHAN_SEND,
                         &trial->partner_values[i], STYLE_PLAIN);
        operation_park(&trial->partners[i]);
    }
    if (kind->closed && !kind->by_clock) {
        chan_close(chan);
    }
}

/* Asks the partner of a case how it went, having released it if it was not chosen. */
static void check_partner(struct trial *trial, int i) {
    struct chan *chan = trial->cases[i].chan;
    bool happened = i == trial->chosen;
    bool sends = trial->partners[i].direction == CHAN_SEND;
    if (!happened) {
        assert_int_equal(chan_waiters(chan, trial->partners[i].direction), 1);
        int value = 0;
        assert_int_equal(sends ? try_receive(chan, &value) : try_send(chan, &value),
                         CHAN_OK);
        assert_int_equal(value, !sends                  ? 0
                                : trial->kinds[i]->full ? BUFFERED + i
                                                        : PARKED + i);
    }
    assert_int_equal(operation_join(&trial->partners[i]), CHAN_OK);
    if (!sends) {
        assert_int_equal(trial->partner_values[i], happened ? MINE + i : 0);
    }
}

/* What was chosen happened in full; what was not, not at all. */
static void check_case(struct trial *trial, int i) {
    const struct kind *kind = trial->kinds[i];
    struct chan *chan = trial->cases[i].chan;
    bool happened = i == trial->chosen;
    int expected = MINE + i;
    if (happened && kind->direction == CHAN_RECEIVE) {
        expected = kind->received == 0 ? NOTHING : kind->received + i;
    }
    assert_int_equal(trial->values[i], expected);
    if (happened) {
        assert_int_equal(trial->cases[i].result, kind->result);
    }
    if (kind->no_channel) {
        return;
    }
    size_t length = kind->full;
    if (happened && kind->result == CHAN_OK && kind->capacity == 1 && !kind->partner) {
        length = kind->direction == CHAN_SEND;
    }
    assert_int_equal(chan_length(chan), length);
    if (kind->partner) {
        check_partner(trial, i);
    }
    assert_int_equal(chan_waiters(chan, CHAN_SEND), 0);
    assert_int_equal(chan_waiters(chan, CHAN_RECEIVE), 0);
    chan_free(chan);
}

static void *select_once(void *argument) {
    struct trial *trial = argument;
    trial->chosen = chan_select(trial->cases, trial->count, trial->deadline_ns);
    return NULL;
}

/* None was ready: park the select, make one case ready, and it must be that one. */
static void release_one(struct trial *trial, struct random *random) {
    int i = (int)random_below(random, (uint32_t)trial->count);
    const struct kind *kind = trial->kinds[i];
    struct chan *chan = trial->cases[i].chan;
    if (kind->no_channel) {
        return; /* nothing can release this one */
    }
    bool sends = kind->direction == CHAN_SEND;
    int value = -1;
    trial->deadline_ns = DEADLINE_NEVER;
    struct spawned *thread = spawn(select_once, trial);
    UNTIL(chan_waiters(chan, kind->direction) == 1);
    assert_int_equal(sends ? try_receive(chan, &value) : try_send(chan, &(int){77}),
                     CHAN_OK);
    join(thread);
    assert_int_equal(trial->chosen, i);
    assert_int_equal(trial->cases[i].result, CHAN_OK);
    if (!sends) {
        assert_int_equal(trial->values[i], 77);
        trial->values[i] = NOTHING; /* as check_case() expects of a receive */
    } else {
        assert_int_equal(value, kind->full ? BUFFERED + i : MINE + i);
    }
}

static void try_it(struct trial *trial, struct random *random) {
    bool any_ready = false;
    for (int i = 0; i < trial->count; i++) {
        set_up_case(trial, i);
        any_ready |= trial->kinds[i]->ready;
    }
    trial->deadline_ns = any_ready ? DEADLINE_NEVER : DEADLINE_NOW;
    if (any_ready && random_below(random, 2) == 0) {
        trial->deadline_ns = DEADLINE_NOW;
    }
    select_once(trial);
    if (any_ready) {
        assert_between(trial->chosen, 0, trial->count - 1);
        assert_true(trial->kinds[trial->chosen]->ready);
    } else {
        assert_int_equal(trial->chosen, -1);
        if (trial->count > 0 && random_below(random, 4) == 0) {
            release_one(trial, random);
        }
    }
    for (int i = 0; i < trial->count; i++) {
        check_case(trial, i);
    }
}

CLAIM(every_list_of_up_to_three_cases_does_what_it_may) {
    struct random random = chance(1);
    int lists = 1;
    for (int count = 0; count <= 3; count++) {
        for (int list = 0; list < lists; list++) {
            struct trial trial = {.count = count};
            for (int i = 0, digits = list; i < count; i++, digits /= KINDS) {
                trial.kinds[i] = &kinds[digits % KINDS];
            }
            try_it(&trial, &random);
        }
        lists *= KINDS;
    }
}

CLAIM(longer_lists_do_what_they_may) {
    struct random random = chance(2);
    for (int list = 0; list < scaled(1000); list++) {
        struct trial trial = {.count = 4 + (int)random_below(&random, CASES_MOST - 3)};
        bool blocking_only = list % 2 == 0;
        for (int i = 0; i < trial.count; i++) {
            trial.kinds[i] = &kinds[random_below(&random, blocking_only ? 6 : KINDS)];
        }
        try_it(&trial, &random);
    }
}
