/* Pitfall 2: always close the channel. */
#include "pitfalls/kitchen.h"

static void send_all(struct kitchen *kitchen) {
    for (int order = 1; order <= kitchen->orders; order++) {
        say_order("sends order", order);
        chan_send(kitchen->jobs, &order, DEADLINE_NEVER);
    }
}

static void broken(struct kitchen *kitchen) {
    kitchen_start_workers(kitchen);
    send_all(kitchen);
    say("has sent everything, and waits for the workers to go home");
    wait_group_wait(&kitchen->busy); /* who wait for more: nobody said it is over */
}

static void fixed(struct kitchen *kitchen) {
    kitchen_start_workers(kitchen);
    send_all(kitchen);
    say("has sent everything, and closes the channel");
    chan_close(kitchen->jobs);
    wait_group_wait(&kitchen->busy);
}

const struct pitfall no_close = {
    .name = "no-close",
    .lesson = "close the channel when there is no more",
    .why = "all orders are done; the workers wait for the next one, and main waits for "
           "the workers.",
    .broken = broken,
    .fixed = fixed,
};
