/*
 * APR's thread pool (Apache's library) as a contender: the same hand-off through
 * apr_thread_pool_push. Its queue has no bound, so the producer never waits for a
 * worker: it does less than a channel does. A job is the parameter itself.
 */
#include "batch.h"
#include "operation.h"
#include "sync/must.h"

#include <apr_general.h>
#include <apr_thread_pool.h>
#include <stdlib.h>

static struct batch batch; /* of the one pool that exists at a time */

struct apr_workers {
    apr_pool_t *memory;
    apr_thread_pool_t *pool;
    int workers;
};

static void *APR_THREAD_FUNC take(apr_thread_t *thread, void *job) {
    (void)thread;
    batch_take((intptr_t)job);
    return NULL;
}

static void *APR_THREAD_FUNC take_end(apr_thread_t *thread, void *argument) {
    (void)thread;
    (void)argument;
    batch_take_end(&batch);
    return NULL;
}

static void *start(const struct operation *operation) {
    struct apr_workers *apr = calloc(1, sizeof *apr);
    invariant(apr != NULL);
    apr->workers = operation->workers;
    apr_size_t threads = (apr_size_t)operation->workers;
    must(batch_init(&batch, operation->workers));
    must(apr_initialize());
    must(apr_pool_create(&apr->memory, NULL));
    must(apr_thread_pool_create(&apr->pool, threads, threads, apr->memory));
    return apr;
}

static void stop(void *subject) {
    struct apr_workers *apr = subject;
    must(apr_thread_pool_destroy(apr->pool));
    apr_pool_destroy(apr->memory);
    apr_terminate();
    batch_destroy(&batch);
    free(apr);
}

static void push(struct apr_workers *apr, apr_thread_start_t function, int64_t job) {
    must(apr_thread_pool_push(apr->pool, function, (void *)(intptr_t)job,
                              APR_THREAD_TASK_PRIORITY_NORMAL, NULL));
}

static int64_t hand_over(void *subject, int64_t count) {
    struct apr_workers *apr = subject;
    batch_begin(&batch);
    for (int64_t job = 1; job <= count; job++) {
        push(apr, take, job);
    }
    for (int i = 0; i < apr->workers; i++) {
        push(apr, take_end, BATCH_END);
    }
    return batch_finish(&batch, count);
}

const struct operation peer_apr[] = {
    {.name = "hand_off/unbounded/workers:5/apr",
     .workers = 5,
     .batch = HAND_OFF_BATCH,
     .batches = HAND_OFF_BATCHES,
     .start = start,
     .run = hand_over,
     .stop = stop},
    END_OF_TABLE,
};
