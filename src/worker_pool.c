/*
 * The article's kitchen: a fixed number of workers, started first; a feeder that sends
 * the tasks through a channel and closes it when there are no more; workers that wait
 * in a select for the next task or for the word to stop, whichever comes first.
 */
#include <errno.h>
#include <stdlib.h>

#include "chan.h"
#include "ctx.h"
#include "deadlock.h"
#include "must.h"
#include "run.h"
#include "wait_group.h"

const char runner_name[] = "worker-pool";

struct pool {
    struct run *run;
    struct chan *jobs; /* carries struct task */
    struct chan *done; /* closed when the run is to stop */
    struct wait_group working;
};

struct worker {
    struct pool *pool;
    int64_t id;
    pthread_t thread;
};

static void *worker_main(void *argument) {
    struct worker *worker = argument;
    struct pool *pool = worker->pool;
    deadlock_thread_runs("worker");
    for (;;) {
        struct task task;
        enum { STOP, JOB };
        struct chan_case cases[] = {
            [STOP] = {.chan = pool->done, .direction = CHAN_RECEIVE},
            [JOB] = {.chan = pool->jobs, .direction = CHAN_RECEIVE, .value = &task},
        };
        int chosen = chan_select(cases, 2, DEADLINE_NEVER);
        /* A result is of the chosen case: JOB's is read only if it was not STOP. */
        if (chosen == STOP || cases[JOB].result == CHAN_CLOSED) {
            break;
        }
        /* If both are ready select takes either, at random: so look again, or
         * every other task in the queue would be cooked after the word to stop. What
         * is left in the queue then, main accounts for. */
        if (client_is_cancelled(&pool->run->client)) {
            client_skip(&pool->run->client, task, OUTCOME_CANCELLED);
            break;
        }
        client_perform(&pool->run->client, task, worker->id);
    }
    tally_thread_ends(&pool->run->tally);
    wait_group_done(&pool->working);
    deadlock_thread_ends();
    return NULL;
}

/* False when told to stop. */
static bool feed_task(struct pool *pool, struct task task) {
    if (!run_wait_until_due(pool->run, task)) {
        return false;
    }
    enum { STOP, JOB };
    struct chan_case cases[] = {
        [STOP] = {.chan = pool->done, .direction = CHAN_RECEIVE},
        [JOB] = {.chan = pool->jobs, .direction = CHAN_SEND, .value = &task},
    };
    return chan_select(cases, 2, DEADLINE_NEVER) == JOB;
}

static void feed(struct pool *pool) {
    const struct workload_config *workload = pool->run->workload;
    struct task task = workload_first(workload);
    while (task.index < (uint64_t)workload->tasks && feed_task(pool, task)) {
        task = workload_next(workload, task);
    }
    client_give_up(&pool->run->client, task, OUTCOME_CANCELLED); /* if any are left */
    chan_close(pool->jobs); /* README: close. Or the workers wait for ever. */
}

static void *feeder_main(void *argument) {
    struct pool *pool = argument;
    deadlock_thread_runs("feeder");
    feed(pool);
    tally_thread_ends(&pool->run->tally);
    deadlock_thread_ends();
    return NULL;
}

/* Starts as many workers as asked for, or as the machine allows. */
static int64_t start_workers(struct pool *pool, struct worker *workers) {
    int64_t count = 0;
    while (count < pool->run->config->workers) {
        workers[count] = (struct worker){.pool = pool, .id = count};
        wait_group_add(&pool->working, 1);
        if (run_start_thread(pool->run, &workers[count].thread, worker_main,
                             &workers[count]) != 0) {
            wait_group_done(&pool->working);
            break;
        }
        count++;
    }
    return count;
}

static void cook_everything(struct pool *pool) {
    pthread_t feeder;
    /* A feeder of its own, as a send waits for a worker. If the machine has no thread
     * left for it, main may feed: the workers are there, and main is free. */
    bool fed_apart = run_start_thread(pool->run, &feeder, feeder_main, pool) == 0;
    if (!fed_apart) {
        feed(pool);
    }
    process_note(&pool->run->process); /* memory, while all threads are there */
    wait_group_wait(&pool->working);
    if (fed_apart) {
        must(pthread_join(feeder, NULL));
    }
    /* The feeder put the tasks into the queue in order, and gave up the rest: so what
     * the workers left there begins with its first and reaches to where the rest is. */
    struct task task;
    if (chan_receive(pool->jobs, &task, DEADLINE_NOW) == CHAN_OK) {
        client_give_up(&pool->run->client, task, OUTCOME_CANCELLED);
    }
}

int runner_run(struct run *run) {
    int error = -ENOMEM;
    struct pool pool = {.run = run};
    struct worker *workers = calloc((size_t)run->config->workers, sizeof workers[0]);
    pool.jobs = chan_create(sizeof(struct task), (size_t)run->config->queue);
    if (workers == NULL || pool.jobs == NULL) {
        goto free_pool;
    }
    chan_set_name(pool.jobs, "jobs");
    /* Whom --cancel has us listen to: the run's context, or only Ctrl-C. */
    pool.done = ctx_done(run->client.heeded);
    wait_group_init(&pool.working);

    int64_t count = start_workers(&pool, workers);
    error = count == 0 ? -run->create_error : 0;
    if (count > 0) {
        cook_everything(&pool);
    }
    for (int64_t i = 0; i < count; i++) {
        must(pthread_join(workers[i].thread, NULL));
    }
    wait_group_destroy(&pool.working);

free_pool:
    chan_free(pool.jobs);
    free(workers);
    return error;
}
