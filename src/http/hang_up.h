/*
 * A channel that closes, told to those who wait for a descriptor: a thread of its own
 * waits for the channel, and then makes the descriptor readable for ever.
 *
 *   hang_up_init(hang_up)         0 or -errno
 *   hang_up_fd(hang_up, signal)   by any thread; always with the same channel
 *   hang_up_destroy(hang_up)      when nobody uses the descriptor any more
 *
 * The thread is there only if somebody has asked for the descriptor.
 */
#ifndef FIVE_COOKS_HTTP_HANG_UP_H
#define FIVE_COOKS_HTTP_HANG_UP_H

#include <pthread.h>
#include <stdbool.h>

struct chan;

struct hang_up {
    struct chan *over; /* closes when nobody wants to know any more */
    pthread_mutex_t lock;

    /* lock must be held when using these: */
    struct chan *signal; /* NULL: nobody has asked yet */
    int fd;
    pthread_t listener;
};

int hang_up_init(struct hang_up *hang_up);
void hang_up_destroy(struct hang_up *hang_up);

/* NULL is a channel that never closes: -1. -2: there is no thread left to listen. */
int hang_up_fd(struct hang_up *hang_up, struct chan *signal);

#endif
