/*
 * The hand-off: one producer gives integers to the workers through a channel.
 *
 * Measures what a job costs to get from one thread to another when the workers have
 * nothing else to do. Not in it: starting and stopping the workers, and any work.
 * The select form listens to a context as well, as the article's worker does.
 *
 * When several workers wait, ours serves the newest first, and Go's the oldest: a
 * difference that costs Go the warm cache and gains it fairness (chan.h).
 */
#include "batch.h"
#include "operation.h"
#include "sync/chan.h"
#include "sync/clock.h"
#include "sync/ctx.h"
#include "sync/deadlock.h"
#include "sync/must.h"
#include "sync/thread.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct bench_pool {
    struct batch batch;
    struct chan *jobs;
    struct ctx *ctx;
    int workers; /* started */
    struct worker *worker;
};

struct worker {
    struct thread thread; /* first, so that a pointer to it is one to us */
    struct bench_pool *pool;
};

static void take(struct bench_pool *pool, int64_t job) {
    if (job == BATCH_END) {
        batch_take_end(&pool->batch);
    } else {
        batch_take(job);
    }
}

static void receive_jobs(struct thread *thread) {
    struct bench_pool *pool = ((struct worker *)thread)->pool;
    int64_t job;
    while (chan_receive(pool->jobs, &job, DEADLINE_NEVER) == CHAN_OK) {
        take(pool, job);
    }
}

static void select_jobs(struct thread *thread) {
    struct bench_pool *pool = ((struct worker *)thread)->pool;
    int64_t job;
    struct chan_case cases[] = {
        {.chan = ctx_done(pool->ctx), .direction = CHAN_RECEIVE},
        {.chan = pool->jobs, .direction = CHAN_RECEIVE, .value = &job},
    };
    while (chan_select(cases, 2, DEADLINE_NEVER) == 1 && cases[1].result == CHAN_OK) {
        take(pool, job);
    }
}

static void stop_pool(void *subject) {
    struct bench_pool *pool = subject;
    chan_close(pool->jobs);
    for (int i = 0; i < pool->workers; i++) {
        thread_join(&pool->worker[i].thread);
    }
    ctx_free(pool->ctx);
    chan_free(pool->jobs);
    batch_destroy(&pool->batch);
    free(pool->worker);
    free(pool);
}

static void *start_pool(const struct operation *operation,
                        void (*body)(struct thread *)) {
    struct thread_attributes attributes = {.guard_bytes = -1};
    struct bench_pool *pool = calloc(1, sizeof *pool);
    invariant(pool != NULL);
    must(batch_init(&pool->batch, operation->workers));
    pool->worker = calloc((size_t)operation->workers, sizeof pool->worker[0]);
    pool->jobs = chan_create(sizeof(int64_t), (size_t)operation->size);
    pool->ctx = ctx_with_cancel(ctx_background());
    invariant(pool->worker != NULL && pool->jobs != NULL && pool->ctx != NULL);
    for (int i = 0; i < operation->workers; i++) {
        struct worker *worker = &pool->worker[i];
        *worker = (struct worker){{.body = body, .name = "worker"}, pool};
        if (thread_start(&worker->thread, &attributes) != 0) {
            stop_pool(pool);
            return NULL;
        }
        pool->workers++;
    }
    return pool;
}

static void *start_receiving(const struct operation *operation) {
    return start_pool(operation, receive_jobs);
}

static void *start_selecting(const struct operation *operation) {
    return start_pool(operation, select_jobs);
}

static void send_job(struct bench_pool *pool, int64_t job) {
    invariant(chan_send(pool->jobs, &job, DEADLINE_NEVER) == CHAN_OK);
}

static int64_t hand_over(void *subject, int64_t count) {
    struct bench_pool *pool = subject;
    batch_begin(&pool->batch);
    for (int64_t job = 1; job <= count; job++) {
        send_job(pool, job);
    }
    for (int i = 0; i < pool->workers; i++) {
        send_job(pool, BATCH_END);
    }
    return batch_finish(&pool->batch, count);
}

/*
 * With and without the deadlock detector. It cannot be switched off again, so each of
 * the two runs in a child process; both, so that only the detector differs.
 */
static void *start_nothing(const struct operation *operation) {
    return (void *)operation;
}

static void stop_nothing(void *subject) {
    (void)subject;
}

static int64_t in_child(const struct operation *operation, bool watched,
                        int64_t count) {
    if (watched) {
        deadlock_watch("producer");
    }
    struct bench_pool *pool = start_receiving(operation);
    if (pool == NULL) {
        return -1;
    }
    hand_over(pool, count / 10); /* warms up */
    int64_t ns = hand_over(pool, count);
    stop_pool(pool);
    return ns;
}

static int64_t fork_and_hand_over(void *subject, bool watched, int64_t count) {
    int ends[2];
    int64_t ns = -1;
    must(pipe(ends));
    pid_t child = fork();
    if (child == 0) {
        ns = in_child(subject, watched, count);
        _exit(write(ends[1], &ns, sizeof ns) == sizeof ns ? 0 : 1);
    }
    must(close(ends[1]));
    if (child > 0) {
        /* Nothing to read if the child ended early: then ns stays -1. */
        ssize_t got = read(ends[0], &ns, sizeof ns);
        int status;
        invariant(waitpid(child, &status, 0) == child);
        ns = got == sizeof ns && status == 0 ? ns : -1;
    }
    must(close(ends[0]));
    return ns;
}

static int64_t hand_over_unwatched(void *subject, int64_t count) {
    return fork_and_hand_over(subject, false, count);
}

static int64_t hand_over_watched(void *subject, int64_t count) {
    return fork_and_hand_over(subject, true, count);
}

#define IN_CHILD(run_it, who)                                                          \
    {                                                                                  \
        .name = "hand_off/detector/workers:5/" who, .batch = HAND_OFF_BATCH,           \
        .batches = HAND_OFF_BATCHES, .workers = 5, .start = start_nothing,             \
        .run = run_it, .stop = stop_nothing                                            \
    }

#define HAND_OFF(how, many, capacity, start_workers, who)                              \
    {                                                                                  \
        .name = "hand_off/" how "/workers:" #many "/" who, .batch = HAND_OFF_BATCH,    \
        .batches = HAND_OFF_BATCHES, .workers = many, .size = capacity,                \
        .start = start_workers, .run = hand_over, .stop = stop_pool                    \
    }

const struct operation hand_off[] = {
    HAND_OFF("unbuffered", 1, 0, start_receiving, "five-cooks"),
    HAND_OFF("unbuffered", 5, 0, start_receiving, "five-cooks"),
    HAND_OFF("unbuffered", 50, 0, start_receiving, "five-cooks"),
    HAND_OFF("buffered:128", 5, 128, start_receiving, "five-cooks"),
    HAND_OFF("select", 5, 0, start_selecting, "five-cooks"),
    /* The control: the same again under another name. Any difference is noise. */
    HAND_OFF("unbuffered", 5, 0, start_receiving, "five-cooks-again"),
    IN_CHILD(hand_over_unwatched, "five-cooks"),
    IN_CHILD(hand_over_watched, "five-cooks-watched"),
    END_OF_TABLE,
};
