/* Pitfall 3: send jobs from a thread of their own. */
#include "pitfalls/scene.h"

static void send_all(struct actor *self) {
    for (int order = 1; order <= self->scene->orders; order++) {
        say_order(self, "sends order", order);
        chan_send(self->scene->jobs, &order, DEADLINE_NEVER);
    }
    chan_close(self->scene->jobs);
}

/* ---- main is the one who would receive, a line further down ---- */

static void receive_all(struct actor *main) {
    int order;
    while (chan_receive(main->scene->jobs, &order, DEADLINE_NEVER) == CHAN_OK) {
        say_order(main, "cooks order", order);
    }
}

static void broken(struct actor *main) {
    send_all(main); /* an unbuffered send waits: nobody is receiving yet */
    receive_all(main);
}

static void fixed(struct actor *main) {
    scene_start(main->scene, "feeder", send_all);
    receive_all(main);
}

const struct pitfall send_from_main = {
    .name = "send-from-main",
    .lesson = "send from a thread of its own",
    .why = "main sends, and main would have received: it cannot do both at once.",
    .broken = broken,
    .fixed = fixed,
};

/* ---- there are workers, and they answer ---- */

static void collect_all(struct actor *main) {
    for (int i = 0; i < main->scene->orders; i++) {
        int order;
        chan_receive(main->scene->results, &order, DEADLINE_NEVER);
    }
    say(main, "has all results");
    wait_group_wait(&main->scene->busy);
}

static void results_broken(struct actor *main) {
    scene_start_reporting_workers(main->scene);
    send_all(main); /* soon every worker waits to hand over a result */
    collect_all(main);
}

static void results_fixed(struct actor *main) {
    scene_start_reporting_workers(main->scene);
    scene_start(main->scene, "feeder", send_all);
    collect_all(main);
}

const struct pitfall send_from_main_results = {
    .name = "send-from-main",
    .lesson = "send from a thread of its own",
    .why = "every worker waits to hand over a result, and main, who would take it, "
           "waits to hand over an order.",
    .broken = results_broken,
    .fixed = results_fixed,
};
