/*
 * The API's agenda, if it finishes what it has begun: which call is served from when to
 * when. No call leaves such a queue before its turn, so a call's turn is known the
 * moment the call comes, and no thread has to stand for it:
 *
 *   struct turn turn;
 *   if (agenda_book(agenda, now_ns(), stay, &turn)) { ... served until turn.end_ns }
 *
 * A call is served as soon as it comes if one of the places is free, and otherwise as
 * soon as a place is free that no call before it has booked. (This is Kiefer and
 * Wolfowitz's description of a queue before several servers, 1955.)
 *
 * Any thread may book. Memory grows with the calls that are served or wait at once.
 */
#ifndef FIVE_COOKS_AGENDA_H
#define FIVE_COOKS_AGENDA_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* A heap: the earliest is the first. */
struct moments {
    int64_t *ns;
    int64_t count;
    int64_t room;
};

struct agenda {
    /* set once, before any thread starts: */
    int64_t places;    /* 0: as many as it takes */
    int64_t most_wait; /* calls that may wait */
    double slowdown;   /* see slowed_ns() */

    pthread_mutex_t lock;

    /* lock must be held when using these: */
    struct moments free_again; /* of each place taken, after all who have booked it */
    struct moments turns;      /* when the calls that wait will be served */
};

struct turn {
    int64_t start_ns;
    int64_t end_ns;
    int64_t busy;    /* places taken then, this one included */
    int64_t waiting; /* calls that wait, this one included; 0: it does not have to */
};

void agenda_init(struct agenda *agenda, int64_t places, int64_t most_wait,
                 double slowdown);
void agenda_destroy(struct agenda *agenda);

/* False: nobody may wait any more, or there is no memory for one more. */
bool agenda_book(struct agenda *agenda, int64_t now_ns, int64_t service_ns,
                 struct turn *turn);

int64_t agenda_busy(struct agenda *agenda, int64_t now_ns); /* places taken */

/* An overloaded service is slow for all: each other call that is being served when a
 * call's own service begins makes that longer by the share `slowdown`. */
int64_t slowed_ns(int64_t service_ns, double slowdown, int64_t others);

#endif
