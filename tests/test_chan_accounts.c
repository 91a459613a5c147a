/*
 * The accounts of a channel under everything at once: senders and receivers that give
 * up after microseconds, selects over several channels with duplicates and NULLs, and a
 * close in the middle. What must hold, for each single value:
 *
 *   its send said CHAN_OK             it was received exactly once
 *   its send said anything else       it was never received
 */
#include "support/ledger.h"
#include "support/suite.h"

enum { CHANS = 3, USERS = 10, CASES_MOST = 6 };

struct weather {
    size_t capacity;
    uint32_t patience_us; /* deadlines are at most this far away */
    bool closes;
    bool one_channel;
};

struct market {
    struct weather weather;
    int rounds;
    struct chan *chans[CHANS];
    struct ledger sold, bought;
};

struct trader {
    struct market *market;
    struct random random;
    int next_value;
};

/* Sends, receives and NULLs at random; every send has a value of its own. */
static int pick_cases(struct trader *trader, struct chan_case *cases, int *values) {
    struct market *market = trader->market;
    int chans = market->weather.one_channel ? 1 : CHANS;
    int count = 1 + (int)random_below(&trader->random, CASES_MOST);
    for (int i = 0; i < count; i++) {
        int c = (int)random_below(&trader->random, (uint32_t)chans + 1);
        bool sends = random_below(&trader->random, 2) == 0;
        values[i] = sends ? trader->next_value++ : -1;
        cases[i] = (struct chan_case){
            .chan = c == chans ? NULL : market->chans[c],
            .direction = sends ? CHAN_SEND : CHAN_RECEIVE,
            .value = &values[i],
            .result = CHAN_TIMED_OUT,
        };
    }
    return count;
}

static void keep_account(struct market *market, const struct chan_case *chosen,
                         int value) {
    if (chosen->result == CHAN_CLOSED) {
        assert_true(chosen->direction == CHAN_SEND || value == 0);
    } else if (chosen->direction == CHAN_SEND) {
        ledger_mark(&market->sold, value);
    } else {
        ledger_mark(&market->bought, value);
    }
}

static void *trade(void *argument) {
    struct trader *trader = argument;
    struct market *market = trader->market;
    for (int i = 0; i < market->rounds; i++) {
        struct chan_case cases[CASES_MOST];
        int values[CASES_MOST];
        int count = pick_cases(trader, cases, values);
        int64_t patience_ns =
            random_below(&trader->random, market->weather.patience_us + 1) * NS_PER_US;
        int64_t deadline_ns = patience_ns == 0 ? DEADLINE_NOW : now_ns() + patience_ns;
        int chosen = chan_select(cases, count, deadline_ns);
        assert_between(chosen + 1, 0, count);
        for (int c = 0; c < count; c++) {
            if (c == chosen) {
                assert_non_null(cases[c].chan);
                keep_account(market, &cases[c], values[c]);
            } else if (cases[c].direction == CHAN_RECEIVE) {
                assert_int_equal(values[c], -1);
            }
        }
    }
    return NULL;
}

static void *close_all_in_time(void *argument) {
    struct market *market = argument;
    struct random random = chance(1000);
    for (int c = 0; c < CHANS; c++) {
        int64_t later_ns = now_ns() + random_below(&random, 3000) * NS_PER_US;
        struct chan_case never = {.chan = NULL};
        chan_select(&never, 1, later_ns);
        chan_close(market->chans[c]);
    }
    return NULL;
}

/* What is still buffered was sold and not yet bought. */
static void clear_market(struct market *market) {
    for (int c = 0; c < CHANS; c++) {
        int value;
        while (chan_receive(market->chans[c], &value, DEADLINE_NOW) == CHAN_OK) {
            ledger_mark(&market->bought, value);
        }
        assert_int_equal(chan_waiters(market->chans[c], CHAN_SEND), 0);
        assert_int_equal(chan_waiters(market->chans[c], CHAN_RECEIVE), 0);
        chan_free(market->chans[c]);
    }
    for (int i = 0; i < market->sold.size; i++) {
        assert_int_equal(ledger_has(&market->bought, i), ledger_has(&market->sold, i));
    }
}

static void hold_market(struct weather weather) {
    struct market market = {.weather = weather, .rounds = scaled(2000)};
    struct trader traders[USERS];
    int values_each = market.rounds * CASES_MOST;
    struct crowd crowd;
    ledger_init(&market.sold, USERS * values_each);
    ledger_init(&market.bought, USERS * values_each);
    for (int c = 0; c < CHANS; c++) {
        market.chans[c] = chan_create(sizeof(int), weather.capacity);
    }
    crowd_init(&crowd);
    for (int i = 0; i < USERS; i++) {
        traders[i] =
            (struct trader){&market, chance((uint64_t)i + 10), i * values_each};
        crowd_add(&crowd, trade, &traders[i]);
    }
    if (weather.closes) {
        crowd_add(&crowd, close_all_in_time, &market);
    }
    crowd_start(&crowd);
    crowd_join(&crowd);
    clear_market(&market);
    ledger_destroy(&market.sold);
    ledger_destroy(&market.bought);
}

/* How wild it gets, with channels of capacity 0 and up, and how often. */
static const struct {
    size_t most_capacity;
    int times;
    struct weather weather;
} weathers[] = {
    {3, 1, {.patience_us = 0}},
    {3, 1, {.patience_us = 20}},
    {1, 1, {.patience_us = 300}},
    {2, 1, {.patience_us = 50, .one_channel = true}},
    {3, 5, {.patience_us = 100, .closes = true}},
};

CLAIM(accounts_add_up_in_any_weather) {
    for (size_t i = 0; i < sizeof weathers / sizeof weathers[0]; i++) {
        for (int again = 0; again < scaled(weathers[i].times); again++) {
            struct weather weather = weathers[i].weather;
            for (; weather.capacity <= weathers[i].most_capacity; weather.capacity++) {
                hold_market(weather);
            }
        }
    }
}
