/*
 * The article's pool: a fixed number of workers, started first; a feeder that sends the
 * tasks through a channel and closes it when there are no more; workers that wait in a
 * select for the next task or for the word to stop, whichever comes first.
 *
 * The article's feeder waits when all workers are busy: nothing is lost, but tasks are
 * late. With --when-full it may refuse the task, as a pool in front of customers does,
 * or run it itself.
 */
#include <errno.h>
#include <stdlib.h>

#include "strategies/runner.h"
#include "sync/chan.h"
#include "sync/wait_group.h"

struct pool;

struct worker {
    struct thread thread; /* first, so that a pointer to it is one to us */
    struct pool *pool;
};

struct pool {
    struct run *run;
    struct chan *jobs;    /* carries struct task */
    struct chan *stopped; /* closes when the pool is to stop */
    struct wait_group working;
    struct worker feeder;
    struct worker *workers;
    int64_t worker_count; /* those that could be started */
};

static void work(struct thread *thread) {
    struct worker *worker = (struct worker *)thread;
    struct pool *pool = worker->pool;
    for (;;) {
        struct task task;
        enum { STOP, JOB };
        struct chan_case cases[] = {
            [STOP] = {.chan = pool->stopped, .direction = CHAN_RECEIVE},
            [JOB] = {.chan = pool->jobs, .direction = CHAN_RECEIVE, .value = &task},
        };
        /* Only the chosen case has a result. */
        if (chan_select(cases, 2, DEADLINE_NEVER) == STOP ||
            cases[JOB].result == CHAN_CLOSED) {
            break;
        }
        /* If both cases are ready, select takes either at random. So look again, or
         * every other task in the queue would be run after the word to stop. */
        if (run_is_stopped(pool->run)) {
            run_skip(pool->run, task, OUTCOME_CANCELLED);
            break;
        }
        run_perform(pool->run, task, worker - pool->workers);
    }
    run_thread_ends(pool->run);
    wait_group_done(&pool->working);
}

/* False when told to stop. */
static bool feed_task(struct pool *pool, struct task task) {
    if (!run_wait_until_due(pool->run, task)) {
        return false;
    }
    enum { STOP, JOB, FULL = -1 };
    struct chan_case cases[] = {
        [STOP] = {.chan = pool->stopped, .direction = CHAN_RECEIVE},
        [JOB] = {.chan = pool->jobs, .direction = CHAN_SEND, .value = &task},
    };
    bool waits = run_config(pool->run)->when_full == WHEN_FULL_WAIT;
    int chosen = chan_select(cases, 2, waits ? DEADLINE_NEVER : DEADLINE_NOW);
    if (chosen == FULL) {
        run_turn_away(pool->run, task);
    }
    return chosen != STOP;
}

static void feed(struct pool *pool) {
    struct task task = run_first_task(pool->run);
    while (run_has_task(pool->run, task) && feed_task(pool, task)) {
        task = run_next_task(pool->run, task);
    }
    run_give_up(pool->run, task, OUTCOME_CANCELLED); /* if any are left */
    chan_close(pool->jobs); /* README: close. Or the workers wait for ever. */
}

static void feed_apart(struct thread *thread) {
    struct pool *pool = ((struct worker *)thread)->pool;
    feed(pool);
    run_thread_ends(pool->run);
}

/* Starts as many workers as asked for, or as the machine allows. The error of the one
 * that could not be started, or 0. */
static int start_workers(struct pool *pool) {
    int error = 0;
    while (error == 0 && pool->worker_count < run_config(pool->run)->workers) {
        struct worker *worker = &pool->workers[pool->worker_count];
        *worker = (struct worker){{.body = work, .name = "worker"}, pool};
        wait_group_add(&pool->working, 1);
        error = run_start_thread(pool->run, &worker->thread, false);
        if (error != 0) {
            wait_group_done(&pool->working);
        }
        pool->worker_count += error == 0;
    }
    return error;
}

/* What the workers left in the queue. The feeder put the tasks there in order, and gave
 * up the rest. So if it turned none away, they begin with the first one there and reach
 * to that rest. */
static void give_up_queue(struct pool *pool) {
    struct task task;
    while (chan_receive(pool->jobs, &task, DEADLINE_NOW) == CHAN_OK) {
        if (run_config(pool->run)->when_full == WHEN_FULL_WAIT) {
            run_give_up(pool->run, task, OUTCOME_CANCELLED);
            break;
        }
        run_skip(pool->run, task, OUTCOME_CANCELLED);
    }
}

static void run_pool(struct pool *pool) {
    /* A feeder of its own, as a send waits for a worker. If the machine has no thread
     * left for it, main can feed: the workers are there, and main is free. */
    pool->feeder = (struct worker){{.body = feed_apart, .name = "feeder"}, pool};
    bool fed_apart = run_start_thread(pool->run, &pool->feeder.thread, false) == 0;
    if (!fed_apart) {
        feed(pool);
    }
    run_sample_memory(pool->run); /* while all threads are there */
    wait_group_wait(&pool->working);
    for (int64_t i = 0; i < pool->worker_count; i++) {
        thread_join(&pool->workers[i].thread);
    }
    if (fed_apart) {
        thread_join(&pool->feeder.thread);
    }
    give_up_queue(pool);
}

static int run_tasks(struct run *run) {
    const struct runner_config *config = run_config(run);
    struct pool pool = {.run = run, .stopped = run_stopped(run)};
    int error = -ENOMEM;
    pool.workers = calloc((size_t)config->workers, sizeof pool.workers[0]);
    pool.jobs = chan_create(sizeof(struct task), (size_t)config->queue);
    if (pool.workers == NULL || pool.jobs == NULL) {
        goto free_pool;
    }
    chan_set_name(pool.jobs, "jobs");
    wait_group_init(&pool.working);
    error = -start_workers(&pool);
    if (pool.worker_count > 0) {
        run_pool(&pool);
        error = 0;
    }
    wait_group_destroy(&pool.working);

free_pool:
    chan_free(pool.jobs);
    free(pool.workers);
    return error;
}

static struct headcount headcount(const struct runner_config *config, int64_t tasks) {
    (void)tasks;
    return (struct headcount){config->workers, config->workers};
}

const struct runner the_runner = {
    .on_threads = {"worker-pool",
                   "Runs slow tasks on a fixed pool of workers fed through a channel."},
    .on_fibers = {"fiber-pool",
                  "Runs slow tasks on a fixed pool of fibers fed through a channel."},
    .options = (const struct runner_option[]){{"workers", "5", 1},
                                              {"queue", "0", 0},
                                              {"when-full", "wait", 0},
                                              {"cancel", "between", 0},
                                              {NULL, NULL, 0}},
    .headcount = headcount,
    .run = run_tasks,
};
