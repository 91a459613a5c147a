/* Pitfall 3: send jobs from a thread of their own. */
#include "pitfalls/kitchen.h"

static void send_all(struct kitchen *kitchen) {
    for (int order = 1; order <= kitchen->orders; order++) {
        say_order("sends order", order);
        chan_send(kitchen->jobs, &order, DEADLINE_NEVER);
    }
    chan_close(kitchen->jobs);
}

/* ---- main is the one who would receive, a line further down ---- */

static void receive_all(struct kitchen *kitchen) {
    int order;
    while (chan_receive(kitchen->jobs, &order, DEADLINE_NEVER) == CHAN_OK) {
        say_order("cooks order", order);
    }
}

static void broken(struct kitchen *kitchen) {
    send_all(kitchen); /* an unbuffered send waits: nobody is receiving yet */
    receive_all(kitchen);
}

static void fixed(struct kitchen *kitchen) {
    kitchen_start(kitchen, "feeder", send_all);
    receive_all(kitchen);
}

const struct pitfall send_from_main = {
    .name = "send-from-main",
    .lesson = "send from a thread of its own",
    .why = "main sends, and main would have received: it cannot do both at once.",
    .broken = broken,
    .fixed = fixed,
};

/* ---- there are workers, and they answer ---- */

static void collect_all(struct kitchen *kitchen) {
    for (int i = 0; i < kitchen->orders; i++) {
        int order;
        chan_receive(kitchen->results, &order, DEADLINE_NEVER);
    }
    say("has all results");
    wait_group_wait(&kitchen->busy);
}

static void results_broken(struct kitchen *kitchen) {
    kitchen_start_reporting_workers(kitchen);
    send_all(kitchen); /* soon every worker waits to hand over a result */
    collect_all(kitchen);
}

static void results_fixed(struct kitchen *kitchen) {
    kitchen_start_reporting_workers(kitchen);
    kitchen_start(kitchen, "feeder", send_all);
    collect_all(kitchen);
}

const struct pitfall send_from_main_results = {
    .name = "send-from-main",
    .lesson = "send from a thread of its own",
    .why = "every worker waits to hand over a result, and main, who would take it, "
           "waits to hand over an order.",
    .broken = results_broken,
    .fixed = results_fixed,
};
