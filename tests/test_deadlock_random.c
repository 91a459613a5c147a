/*
 * The deadlock detector against random runs: a thousand that end are let end, and of
 * those in which somebody forgot to close, not one is missed. Children, as it cannot be
 * turned off again.
 */
#include "support/suite.h"
#include "sync/deadlock.h"
#include "sync/wait_group.h"

enum { DEADLOCK = 2, CHANS_MOST = 3, THREADS_MOST = 4 };

/* Senders that send on any of the channels; receivers that receive from all. */
struct market {
    struct chan *chans[CHANS_MOST];
    int chan_count;
    int orders;   /* for each sender */
    bool patient; /* receivers wait for ever, not a little and again */
    struct wait_group sending, receiving;
};

struct trader {
    struct market *market;
    struct random random;
    void (*work)(struct trader *trader);
    struct spawned *thread;
};

static void *run_trader(void *argument) {
    struct trader *trader = argument;
    trader->work(trader);
    return NULL;
}

static void send_orders(struct trader *trader) {
    struct market *market = trader->market;
    for (int i = 0; i < market->orders; i++) {
        struct chan_case cases[CHANS_MOST];
        for (int c = 0; c < market->chan_count; c++) {
            cases[c] = (struct chan_case){market->chans[c], CHAN_SEND, &i, CHAN_OK};
        }
        int count =
            1 + (int)random_below(&trader->random, (uint32_t)market->chan_count);
        int chosen = chan_select(cases, count, DEADLINE_NEVER);
        assert_between(chosen, 0, count - 1);
    }
    wait_group_done(&market->sending);
}

static void receive_orders(struct trader *trader) {
    struct market *market = trader->market;
    struct chan_case cases[CHANS_MOST];
    int open = market->chan_count;
    for (int c = 0; c < market->chan_count; c++) {
        cases[c] = (struct chan_case){market->chans[c], CHAN_RECEIVE, NULL, CHAN_OK};
    }
    while (open > 0) {
        int64_t deadline_ns =
            market->patient ? DEADLINE_NEVER : now_ns() + 50 * NS_PER_US;
        int chosen = chan_select(cases, market->chan_count, deadline_ns);
        if (chosen >= 0 && cases[chosen].result == CHAN_CLOSED) {
            cases[chosen].chan = NULL; /* never ready again */
            open--;
        }
    }
    wait_group_done(&market->receiving);
}

static void start_traders(struct trader *traders, int count, struct market *market,
                          struct random *random, void (*work)(struct trader *)) {
    for (int i = 0; i < count; i++) {
        traders[i] = (struct trader){market, {random_next(random)}, work, 0};
        traders[i].thread = spawn_named("trader", run_trader, &traders[i]);
    }
}

static void open_market(struct market *market, struct random *random) {
    market->chan_count = 1 + (int)random_below(random, CHANS_MOST);
    market->orders = (int)random_below(random, 8);
    market->patient = random_below(random, 4) != 0;
    for (int c = 0; c < market->chan_count; c++) {
        market->chans[c] = chan_create(sizeof(int), random_below(random, 3));
    }
    wait_group_init(&market->sending);
    wait_group_init(&market->receiving);
}

static void close_market(struct market *market) {
    wait_group_destroy(&market->receiving);
    wait_group_destroy(&market->sending);
    for (int c = 0; c < market->chan_count; c++) {
        chan_free(market->chans[c]);
    }
}

/* One random run; channel `forgotten` is never closed, none if it is negative. */
static void work_once(struct random *random, int forgotten) {
    struct market market;
    struct trader senders[THREADS_MOST];
    struct trader receivers[THREADS_MOST];
    int sender_count = 1 + (int)random_below(random, THREADS_MOST);
    int receiver_count = 1 + (int)random_below(random, THREADS_MOST);
    open_market(&market, random);
    market.patient = market.patient || forgotten >= 0;
    wait_group_add(&market.sending, sender_count);
    wait_group_add(&market.receiving, receiver_count);
    start_traders(receivers, receiver_count, &market, random, receive_orders);
    start_traders(senders, sender_count, &market, random, send_orders);
    wait_group_wait(&market.sending);
    for (int c = 0; c < market.chan_count; c++) {
        if (c != forgotten) {
            chan_close(market.chans[c]);
        }
    }
    wait_group_wait(&market.receiving);
    for (int i = 0; i < sender_count; i++) {
        join(senders[i].thread);
    }
    for (int i = 0; i < receiver_count; i++) {
        join(receivers[i].thread);
    }
    close_market(&market);
}

static void work_a_thousand_times(void) {
    struct random random = chance(0);
    deadlock_watch("main");
    for (int i = 0; i < scaled(1000); i++) {
        work_once(&random, -1);
    }
}

CLAIM(runs_that_end_raise_no_alarm) {
    assert_child_ends(work_a_thousand_times, 0);
}

static uint64_t stream; /* of the child about to be made */

static void forget_one_channel(void) {
    struct random random = chance(stream);
    deadlock_watch("main");
    work_once(&random, 0);
}

CLAIM(every_forgotten_close_is_found) {
    for (stream = 1; stream <= (uint64_t)scaled(40); stream++) {
        struct child_end end = child_run(forget_one_channel);
        assert_ended(&end, DEADLOCK);
        assert_non_null(strstr(end.said, "main [wait group]"));
        assert_non_null(strstr(end.said, "trader ["));
    }
}
