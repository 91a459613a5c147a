/* Pitfall 1: start workers before sending jobs. */
#include "pitfalls/scene.h"

static void send_all(struct actor *main) {
    for (int order = 1; order <= main->scene->orders; order++) {
        say_order(main, "sends order", order);
        chan_send(main->scene->jobs, &order, DEADLINE_NEVER);
    }
}

static void broken(struct actor *main) {
    send_all(main); /* waits for somebody to receive: who would that be? */
    scene_start_workers(main->scene);
    chan_close(main->scene->jobs);
    wait_group_wait(&main->scene->busy);
}

static void fixed(struct actor *main) {
    scene_start_workers(main->scene);
    send_all(main);
    chan_close(main->scene->jobs);
    wait_group_wait(&main->scene->busy);
}

const struct pitfall send_first = {
    .name = "send-first",
    .lesson = "start the workers before you send",
    .why = "main waits for a receiver, and the receivers wait for main to start them. "
           "A buffer hides this until there are more orders than it holds.",
    .broken = broken,
    .fixed = fixed,
};
