#include "pitfalls/kitchen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sync/deadlock.h"
#include "sync/must.h"

enum { SAID_MOST = 3 };

static _Thread_local const char *my_name = "main";
static _Thread_local int said;

/* What a new thread is to do; freed by it. */
struct start {
    struct kitchen *kitchen;
    const char *name;
    void (*body)(struct kitchen *kitchen);
};

void say(const char *what) {
    printf("%-9s %s\n", my_name, what);
}

void say_order(const char *what, int order) {
    said++;
    if (said <= SAID_MOST) {
        printf("%-9s %s %d\n", my_name, what, order);
    } else if (said == SAID_MOST + 1) {
        printf("%-9s ... and so on\n", my_name);
    }
}

void kitchen_open(struct kitchen *kitchen, int orders, int buffer) {
    *kitchen = (struct kitchen){.orders = orders};
    kitchen->jobs = chan_create(sizeof(int), (size_t)buffer);
    kitchen->results = chan_create(sizeof(int), 0);
    must(kitchen->jobs == NULL || kitchen->results == NULL ? ENOMEM : 0);
    chan_set_name(kitchen->jobs, "jobs");
    chan_set_name(kitchen->results, "results");
    wait_group_init(&kitchen->busy);
}

void kitchen_close(struct kitchen *kitchen) {
    for (int i = 0; i < kitchen->thread_count; i++) {
        must(pthread_join(kitchen->threads[i], NULL));
    }
    wait_group_destroy(&kitchen->busy);
    chan_free(kitchen->results);
    chan_free(kitchen->jobs);
}

static void *thread_main(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    my_name = start.name;
    deadlock_thread_runs(start.name);
    start.body(start.kitchen);
    deadlock_thread_ends();
    return NULL;
}

void kitchen_start(struct kitchen *kitchen, const char *name,
                   void (*body)(struct kitchen *kitchen)) {
    struct start *start = malloc(sizeof *start);
    must(start == NULL ? ENOMEM : 0);
    *start = (struct start){kitchen, name, body};
    deadlock_thread_begins();
    must(pthread_create(&kitchen->threads[kitchen->thread_count++], NULL, thread_main,
                        start));
}

static void cook(struct kitchen *kitchen) {
    int order;
    while (chan_receive(kitchen->jobs, &order, DEADLINE_NEVER) == CHAN_OK) {
        say_order("cooks order", order);
    }
    say("the channel is closed: goes home");
    wait_group_done(&kitchen->busy);
}

static void cook_and_report(struct kitchen *kitchen) {
    int order;
    while (chan_receive(kitchen->jobs, &order, DEADLINE_NEVER) == CHAN_OK) {
        say_order("has cooked, and sends the result of order", order);
        chan_send(kitchen->results, &order, DEADLINE_NEVER);
    }
    wait_group_done(&kitchen->busy);
}

static void start_all(struct kitchen *kitchen, void (*body)(struct kitchen *kitchen)) {
    static const char *const names[WORKERS] = {"worker 1", "worker 2", "worker 3",
                                               "worker 4", "worker 5"};
    wait_group_add(&kitchen->busy, WORKERS);
    for (int i = 0; i < WORKERS; i++) {
        kitchen_start(kitchen, names[i], body);
    }
}

void kitchen_start_workers(struct kitchen *kitchen) {
    say("starts five workers");
    start_all(kitchen, cook);
}

void kitchen_start_reporting_workers(struct kitchen *kitchen) {
    say("starts five workers who send back results");
    start_all(kitchen, cook_and_report);
}
