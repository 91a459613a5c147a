/*
 * A thread for each task: create N, join N. Nothing bounds how many are alive at once,
 * how much memory they take or how hard they press on the API, and nobody tells them to
 * stop; unless one asks for it:
 *
 *   --detach         detached threads and a wait group instead of joining
 *   --max-threads    a semaphore: no more than so many alive at once
 *   --cancel         the context, looked at before each task (and within the call)
 */
#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>

#include "deadlock.h"
#include "must.h"
#include "run.h"
#include "wait_group.h"

const char runner_name[] = "thread-per-task";

struct kitchen {
    struct run *run;
    sem_t places;               /* only with --max-threads */
    struct wait_group all_done; /* only with --detach */
};

struct cook {
    struct kitchen *kitchen;
    struct task task;
    pthread_t thread;
};

static void *cook_one_task(void *argument) {
    struct cook *cook = argument;
    struct kitchen *kitchen = cook->kitchen;
    struct run *run = kitchen->run;
    deadlock_thread_runs("cook");
    if (client_is_cancelled(&run->client)) {
        client_skip(&run->client, cook->task, OUTCOME_CANCELLED);
    } else {
        client_perform(&run->client, cook->task, (int64_t)cook->task.index);
    }
    tally_thread_ends(&run->tally);
    if (run->config->max_threads > 0) {
        must(sem_post(&kitchen->places));
    }
    if (run->config->detach) {
        wait_group_done(&kitchen->all_done); /* from here on the kitchen may be gone */
    }
    deadlock_thread_ends();
    return NULL;
}

static void wait_for_place(struct kitchen *kitchen) {
    if (kitchen->run->config->max_threads > 0) {
        while (sem_wait(&kitchen->places) != 0) {
            must(errno == EINTR ? 0 : errno);
        }
    }
}

static int start_cook(struct kitchen *kitchen, struct cook *cook, struct task task) {
    bool detach = kitchen->run->config->detach;
    *cook = (struct cook){.kitchen = kitchen, .task = task};
    if (detach) {
        wait_group_add(&kitchen->all_done, 1);
    }
    int error = run_start_thread(kitchen->run, detach ? NULL : &cook->thread,
                                 cook_one_task, cook);
    if (error != 0 && detach) {
        wait_group_done(&kitchen->all_done);
    }
    return error;
}

/* Gives up the task and all after it. */
static void skip_from(struct run *run, struct task task, enum outcome outcome) {
    while (task.index < (uint64_t)run->workload->tasks) {
        client_skip(&run->client, task, outcome);
        task = workload_next(run->workload, task);
    }
}

/* Starts a cook for every task it can, and says how many that were. A machine that has
 * once refused a thread is not asked again: the tasks that are left are not started. */
static uint64_t start_cooks(struct kitchen *kitchen, struct cook *cooks) {
    struct run *run = kitchen->run;
    struct task task = workload_first(run->workload);
    while (task.index < (uint64_t)run->workload->tasks) {
        wait_for_place(kitchen);
        if (!run_wait_until_due(run, task)) {
            skip_from(run, task, OUTCOME_CANCELLED);
            break;
        }
        if (start_cook(kitchen, &cooks[task.index], task) != 0) {
            skip_from(run, task, OUTCOME_NOT_STARTED);
            break;
        }
        task = workload_next(run->workload, task);
    }
    return task.index;
}

static void wait_for_cooks(struct kitchen *kitchen, struct cook *cooks,
                           uint64_t count) {
    if (kitchen->run->config->detach) {
        wait_group_wait(&kitchen->all_done);
        return;
    }
    for (uint64_t i = 0; i < count; i++) {
        must(pthread_join(cooks[i].thread, NULL));
    }
}

int runner_run(struct run *run) {
    struct kitchen kitchen = {.run = run};
    size_t tasks = (size_t)run->workload->tasks;
    struct cook *cooks = calloc(tasks > 0 ? tasks : 1, sizeof cooks[0]);
    if (cooks == NULL) {
        return -ENOMEM;
    }
    must(sem_init(&kitchen.places, 0, (unsigned)run->config->max_threads));
    wait_group_init(&kitchen.all_done);
    if (run->config->detach) {
        must(pthread_attr_setdetachstate(&run->thread_attributes,
                                         PTHREAD_CREATE_DETACHED));
    }
    uint64_t started = start_cooks(&kitchen, cooks);
    process_note(&run->process);
    wait_for_cooks(&kitchen, cooks, started);
    wait_group_destroy(&kitchen.all_done);
    must(sem_destroy(&kitchen.places));
    free(cooks);
    return 0;
}
