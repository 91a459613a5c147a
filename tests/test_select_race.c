/* Select against others that change its channels meanwhile. */
#include "support/ledger.h"
#include "support/suite.h"

/* ---- a select looks at all its channels at one moment ---- */

struct race {
    struct meeting meeting;
    bool by_close; /* what makes the second channel ready */
    struct chan *first, *second;
};

static void *never_finds_both_empty(void *argument) {
    struct race *race = argument;
    for (int i = 0; another_round(&race->meeting, i); i++) {
        meet(&race->meeting);
        struct chan_case cases[] = {{race->first, CHAN_RECEIVE, NULL, 0},
                                    {race->second, CHAN_RECEIVE, NULL, 0}};
        assert_int_not_equal(chan_select(cases, 2, DEADLINE_NOW), -1);
        meet(&race->meeting);
    }
    return NULL;
}

/* First the one is ready, then both, then only the other: never none. */
static void race_select(bool by_close) {
    struct race race = {.by_close = by_close, .first = ints(1), .second = ints(1)};
    race_rounds(&race.meeting, 20000);
    struct spawned *thread = spawn(never_finds_both_empty, &race);
    for (int i = 0; another_round(&race.meeting, i); i++) {
        assert_int_equal(try_send(race.first, &i), CHAN_OK);
        meet(&race.meeting);
        if (by_close) {
            chan_close(race.second);
        } else {
            assert_int_equal(try_send(race.second, &i), CHAN_OK);
        }
        try_receive(race.first, NULL);
        meet(&race.meeting);
        try_receive(race.first, NULL);
        try_receive(race.second, NULL);
        if (by_close) {
            chan_free(race.second);
            race.second = ints(1);
        }
    }
    join(thread);
    chan_free(race.first);
    chan_free(race.second);
}

/* Go's TestNonblockSelectRace. */
CLAIM(one_of_two_channels_is_always_ready) {
    race_select(false);
}

/* Go's TestNonblockSelectRace2. */
CLAIM(one_of_two_channels_is_always_ready_or_closed) {
    race_select(true);
}

static void *close_and_drain(void *argument) {
    struct race *race = argument;
    for (int i = 0; another_round(&race->meeting, i); i++) {
        meet(&race->meeting);
        chan_close(race->first);
        chan_receive(race->first, NULL, DEADLINE_NEVER);
        meet(&race->meeting);
    }
    return NULL;
}

/* Go's TestNonblockRecvRace. */
CLAIM(a_channel_being_closed_is_never_just_empty) {
    struct race race = {.first = ints(1)};
    race_rounds(&race.meeting, 10000);
    struct spawned *thread = spawn(close_and_drain, &race);
    for (int i = 0; another_round(&race.meeting, i); i++) {
        assert_int_equal(try_send(race.first, &i), CHAN_OK);
        meet(&race.meeting);
        assert_int_not_equal(try_receive(race.first, NULL), CHAN_TIMED_OUT);
        meet(&race.meeting);
        chan_free(race.first);
        race.first = ints(1);
    }
    join(thread);
    chan_free(race.first);
}

/* ---- selects against selects ---- */

struct self {
    struct chan *chan;
    int number;
    int rounds;
};

static void *select_self(void *argument) {
    struct self *self = argument;
    for (int i = 0; i < self->rounds; i++) {
        int got = -1;
        struct chan_case send = {self->chan, CHAN_SEND, &self->number, 0};
        struct chan_case receive = {self->chan, CHAN_RECEIVE, &got, 0};
        struct chan_case cases[2];
        cases[i % 2] = send;
        cases[1 - i % 2] = receive;
        int chosen = chan_select(cases, 2, DEADLINE_NEVER);
        if (chosen != i % 2 && chan_capacity(self->chan) == 0) {
            assert_int_equal(got, 1 - self->number); /* the other's, never its own */
        }
    }
    return NULL;
}

