/*
 * A pool that grows and shrinks: the article's, in worker_pool.c, has all its workers
 * from the beginning to the end. Here one is started when a task comes and none is
 * idle, and ends when it has been idle for so long (--idle-time).
 *
 * Main feeds, and it alone starts and joins the workers: before it leaves a task to
 * the queue it must know that somebody will look there.
 */
#include <errno.h>
#include <stdlib.h>

#include "strategies/runner.h"
#include "sync/chan.h"
#include "sync/clock.h"

struct pool;

struct worker {
    struct thread thread; /* first, so that a pointer to it is one to us */
    struct pool *pool;
    struct task first; /* what it has been started for, ... */
    bool has_first;    /* ... if anything */
    struct worker *next_free;
};

struct pool {
    struct run *run;
    struct chan *jobs;    /* carries struct task */
    struct chan *stopped; /* closes when the pool is to stop */
    struct chan *ended;   /* carries struct worker *, for the feeder to join */
    struct worker *workers;

    /* the feeder's own: */
    int64_t worker_count; /* places that have been used */
    int64_t serving;      /* workers not known to have ended */
    int64_t most_serve;   /* fewer than asked for, if the machine refuses more */
    int error;            /* of a worker that could not be started, or 0 */
    bool deserted;        /* a task came for which nobody was there, or could be */
    struct worker *free;  /* who has ended, and can be started again */
};

/* ---- the workers ---- */

/* False when told to stop, when no more will come, or when idle for too long. */
static bool next_task(struct pool *pool, struct task *task) {
    enum { STOP, JOB };
    struct chan_case cases[] = {
        [STOP] = {.chan = pool->stopped, .direction = CHAN_RECEIVE},
        [JOB] = {.chan = pool->jobs, .direction = CHAN_RECEIVE, .value = task},
    };
    int64_t until_ns = deadline_after_ns(now_ns(), run_config(pool->run)->idle_ns);
    /* Only the chosen case has a result. */
    return chan_select(cases, 2, until_ns) == JOB && cases[JOB].result == CHAN_OK;
}

static void work(struct thread *thread) {
    struct worker *worker = (struct worker *)thread;
    struct pool *pool = worker->pool;
    struct task task = worker->first;
    for (bool has_task = worker->has_first; has_task || next_task(pool, &task);
         has_task = false) {
        /* If both cases are ready, select takes either at random. So look again, or
         * every other task in the queue would be run after the word to stop. */
        if (run_is_stopped(pool->run)) {
            run_skip(pool->run, task, OUTCOME_CANCELLED);
            break;
        }
        run_perform(pool->run, task, worker - pool->workers);
    }
    chan_send(pool->ended, &worker, DEADLINE_NEVER); /* there is room for all */
}

/* An error number, or 0. `first`: what it is to begin with; NULL: what comes. */
static int start_worker(struct pool *pool, const struct task *first) {
    struct worker *worker = pool->free;
    struct worker *next_free = worker == NULL ? NULL : worker->next_free;
    if (worker == NULL) {
        worker = &pool->workers[pool->worker_count];
    }
    *worker = (struct worker){.thread = {.body = work, .name = "worker"},
                              .pool = pool,
                              .first = first == NULL ? (struct task){0} : *first,
                              .has_first = first != NULL};
    int error = run_start_thread(pool->run, &worker->thread, false);
    if (error != 0) {
        pool->error = error;
        worker->next_free = next_free;
        pool->most_serve = pool->serving; /* the machine is not asked again */
        return error;
    }
    pool->worker_count += pool->free == NULL;
    pool->free = next_free;
    pool->serving++;
    return 0;
}

static bool has_room(const struct pool *pool) {
    return pool->serving < pool->most_serve;
}

/* One who does may leave at this moment, as it has been idle for too long. */
static bool nobody_waits(const struct pool *pool) {
    return !chan_has_waiter(pool->jobs, CHAN_RECEIVE);
}

/* This one has ended, idle or told to. It may not have seen a task that has been put
 * into the queue since, and the others may be busy for long. */
static void join_worker(struct pool *pool, struct worker *worker) {
    thread_join(&worker->thread);
    run_thread_ends(pool->run);
    worker->next_free = pool->free;
    pool->free = worker;
    pool->serving--;
    if (has_room(pool) && nobody_waits(pool) && chan_length(pool->jobs) > 0 &&
        !run_is_stopped(pool->run)) {
        start_worker(pool, NULL);
    }
}

/* Starts a worker for this task, if possible. If others are in the queue it is for the
 * first of those: tasks are begun in order. */
static bool start_for(struct pool *pool, struct task task) {
    bool is_next = chan_length(pool->jobs) == 0;
    return has_room(pool) && start_worker(pool, is_next ? &task : NULL) == 0 && is_next;
}

/* ---- the feeder ---- */

enum heard { STOP, JOB, ENDED, NOTHING = -1 };

