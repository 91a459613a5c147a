/*
 * The textbook's pool: a ring of tasks, a mutex that guards it, and two condition
 * variables, one for each reason to wait. What worker_pool.c gets from a channel is
 * here for all to see. It exists for kernel threads only: a fiber that waits for a
 * condition variable would stop all the others.
 *
 * Invariant, true whenever the lock is free: `length` tasks, in order, are in the ring
 * from slot `first` on.
 *
 * Who wakes whom: the feeder wakes one worker for each task it puts, a worker wakes the
 * feeder for each it takes, and whoever closes the ring wakes everybody. The textbook
 * may rely on that; glibc before 2.41 could lose one of many such signals in a very
 * rare order of events (its bug 25847). It has not been seen here. Channels do not use
 * condition variables: see park.h.
 */
#include <errno.h>
#include <stdlib.h>

#include "strategies/runner.h"
#include "sync/must.h"

struct pool;

struct worker {
    struct thread thread; /* first, so that a pointer to it is one to us */
    struct pool *pool;
};

struct pool {
    struct run *run;
    struct worker feeder;
    struct worker *workers;
    int64_t worker_count; /* those that could be started */

    pthread_mutex_t lock;
    pthread_cond_t not_empty; /* or closed: workers wait for it */
    pthread_cond_t not_full;  /* or closed: the feeder waits for it */

    /* lock must be held when using these: */
    struct task *ring;
    int64_t capacity;
    int64_t first;
    int64_t length;
    bool closed; /* no task will come any more, or none is wanted */
};

/* False if the ring is closed. */
static bool put(struct pool *pool, struct task task) {
    must(pthread_mutex_lock(&pool->lock));
    while (pool->length == pool->capacity && !pool->closed) {
        must(pthread_cond_wait(&pool->not_full, &pool->lock));
    }
    bool open = !pool->closed;
    if (open) {
        pool->ring[(pool->first + pool->length) % pool->capacity] = task;
        pool->length++;
        must(pthread_cond_signal(&pool->not_empty));
    }
    must(pthread_mutex_unlock(&pool->lock));
    return open;
}

/* False if the ring is closed and empty. */
static bool take(struct pool *pool, struct task *task) {
    must(pthread_mutex_lock(&pool->lock));
    while (pool->length == 0 && !pool->closed) {
        must(pthread_cond_wait(&pool->not_empty, &pool->lock));
    }
    bool taken = pool->length > 0;
    if (taken) {
        *task = pool->ring[pool->first];
        pool->first = (pool->first + 1) % pool->capacity;
        pool->length--;
        must(pthread_cond_signal(&pool->not_full));
    }
    must(pthread_mutex_unlock(&pool->lock));
    return taken;
}

static void close_ring(struct pool *pool) {
    must(pthread_mutex_lock(&pool->lock));
    pool->closed = true;
    must(pthread_cond_broadcast(&pool->not_empty));
    must(pthread_cond_broadcast(&pool->not_full));
    must(pthread_mutex_unlock(&pool->lock));
}

static void work(struct thread *thread) {
    struct worker *worker = (struct worker *)thread;
    struct pool *pool = worker->pool;
    struct task task;
    while (take(pool, &task)) {
        if (run_is_stopped(pool->run)) {
            run_skip(pool->run, task, OUTCOME_CANCELLED);
            /* The feeder may have looked just before the word to stop, and wait for
             * room that no worker makes any more. */
            close_ring(pool);
            break;
        }
        run_perform(pool->run, task, worker - pool->workers);
    }
    run_thread_ends(pool->run);
}

static void feed(struct pool *pool) {
    struct task task = run_first_task(pool->run);
    while (run_has_task(pool->run, task) && run_wait_until_due(pool->run, task) &&
           put(pool, task)) {
        task = run_next_task(pool->run, task);
    }
    run_give_up(pool->run, task, OUTCOME_CANCELLED); /* if any are left */
    close_ring(pool);
}

static void feed_apart(struct thread *thread) {
    struct pool *pool = ((struct worker *)thread)->pool;
    feed(pool);
    run_thread_ends(pool->run);
}

static int start_workers(struct pool *pool) {
    int error = 0;
    while (error == 0 && pool->worker_count < run_config(pool->run)->workers) {
        struct worker *worker = &pool->workers[pool->worker_count];
        *worker = (struct worker){{.body = work, .name = "worker"}, pool};
        error = run_start_thread(pool->run, &worker->thread, false);
        pool->worker_count += error == 0;
    }
    return error;
}

static void run_pool(struct pool *pool) {
    pool->feeder = (struct worker){{.body = feed_apart, .name = "feeder"}, pool};
    bool fed_apart = run_start_thread(pool->run, &pool->feeder.thread, false) == 0;
    if (!fed_apart) { /* no thread left for it: main is free, and can feed */
        feed(pool);
    }
    run_sample_memory(pool->run);
    for (int64_t i = 0; i < pool->worker_count; i++) {
        thread_join(&pool->workers[i].thread);
    }
    if (fed_apart) {
        thread_join(&pool->feeder.thread);
    }
    if (pool->length > 0) { /* in order, and followed by what the feeder gave up */
        run_give_up(pool->run, pool->ring[pool->first], OUTCOME_CANCELLED);
    }
}

static int run_tasks(struct run *run) {
    struct pool pool = {.run = run, .capacity = run_config(run)->queue};
    int error = -ENOMEM;
    pool.ring = calloc((size_t)pool.capacity, sizeof pool.ring[0]);
    pool.workers = calloc((size_t)run_config(run)->workers, sizeof pool.workers[0]);
    if (pool.ring == NULL || pool.workers == NULL) {
        goto free_pool;
    }
    must(pthread_mutex_init(&pool.lock, NULL));
    must(pthread_cond_init(&pool.not_empty, NULL));
    must(pthread_cond_init(&pool.not_full, NULL));
    error = -start_workers(&pool);
    if (pool.worker_count > 0) {
        run_pool(&pool);
        error = 0;
    }
    must(pthread_cond_destroy(&pool.not_full));
    must(pthread_cond_destroy(&pool.not_empty));
    must(pthread_mutex_destroy(&pool.lock));

free_pool:
    free(pool.workers);
    free(pool.ring);
    return error;
}

static struct headcount headcount(const struct runner_config *config, int64_t tasks) {
    (void)tasks;
    return (struct headcount){config->workers, config->workers};
}

const struct runner the_runner = {
    .on_threads = {"mutex-pool",
                   "Runs slow tasks on a pool of workers fed by a mutex and a ring."},
    .options = (const struct runner_option[]){{"workers", "5", 1},
                                              {"queue", "1", 1},
                                              {"cancel", "between", 0},
                                              {NULL, NULL, 0}},
    .headcount = headcount,
    .run = run_tasks,
};
