/*
 * One send or receive, in one of the styles a program may use, and possibly by a thread
 * of its own, so that it may block.
 *
 *   struct operation sent = operation_of(chan, CHAN_SEND, &number, STYLE_PLAIN);
 *   operation_park(&sent);                    returns when that thread is parked
 *   ... do what should release it ...
 *   operation_join(&sent) == CHAN_OK
 */
#ifndef TEST_OPERATION_H
#define TEST_OPERATION_H

#include <pthread.h>

#include "sync/chan.h"

enum style {
    STYLE_PLAIN,  /* chan_send(), chan_receive() */
    STYLE_SELECT, /* a select of that case, and of cases that are never ready */
    STYLE_POLL,   /* tries, never blocks, until it has succeeded */
    STYLE_COUNT
};

struct operation {
    struct chan *chan;
    enum chan_direction direction;
    void *value;
    enum style style;
    int64_t gives_up_after_ns; /* 0: never */

    /* out: */
    enum chan_result result;
    struct spawned *thread;
};

static inline struct operation operation_of(struct chan *chan,
                                            enum chan_direction direction, void *value,
                                            enum style style) {
    return (struct operation){
        .chan = chan, .direction = direction, .value = value, .style = style};
}

/* Does it in this thread. */
enum chan_result operation_run(struct operation *operation);
enum chan_result operate(struct chan *chan, enum chan_direction direction, void *value,
                         enum style style);

/* Does it in a thread of its own. */
void operation_start(struct operation *operation);
void operation_park(struct operation *operation);
enum chan_result operation_join(struct operation *operation);

/* A channel of values of that size, or of numbers, which there is memory for. */
struct chan *chan_of(size_t size, size_t capacity);
struct chan *ints(size_t capacity);

/* With 0, 1, 2 and so on, as many as there is room for. */
void fill(struct chan *chan);

/* A send and a receive that must not block. */
enum chan_result try_send(struct chan *chan, const void *value);
enum chan_result try_receive(struct chan *chan, void *value);

#endif