/* What comes first: the word to stop, somebody who takes the task (if there is one to
 * take), or a worker that has ended. The feeder listens to those wherever it waits. */
static enum heard listen(struct pool *pool, struct task *task, int64_t until_ns) {
    struct worker *worker;
    struct chan_case cases[] = {
        [STOP] = {.chan = pool->stopped, .direction = CHAN_RECEIVE},
        [JOB] = {.chan = task == NULL ? NULL : pool->jobs,
                 .direction = CHAN_SEND,
                 .value = task},
        [ENDED] = {.chan = pool->ended, .direction = CHAN_RECEIVE, .value = &worker},
    };
    enum heard heard = (enum heard)chan_select(cases, 3, until_ns);
    if (heard == ENDED) {
        join_worker(pool, worker);
    }
    return heard;
}

static bool wait_until_due(struct pool *pool, struct task task) {
    while (listen(pool, NULL, run_due_ns(pool->run, task)) == ENDED) {
    }
    return run_wait_until_due(pool->run, task);
}

/* Until somebody has the task. False when told to stop, or when nobody is left. */
static bool hand_over(struct pool *pool, struct task task) {
    bool waits = run_config(pool->run)->when_full == WHEN_FULL_WAIT;
    enum heard heard = ENDED;
    while (heard == ENDED && !(nobody_waits(pool) && start_for(pool, task))) {
        if (pool->serving == 0) {
            pool->deserted = true;
            return false;
        }
        heard = listen(pool, &task, waits ? DEADLINE_NEVER : DEADLINE_NOW);
    }
    if (heard == NOTHING && !start_for(pool, task)) { /* who seemed to wait has left */
        run_turn_away(pool->run, task);
    }
    return heard != STOP;
}

static void feed(struct pool *pool) {
    struct task task = run_first_task(pool->run);
    while (run_has_task(pool->run, task) && wait_until_due(pool, task) &&
           hand_over(pool, task)) {
        task = run_next_task(pool->run, task);
    }
    run_give_up(pool->run, task, /* if any are left */
                pool->deserted ? OUTCOME_NOT_STARTED : OUTCOME_CANCELLED);
    chan_close(pool->jobs);
    run_sample_memory(pool->run); /* while all threads are there */
    struct worker *worker;
    while (pool->serving > 0) {
        chan_receive(pool->ended, &worker, DEADLINE_NEVER);
        join_worker(pool, worker);
    }
}

/* ---- the pool ---- */

/* What the workers left in the queue. The feeder put the tasks there in order, and gave
 * up the rest. So if it turned none away, that begins here and reaches to the rest, and
 * for the same reason: a stop that comes later is none. */
static void give_up_queue(struct pool *pool) {
    enum outcome outcome = !pool->deserted && run_is_stopped(pool->run)
                               ? OUTCOME_CANCELLED
                               : OUTCOME_NOT_STARTED;
    bool waits = run_config(pool->run)->when_full == WHEN_FULL_WAIT;
    struct task task;
    while (chan_receive(pool->jobs, &task, DEADLINE_NOW) == CHAN_OK) {
        if (waits) {
            run_give_up(pool->run, task, outcome);
            break;
        }
        run_skip(pool->run, task, outcome);
    }
}

static int run_tasks(struct run *run) {
    const struct runner_config *config = run_config(run);
    struct pool pool = {
        .run = run, .stopped = run_stopped(run), .most_serve = config->workers};
    int error = -ENOMEM;
    pool.workers = calloc((size_t)config->workers, sizeof pool.workers[0]);
    pool.jobs = chan_create(sizeof(struct task), (size_t)config->queue);
    pool.ended = chan_create(sizeof(struct worker *), (size_t)config->workers);
    if (pool.workers == NULL || pool.jobs == NULL || pool.ended == NULL) {
        goto free_pool;
    }
    chan_set_name(pool.jobs, "jobs");
    chan_set_name(pool.ended, "ended workers");
    feed(&pool);
    give_up_queue(&pool);
    error = pool.worker_count == 0 ? -pool.error : 0; /* or there was nothing to do */

free_pool:
    chan_free(pool.ended);
    chan_free(pool.jobs);
    free(pool.workers);
    return error;
}

static struct headcount headcount(const struct runner_config *config, int64_t tasks) {
    return (struct headcount){0, tasks < config->workers ? tasks : config->workers};
}

const struct runner the_runner = {
    .on_threads =
        {"elastic-pool",
         "Runs slow tasks on workers that come when needed and go when idle."},
    .on_fibers = {"elastic-fiber-pool",
                  "Runs slow tasks on fibers that come when needed and go when idle."},
    .options = (const struct runner_option[]){{"workers", "5", 1},
                                              {"queue", "0", 0},
                                              {"when-full", "wait", 0},
                                              {"idle-time", "1s", 0},
                                              {"cancel", "between", 0},
                                              {NULL, NULL, 0}},
    .headcount = headcount,
    .run = run_tasks,
};
