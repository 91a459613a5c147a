/* Pitfall 1: start workers before sending jobs. */
#include "pitfalls/kitchen.h"

static void send_all(struct kitchen *kitchen) {
    for (int order = 1; order <= kitchen->orders; order++) {
        say_order("sends order", order);
        chan_send(kitchen->jobs, &order, DEADLINE_NEVER);
    }
}

static void broken(struct kitchen *kitchen) {
    send_all(kitchen); /* waits for somebody to receive: who would that be? */
    kitchen_start_workers(kitchen);
    chan_close(kitchen->jobs);
    wait_group_wait(&kitchen->busy);
}

static void fixed(struct kitchen *kitchen) {
    kitchen_start_workers(kitchen);
    send_all(kitchen);
    chan_close(kitchen->jobs);
    wait_group_wait(&kitchen->busy);
}

const struct pitfall send_first = {
    .name = "send-first",
    .lesson = "start the workers before you send",
    .why = "main waits for a receiver, and the receivers wait for main to start them. "
           "A buffer hides this until there are more orders than it holds.",
    .broken = broken,
    .fixed = fixed,
};
