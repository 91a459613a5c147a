/*
 * GLib's GThreadPool as a contender: the same hand-off through g_thread_pool_push.
 * Its queue has no bound, so the producer never waits for a worker: it does less than
 * a channel does. A job is the pointer itself.
 */
#include "batch.h"
#include "operation.h"
#include "sync/must.h"

#include <glib.h>
#include <stdlib.h>

struct glib_pool {
    struct batch batch;
    GThreadPool *pool;
    int workers;
};

static void take(gpointer job, gpointer subject) {
    struct glib_pool *glib = subject;
    int64_t value = (intptr_t)job;
    if (value == BATCH_END) {
        batch_take_end(&glib->batch);
    } else {
        batch_take(value);
    }
}

static void *start(const struct operation *operation) {
    struct glib_pool *glib = calloc(1, sizeof *glib);
    invariant(glib != NULL);
    glib->workers = operation->workers;
    must(batch_init(&glib->batch, glib->workers));
    /* Exclusive: it starts its threads now and keeps them. */
    glib->pool = g_thread_pool_new(take, glib, glib->workers, TRUE, NULL);
    invariant(glib->pool != NULL);
    return glib;
}

static void stop(void *subject) {
    struct glib_pool *glib = subject;
    g_thread_pool_free(glib->pool, FALSE, TRUE);
    batch_destroy(&glib->batch);
    free(glib);
}

static void push(struct glib_pool *glib, int64_t job) {
    invariant(g_thread_pool_push(glib->pool, (gpointer)(intptr_t)job, NULL));
}

static int64_t hand_over(void *subject, int64_t count) {
    struct glib_pool *glib = subject;
    batch_begin(&glib->batch);
    for (int64_t job = 1; job <= count; job++) {
        push(glib, job);
    }
    for (int i = 0; i < glib->workers; i++) {
        push(glib, BATCH_END);
    }
    return batch_finish(&glib->batch, count);
}

const struct operation peer_glib[] = {
    {.name = "hand_off/unbounded/workers:5/glib",
     .workers = 5,
     .batch = HAND_OFF_BATCH,
     .batches = HAND_OFF_BATCHES,
     .start = start,
     .run = hand_over,
     .stop = stop},
    END_OF_TABLE,
};
