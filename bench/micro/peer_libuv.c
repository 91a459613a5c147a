/*
 * libuv's thread pool (Node.js's library) as a contender: the same hand-off through
 * uv_queue_work. Its queue has no bound, so the producer never waits for a worker: it
 * does less than a channel does. In the figure: each worker also reports each job back
 * to the loop, as libuv has no other way. Not in it: the loop's own work after that.
 */
#include "batch.h"
#include "operation.h"
#include "sync/must.h"

#include <stdlib.h>
#include <uv.h>

static struct batch batch; /* of the one pool, which lives as long as the process */

struct uv_workers {
    uv_loop_t loop;
    int workers;
    uv_work_t requests[]; /* one for each job of a batch and each BATCH_END */
};

static void take(uv_work_t *request) {
    int64_t job = (intptr_t)request->data;
    if (job == BATCH_END) {
        batch_take_end(&batch);
    } else {
        batch_take(job);
    }
}

static void ignore(uv_work_t *request, int status) {
    (void)request;
    must(status);
}

static void *start(const struct operation *operation) {
    size_t requests = (size_t)(operation->batch + operation->workers);
    struct uv_workers *uv = calloc(1, sizeof *uv + requests * sizeof(uv_work_t));
    invariant(uv != NULL);
    char workers[12];
    snprintf(workers, sizeof workers, "%d", operation->workers);
    /* Read when the first request is queued, and never again. */
    must(setenv("UV_THREADPOOL_SIZE", workers, 1));
    uv->workers = operation->workers;
    must(batch_init(&batch, operation->workers));
    must(uv_loop_init(&uv->loop));
    return uv;
}

static void stop(void *subject) {
    struct uv_workers *uv = subject;
    must(uv_loop_close(&uv->loop));
    batch_destroy(&batch);
    free(uv);
}

static void push(struct uv_workers *uv, int64_t index, int64_t job) {
    uv->requests[index].data = (void *)(intptr_t)job;
    must(uv_queue_work(&uv->loop, &uv->requests[index], take, ignore));
}

static int64_t hand_over(void *subject, int64_t count) {
    struct uv_workers *uv = subject;
    batch_begin(&batch);
    for (int64_t job = 1; job <= count; job++) {
        push(uv, job - 1, job);
    }
    for (int i = 0; i < uv->workers; i++) {
        push(uv, count + i, BATCH_END);
    }
    int64_t took_ns = batch_finish(&batch, count);
    must(uv_run(&uv->loop, UV_RUN_DEFAULT));
    return took_ns;
}

const struct operation peer_libuv[] = {
    {.name = "hand_off/unbounded/workers:5/libuv",
     .workers = 5,
     .batch = HAND_OFF_BATCH,
     .batches = HAND_OFF_BATCHES,
     .start = start,
     .run = hand_over,
     .stop = stop},
    END_OF_TABLE,
};