/* Go's TestSelfSelect. */
CLAIM(two_selects_of_send_and_receive_meet_each_other) {
    for (size_t capacity = 0; capacity <= 10; capacity += 10) {
        struct chan *chan = ints(capacity);
        struct self selves[2] = {{chan, 0, scaled(10000)}, {chan, 1, scaled(10000)}};
        crowd_run_each(2, select_self, selves, sizeof selves[0]);
        chan_free(chan);
    }
}

/* ---- each value exactly once ---- */

enum { CHANS = 4 };

struct stress {
    struct chan *chans[CHANS];
    int rounds;
    struct ledger ledger;
};

/* One of a stress's threads: `lane` is its channel, or CHANS for a select of all. */
struct stresser {
    struct stress *stress;
    int lane;
    enum chan_direction direction;
};

/* Values: every lane has a range of its own, a select one for each channel. */
static int value_of(const struct stress *stress, int lane, int c, int round) {
    return ((lane == CHANS ? CHANS + c : lane) * stress->rounds) + round;
}

static void *use_one_channel(void *argument) {
    struct stresser *stresser = argument;
    struct stress *stress = stresser->stress;
    for (int i = 0; i < stress->rounds; i++) {
        int value = value_of(stress, stresser->lane, 0, i);
        assert_int_equal(operate(stress->chans[stresser->lane], stresser->direction,
                                 &value, STYLE_PLAIN),
                         CHAN_OK);
        if (stresser->direction == CHAN_RECEIVE) {
            ledger_mark(&stress->ledger, value);
        }
    }
    return NULL;
}

/* As often on each channel; a channel that has had its share becomes NULL. */
static void *use_all_channels(void *argument) {
    struct stresser *stresser = argument;
    struct stress *stress = stresser->stress;
    struct chan_case cases[CHANS];
    int values[CHANS];
    int rounds[CHANS] = {0};
    for (int c = 0; c < CHANS; c++) {
        values[c] = value_of(stress, CHANS, c, 0);
        cases[c] = (struct chan_case){stress->chans[c], stresser->direction, &values[c],
                                      CHAN_TIMED_OUT};
    }
    for (int i = 0; i < CHANS * stress->rounds; i++) {
        int c = chan_select(cases, CHANS, DEADLINE_NEVER);
        assert_between(c, 0, CHANS - 1);
        assert_int_equal(cases[c].result, CHAN_OK);
        if (stresser->direction == CHAN_RECEIVE) {
            ledger_mark(&stress->ledger, values[c]);
        }
        if (++rounds[c] == stress->rounds) {
            cases[c].chan = NULL;
        } else if (stresser->direction == CHAN_SEND) {
            values[c] = value_of(stress, CHANS, c, rounds[c]);
        }
    }
    return NULL;
}

/* Go's TestSelectStress. */
CLAIM(sends_and_receives_and_selects_of_them_all_find_partners) {
    const size_t capacities[CHANS] = {0, 0, 2, 3};
    struct stress stress = {.rounds = scaled(10000)};
    struct stresser stressers[2 * (CHANS + 1)];
    struct crowd crowd;
    ledger_init(&stress.ledger, 2 * CHANS * stress.rounds);
    crowd_init(&crowd);
    for (int lane = 0; lane <= CHANS; lane++) {
        if (lane < CHANS) {
            stress.chans[lane] = ints(capacities[lane]);
        }
        for (int d = 0; d < 2; d++) {
            struct stresser *stresser = &stressers[2 * lane + d];
            *stresser = (struct stresser){&stress, lane, (enum chan_direction)d};
            crowd_add(&crowd, lane < CHANS ? use_one_channel : use_all_channels,
                      stresser);
        }
    }
    crowd_start(&crowd);
    crowd_join(&crowd);
    assert_int_equal(ledger_marks(&stress.ledger), 2 * CHANS * stress.rounds);
    ledger_destroy(&stress.ledger);
    for (int c = 0; c < CHANS; c++) {
        chan_free(stress.chans[c]);
    }
}
