/*
 * Who has hung up? The kernel knows, of each connection; this tells it to those who
 * serve the connection, by closing a channel.
 *
 *   hang_ups_init(hang_ups)           0 or -errno
 *   hang_ups_watch(hang_ups, fd)      when a connection has been accepted; the channel,
 *                                     or NULL: no memory for one
 *   hang_ups_forget(hang_ups, fd)     before it is closed
 *   hang_ups_destroy(hang_ups)        when all are forgotten
 *
 * A thread of its own waits for all connections at once (epoll). What epoll says of a
 * descriptor may be old: the connection may have been closed since, and another one may
 * have its number. So the thread looks again, under the lock, before it closes a
 * channel.
 *
 * Who has said all it has to say, and ends its half alone (shutdown(2)), has not hung
 * up: it still listens for its answer. That it goes later is not noticed before that.
 */
#ifndef FIVE_COOKS_HANG_UPS_H
#define FIVE_COOKS_HANG_UPS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct chan;

struct hang_ups {
    /* set once: */
    int epoll_fd;
    int over_fd;  /* becomes readable when there is nothing left to watch */
    int ends_fd;  /* asks the kernel about other ends; -1 where that is not allowed */
    int64_t room; /* descriptors are below this */
    pthread_t watcher;

    pthread_mutex_t lock;

    /* lock must be held when using this: */
    struct caller *callers; /* by descriptor */
};

int hang_ups_init(struct hang_ups *hang_ups);
struct chan *hang_ups_watch(struct hang_ups *hang_ups, int fd);
void hang_ups_forget(struct hang_ups *hang_ups, int fd);
void hang_ups_destroy(struct hang_ups *hang_ups);

#endif
