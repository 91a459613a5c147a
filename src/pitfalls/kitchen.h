/*
 * What the pitfalls share: a channel of orders, a few workers, and a loud voice. The
 * bugs themselves, and their cures, are a dozen lines each: send_first.c, no_close.c,
 * send_from_main.c.
 */
#ifndef FIVE_COOKS_KITCHEN_H
#define FIVE_COOKS_KITCHEN_H

#include <pthread.h>

#include "sync/chan.h"
#include "sync/wait_group.h"

enum { WORKERS = 5 };

struct kitchen {
    int orders;             /* how many there are to send */
    struct chan *jobs;      /* carries an int, the order's number */
    struct chan *results;   /* the same; unbuffered */
    struct wait_group busy; /* workers that have not gone home */
    pthread_t threads[WORKERS + 1];
    int thread_count;
};

struct pitfall {
    const char *name;
    const char *lesson; /* the rule that it breaks */
    const char *why;    /* told after the deadlock report */
    void (*broken)(struct kitchen *kitchen);
    void (*fixed)(struct kitchen *kitchen);
};

extern const struct pitfall send_first;
extern const struct pitfall no_close;
extern const struct pitfall send_from_main;
extern const struct pitfall send_from_main_results;

void kitchen_open(struct kitchen *kitchen, int orders, int buffer);
void kitchen_close(struct kitchen *kitchen); /* joins its threads */

/* Five workers that receive orders until the channel is closed, then go home. The
 * reporting ones send every finished order to the results, too. */
void kitchen_start_workers(struct kitchen *kitchen);
void kitchen_start_reporting_workers(struct kitchen *kitchen);

/* Another thread, for whatever else needs doing at the same time. */
void kitchen_start(struct kitchen *kitchen, const char *name,
                   void (*body)(struct kitchen *kitchen));

/* "worker 2  cooks order 7": what the calling thread is about to do. Of what it does
 * again and again, only the first three times. */
void say(const char *what);
void say_order(const char *what, int order);

#endif
