/* Pitfall 2: always close the channel. */
#include "pitfalls/scene.h"

static void send_all(struct actor *main) {
    for (int order = 1; order <= main->scene->orders; order++) {
        say_order(main, "sends order", order);
        chan_send(main->scene->jobs, &order, DEADLINE_NEVER);
    }
}

static void broken(struct actor *main) {
    scene_start_workers(main->scene);
    send_all(main);
    say(main, "has sent everything, and waits for the workers to go home");
    wait_group_wait(&main->scene->busy); /* who wait for more: nobody said it is over */
}

static void fixed(struct actor *main) {
    scene_start_workers(main->scene);
    send_all(main);
    say(main, "has sent everything, and closes the channel");
    chan_close(main->scene->jobs);
    wait_group_wait(&main->scene->busy);
}

const struct pitfall no_close = {
    .name = "no-close",
    .lesson = "close the channel when there is no more",
    .why = "all orders are done; the workers wait for the next one, and main waits for "
           "the workers.",
    .broken = broken,
    .fixed = fixed,
};
