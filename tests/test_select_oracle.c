/*
 * Every kind of case beside every other, in every order, against an oracle that knows
 * what a select may do. The idea is Go's reflect.TestSelect.
 */
#include "support/suite.h"

enum { NOTHING = 0, MINE = 1000, BUFFERED = 2000, PARKED = 3000 };

/* How a case's channel is set up, and whether it may be chosen then. */
enum {
    NO_CHANNEL = 1,
    FULL = 2,    /* a value is buffered */
    PARTNER = 4, /* a thread is parked in the other direction */
    CLOSED = 8,
    BY_CLOCK = 16, /* closed by the clock */
    READY = 32     /* the oracle's word */
};

struct kind {
    enum chan_direction direction;
    size_t capacity;
    int is;
    int received; /* if it is chosen */
};

static const struct kind kinds[] = {
    /* the first six are never ready */
    {CHAN_SEND, 0, NO_CHANNEL, 0},
    {CHAN_RECEIVE, 0, NO_CHANNEL, 0},
    {CHAN_SEND, 0, 0, 0},
    {CHAN_RECEIVE, 0, 0, 0},
    {CHAN_SEND, 1, FULL, 0},
    {CHAN_RECEIVE, 1, 0, 0},
    {CHAN_SEND, 1, READY, 0},
    {CHAN_RECEIVE, 1, FULL | READY, BUFFERED},
    {CHAN_SEND, 0, PARTNER | READY, 0},
    {CHAN_RECEIVE, 0, PARTNER | READY, PARKED},
    {CHAN_RECEIVE, 1, FULL | PARTNER | READY, BUFFERED},
    {CHAN_SEND, 0, CLOSED | READY, 0},
    {CHAN_RECEIVE, 0, CLOSED | READY, 0},
    {CHAN_RECEIVE, 1, FULL | CLOSED | READY, BUFFERED},
    {CHAN_SEND, 0, CLOSED | BY_CLOCK | READY, 0},
    {CHAN_RECEIVE, 0, CLOSED | BY_CLOCK | READY, 0},
};

/* What it says if it is chosen: what is buffered comes before the end. */
static enum chan_result result_of(const struct kind *kind) {
    return (kind->is & (CLOSED | FULL)) == CLOSED ? CHAN_CLOSED : CHAN_OK;
}

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
        (kind->is & NO_CHANNEL) ? NULL : chan_create(sizeof(int), kind->capacity);
    trial->values[i] = MINE + i;
    trial->partner_values[i] = PARKED + i;
    trial->cases[i] =
        (struct chan_case){chan, kind->direction, &trial->values[i], CHAN_TIMED_OUT};
    if (kind->is & BY_CLOCK) {
        chan_close_at(chan, DEADLINE_NOW);
    }
    if (kind->is & FULL) {
        assert_int_equal(try_send(chan, &(int){BUFFERED + i}), CHAN_OK);
    }
    if (kind->is & PARTNER) {
        trial->partners[i] =
            operation_of(chan, kind->direction == CHAN_SEND ? CHAN_RECEIVE : CHAN_SEND,
                         &trial->partner_values[i], STYLE_PLAIN);
        operation_park(&trial->partners[i]);
    }
    if ((kind->is & (CLOSED | BY_CLOCK)) == CLOSED) {
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
        assert_int_equal(value, !sends                         ? 0
                                : (trial->kinds[i]->is & FULL) ? BUFFERED + i
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
        assert_int_equal(trial->cases[i].result, result_of(kind));
    }
    if (kind->is & NO_CHANNEL) {
        return;
    }
    size_t length = (kind->is & FULL) != 0;
    if (happened && result_of(kind) == CHAN_OK && kind->capacity == 1 &&
        !(kind->is & PARTNER)) {
        length = kind->direction == CHAN_SEND;
    }
    assert_int_equal(chan_length(chan), length);
    if (kind->is & PARTNER) {
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
    if (kind->is & NO_CHANNEL) {
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
        assert_int_equal(value, (kind->is & FULL) ? BUFFERED + i : MINE + i);
    }
}

static void try_it(struct trial *trial, struct random *random) {
    bool any_ready = false;
    for (int i = 0; i < trial->count; i++) {
        set_up_case(trial, i);
        any_ready |= (trial->kinds[i]->is & READY) != 0;
    }
    trial->deadline_ns = any_ready ? DEADLINE_NEVER : DEADLINE_NOW;
    if (any_ready && random_below(random, 2) == 0) {
        trial->deadline_ns = DEADLINE_NOW;
    }
    select_once(trial);
    if (any_ready) {
        assert_between(trial->chosen, 0, trial->count - 1);
        assert_true(trial->kinds[trial->chosen]->is & READY);
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

/* Of the longest, the share that this run can afford. */
CLAIM(every_list_of_up_to_three_cases_does_what_it_may) {
    struct random random = chance(1);
    uint32_t percent = (uint32_t)scaled(100);
    int lists = 1;
    for (int count = 0; count <= 3; count++) {
        for (int list = 0; list < lists; list++) {
            if (count == 3 && random_below(&random, 100) >= percent) {
                continue;
            }
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
