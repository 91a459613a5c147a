/*
 * What the pitfalls share: a channel of orders, a few workers, and a loud voice. The
 * bugs themselves, and their cures, are a dozen lines each: send_first.c, no_close.c,
 * send_from_main.c.
 */
#ifndef FIVE_COOKS_SCENE_H
#define FIVE_COOKS_SCENE_H

#include "sync/chan.h"
#include "sync/thread.h"
#include "sync/wait_group.h"

enum { WORKERS = 5 };

struct scene;

/* A thread of the scene; its name is what say() calls it. */
struct actor {
    struct thread thread; /* first, so that a pointer to it is one to us */
    struct scene *scene;
    void (*part)(struct actor *self);
    int said;
};

struct scene {
    int orders;             /* how many there are to send */
    struct chan *jobs;      /* carries an int, the order's number */
    struct chan *results;   /* the same; unbuffered */
    struct wait_group busy; /* workers that have not gone home */
    struct actor main;
    struct actor others[WORKERS + 1];
    int other_count;
};

struct pitfall {
    const char *name;
    const char *lesson; /* the rule that it breaks */
    const char *why;    /* told after the deadlock report */
    void (*broken)(struct actor *main);
    void (*fixed)(struct actor *main);
};

extern const struct pitfall send_first;
extern const struct pitfall no_close;
extern const struct pitfall send_from_main;
extern const struct pitfall send_from_main_results;

void scene_init(struct scene *scene, int orders, int buffer);
void scene_destroy(struct scene *scene); /* joins its threads */

/* Starts five workers that receive orders until the channel is closed, then go home.
 * The reporting ones also send every finished order to the results. By main. */
void scene_start_workers(struct scene *scene);
void scene_start_reporting_workers(struct scene *scene);

/* Starts another thread, for whatever else needs doing at the same time. Like the two
 * above it ends the program, with status 3, if the machine does not allow it. */
void scene_start(struct scene *scene, const char *name, void (*part)(struct actor *));

/* "worker 2  cooks order 7": what an actor is about to do. Of what it does again and
 * again, only the first three times are told. */
void say(const struct actor *actor, const char *what);
void say_order(struct actor *actor, const char *what, int order);

#endif
