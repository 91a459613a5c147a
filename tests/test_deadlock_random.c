/*
 * The deadlock detector against random runs: a thousand that end are let end, and of
 * those in which somebody forgot to close, not one is missed. Children, as it cannot be
 * turned off again.
 */
#include <stdio.h>
#include <string.h>

#include "chan.h"
#include "clock.h"
#include "deadlock.h"
#include "random.h"
#include "support/chance.h"
#include "support/child.h"
#include "support/scale.h"
#include "support/suite.h"
#include "support/threads.h"
#include "wait_group.h"

enum { DEADLOCK = 2, CHANS_MOST = 3, THREADS_MOST = 4 };

/* Senders that send on any of the channels; receivers that receive from all. */
struct kitchen {
    struct chan *chans[CHANS_MOST];
    int chan_count;
    int orders;   /* for each sender */
    bool patient; /* receivers wait for ever, not a little and again */
    struct wait_group sending, receiving;
};

struct cook {
    struct kitchen *kitchen;
    struct random random;
    void (*work)(struct cook *cook);
    pthread_t thread;
};

static void *run_cook(void *argument) {
    struct cook *cook = argument;
    deadlock_thread_runs("cook");
    cook->work(cook);
    deadlock_thread_ends();
    return NULL;
}

static void send_orders(struct cook *cook) {
    struct kitchen *kitchen = cook->kitchen;
    for (int i = 0; i < kitchen->orders; i++) {
        struct chan_case cases[CHANS_MOST];
        for (int c = 0; c < kitchen->chan_count; c++) {
            cases[c] = (struct chan_case){kitchen->chans[c], CHAN_SEND, &i, CHAN_OK};
        }
        int count = 1 + (int)random_below(&cook->random, (uint32_t)kitchen->chan_count);
        int chosen = chan_select(cases, count, DEADLINE_NEVER);
        assert_between(chosen, 0, count - 1);
    }
    wait_group_done(&kitchen->sending);
}

static void receive_orders(struct cook *cook) {
    struct kitchen *kitchen = cook->kitchen;
    struct chan_case cases[CHANS_MOST];
    int open = kitchen->chan_count;
    for (int c = 0; c < kitchen->chan_count; c++) {
        cases[c] = (struct chan_case){kitchen->chans[c], CHAN_RECEIVE, NULL, CHAN_OK};
    }
    while (open > 0) {
        int64_t deadline_ns =
            kitchen->patient ? DEADLINE_NEVER : now_ns() + 50 * NS_PER_US;
        int chosen = chan_select(cases, kitchen->chan_count, deadline_ns);
        if (chosen >= 0 && cases[chosen].result == CHAN_CLOSED) {
            cases[chosen].chan = NULL; /* never ready again */
            open--;
        }
    }
    wait_group_done(&kitchen->receiving);
}

static void start_cooks(struct cook *cooks, int count, struct kitchen *kitchen,
                        struct random *random, void (*work)(struct cook *)) {
    for (int i = 0; i < count; i++) {
        cooks[i] = (struct cook){kitchen, {random_next(random)}, work, 0};
        deadlock_thread_begins();
        cooks[i].thread = thread_start(run_cook, &cooks[i]);
    }
}

static void open_kitchen(struct kitchen *kitchen, struct random *random) {
    kitchen->chan_count = 1 + (int)random_below(random, CHANS_MOST);
    kitchen->orders = (int)random_below(random, 8);
    kitchen->patient = random_below(random, 4) != 0;
    for (int c = 0; c < kitchen->chan_count; c++) {
        kitchen->chans[c] = chan_create(sizeof(int), random_below(random, 3));
    }
    wait_group_init(&kitchen->sending);
    wait_group_init(&kitchen->receiving);
}

static void close_kitchen(struct kitchen *kitchen) {
    wait_group_destroy(&kitchen->receiving);
    wait_group_destroy(&kitchen->sending);
    for (int c = 0; c < kitchen->chan_count; c++) {
        chan_free(kitchen->chans[c]);
    }
}

/* One random run; channel `forgotten` is never closed, none if it is negative. */
static void work_once(struct random *random, int forgotten) {
    struct kitchen kitchen;
    struct cook senders[THREADS_MOST];
    struct cook receivers[THREADS_MOST];
    int sender_count = 1 + (int)random_below(random, THREADS_MOST);
    int receiver_count = 1 + (int)random_below(random, THREADS_MOST);
    open_kitchen(&kitchen, random);
    kitchen.patient = kitchen.patient || forgotten >= 0;
    wait_group_add(&kitchen.sending, sender_count);
    wait_group_add(&kitchen.receiving, receiver_count);
    start_cooks(receivers, receiver_count, &kitchen, random, receive_orders);
    start_cooks(senders, sender_count, &kitchen, random, send_orders);
    wait_group_wait(&kitchen.sending);
    for (int c = 0; c < kitchen.chan_count; c++) {
        if (c != forgotten) {
            chan_close(kitchen.chans[c]);
        }
    }
    wait_group_wait(&kitchen.receiving);
    for (int i = 0; i < sender_count; i++) {
        thread_join(senders[i].thread);
    }
    for (int i = 0; i < receiver_count; i++) {
        thread_join(receivers[i].thread);
    }
    close_kitchen(&kitchen);
}

static void work_a_thousand_times(void) {
    struct random random = chance(0);
    deadlock_watch("main");
    for (int i = 0; i < scaled(1000); i++) {
        work_once(&random, -1);
    }
}

static void runs_that_end_raise_no_alarm(void) {
    assert_child_ends(work_a_thousand_times, 0);
}

static uint64_t stream; /* of the child about to be made */

static void forget_one_channel(void) {
    struct random random = chance(stream);
    deadlock_watch("main");
    work_once(&random, 0);
}

static void every_forgotten_close_is_found(void) {
    for (stream = 1; stream <= (uint64_t)scaled(60); stream++) {
        struct child_end end = child_run(forget_one_channel);
        assert_ended(&end, DEADLOCK);
        assert_non_null(strstr(end.said, "main [wait group]"));
        assert_non_null(strstr(end.said, "cook ["));
    }
}

static const struct claim claims[] = {
    CLAIM(runs_that_end_raise_no_alarm),
    CLAIM(every_forgotten_close_is_found),
};

int main(int argc, char **argv) {
    return SUITE_RUN(argc, argv, claims);
}
