/*
 * HTTP over real sockets: one GET at a time for each thread, by libcurl.
 *
 *   http_load()           by main, before any thread; NULL, or why it cannot be done
 *   http_init(http)       before the threads; 0 or -errno
 *   http_get(http, ...)   by any thread; blocks until the answer, or until it gives up
 *   http_destroy(http)    waits until no thread has a connection any more
 *
 * A thread has a handle of its own from its first GET until it ends. With the handle it
 * keeps its connection: so a pool opens as many as it has workers, however many tasks
 * there are, and a thread for each task opens one for each.
 *
 * libcurl and all that it needs are loaded at run time, by those who call http_load():
 * they take megabytes, which would otherwise be part of every figure of every program.
 */
#ifndef FIVE_COOKS_HTTP_GET_H
#define FIVE_COOKS_HTTP_GET_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "measure/gauge.h"

enum http_end {
    HTTP_ANSWERED, /* with whatever status */
    HTTP_BROKEN,   /* no whole answer came: `broken` says why */
    HTTP_TOO_LATE, /* the caller gave up at give_up_ns */
    HTTP_HUNG_UP   /* the descriptor hang_up_fd became readable */
};

enum http_broken {
    BROKEN_REFUSED,     /* nobody listens there */
    BROKEN_RESET,       /* closed from the other end before the answer was whole */
    BROKEN_DESCRIPTORS, /* this process may not open one more (ulimit -n) */
    BROKEN_PORTS,       /* this machine has no port left for one more connection */
    BROKEN_RUBBISH,     /* what came was not HTTP */
    BROKEN_OTHERWISE,
    BROKEN_COUNT
};

enum { HTTP_BODY = 64 };

struct http_answer {
    long status;
    enum http_broken broken;
    size_t length;        /* of the whole body */
    char body[HTTP_BODY]; /* its beginning, ended by a zero byte */
};

struct http {
    pthread_key_t key;        /* of each thread's handle */
    struct gauge connected;   /* sockets that are open */
    struct gauge descriptors; /* its peak: the most descriptors this process had */
    _Atomic int64_t opened;   /* sockets, ever */

    pthread_mutex_t lock;
    pthread_cond_t none_left;

    /* lock must be held when using this: */
    int64_t handles;
};

const char *http_load(void);

int http_init(struct http *http);
void http_destroy(struct http *http);

/* The caller stops waiting at the moment give_up_ns, and as soon as there is something
 * to read from hang_up_fd, unless that is -1. Either closes the connection. */
enum http_end http_get(struct http *http, const char *url, int64_t give_up_ns,
                       int hang_up_fd, struct http_answer *answer);

#endif
