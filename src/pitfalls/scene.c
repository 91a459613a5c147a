#include "pitfalls/scene.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program/results.h"

enum { SAID_MAX = 3 };

void say(const struct actor *actor, const char *what) {
    printf("%-9s %s\n", actor->thread.name, what);
}

void say_order(struct actor *actor, const char *what, int order) {
    actor->said++;
    if (actor->said <= SAID_MAX) {
        printf("%-9s %s %d\n", actor->thread.name, what, order);
    } else if (actor->said == SAID_MAX + 1) {
        printf("%-9s ... and so on\n", actor->thread.name);
    }
}

/* Ends the program if the machine did not allow it. */
static void require(int error, const char *what) {
    if (error != 0) {
        fprintf(stderr, "pitfalls: cannot create %s: %s\n", what, strerror(error));
        exit(EXIT_ENVIRONMENT);
    }
}

void scene_init(struct scene *scene, int orders, int buffer) {
    *scene = (struct scene){
        .orders = orders,
        .main = {.thread = {.name = "main"}, .scene = scene},
        .jobs = chan_create(sizeof(int), (size_t)buffer),
        .results = chan_create(sizeof(int), 0),
    };
    require(scene->jobs == NULL || scene->results == NULL ? ENOMEM : 0, "the channels");
    chan_set_name(scene->jobs, "jobs");
    chan_set_name(scene->results, "results");
    wait_group_init(&scene->busy);
}

void scene_destroy(struct scene *scene) {
    for (int i = 0; i < scene->other_count; i++) {
        thread_join(&scene->others[i].thread);
    }
    wait_group_destroy(&scene->busy);
    chan_free(scene->results);
    chan_free(scene->jobs);
}

static void play(struct thread *thread) {
    struct actor *actor = (struct actor *)thread;
    actor->part(actor);
}

void scene_start(struct scene *scene, const char *name, void (*part)(struct actor *)) {
    struct thread_attributes attributes = {.guard_bytes = -1};
    struct actor *actor = &scene->others[scene->other_count++];
    *actor = (struct actor){{.body = play, .name = name}, scene, part, 0};
    require(thread_start(&actor->thread, &attributes), name);
}

static void cook(struct actor *self) {
    int order;
    while (chan_receive(self->scene->jobs, &order, DEADLINE_NEVER) == CHAN_OK) {
        say_order(self, "cooks order", order);
    }
    say(self, "the channel is closed: goes home");
    wait_group_done(&self->scene->busy);
}

static void cook_and_report(struct actor *self) {
    int order;
    while (chan_receive(self->scene->jobs, &order, DEADLINE_NEVER) == CHAN_OK) {
        say_order(self, "has cooked, and sends the result of order", order);
        chan_send(self->scene->results, &order, DEADLINE_NEVER);
    }
    wait_group_done(&self->scene->busy);
}

static void start_all(struct scene *scene, void (*part)(struct actor *)) {
    static const char *const names[WORKERS] = {"worker 1", "worker 2", "worker 3",
                                               "worker 4", "worker 5"};
    wait_group_add(&scene->busy, WORKERS);
    for (int i = 0; i < WORKERS; i++) {
        scene_start(scene, names[i], part);
    }
}

void scene_start_workers(struct scene *scene) {
    say(&scene->main, "starts five workers");
    start_all(scene, cook);
}

void scene_start_reporting_workers(struct scene *scene) {
    say(&scene->main, "starts five workers who send back results");
    start_all(scene, cook_and_report);
}
