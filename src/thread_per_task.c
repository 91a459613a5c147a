/*
 * A thread for each task, as Go code starts a goroutine for each. Nothing bounds how
 * many are alive at once, how much memory they take or how hard they press on the API,
 * and nobody tells them to stop, unless one asks for it:
 *
 *   (default)        detached threads and a wait group: the article's wg.Wait()
 *   --join           create N, join N, as C textbooks do: a thread that has ended keeps
 *                    its stack until it is joined
 *   --max-threads K  at most K alive at once. Go's idiom for a semaphore is a buffered
 *                    channel: here a thread that is about to end sends itself through
 *                    one, and it is joined before another thread takes its place.
 *                    (So every thread is joined early, and --join changes nothing.)
 *   --cancel         the context, looked at before each task (and within the call)
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "chan.h"
#include "deadlock.h"
#include "must.h"
#include "run.h"
#include "wait_group.h"

const char runner_name[] = "thread-per-task";

struct spawner {
    struct run *run;
    bool detached;
    struct wait_group running;   /* if detached */
    struct chan *ended;          /* --max-threads: carries struct task_thread * */
    struct task_thread *threads; /* one for each task, or for each of the K */
    int64_t places;              /* how many that are */
    int64_t started;
    int64_t joined;
};

struct task_thread {
    struct spawner *spawner;
    struct task task;
    pthread_t handle;
    pid_t tid; /* the kernel's number for it; set by itself */
};

/* As the thread's last act: from here on the spawner may be gone. */
static void tell_end(struct task_thread *self) {
    struct spawner *spawner = self->spawner;
    if (spawner->ended != NULL) {
        chan_send(spawner->ended, &self, DEADLINE_NEVER); /* there is room for all K */
        return;
    }
    tally_thread_ends(&spawner->run->tally);
    if (spawner->detached) {
        wait_group_done(&spawner->running);
    }
}

static void *run_one_task(void *argument) {
    struct task_thread *self = argument;
    struct client *client = &self->spawner->run->client;
    deadlock_thread_runs("task");
    self->tid = gettid();
    if (client_is_cancelled(client)) {
        client_skip(client, self->task, OUTCOME_CANCELLED);
    } else {
        client_perform(client, self->task, (int64_t)self->task.index);
    }
    tell_end(self);
    deadlock_thread_ends();
    return NULL;
}

/* Waits until one of the K threads has ended and is gone. Its struct is free then. */
static struct task_thread *join_next(struct spawner *spawner) {
    struct task_thread *ended;
    chan_receive(spawner->ended, &ended, DEADLINE_NEVER);
    run_join_thread(ended->handle, ended->tid);
    tally_thread_ends(&spawner->run->tally); /* only now: it counted while it lived */
    spawner->joined++;
    return ended;
}

/* Where the next thread is to be kept. Waits if all places are taken. */
static struct task_thread *free_place(struct spawner *spawner) {
    return spawner->started < spawner->places ? &spawner->threads[spawner->started]
                                              : join_next(spawner);
}

static int start_thread(struct spawner *spawner, struct task_thread *place,
                        struct task task) {
    *place = (struct task_thread){.spawner = spawner, .task = task};
    if (spawner->detached) {
        wait_group_add(&spawner->running, 1);
    }
    int error = run_start_thread(
        spawner->run, spawner->detached ? NULL : &place->handle, run_one_task, place);
    if (error != 0 && spawner->detached) {
        wait_group_done(&spawner->running);
    }
    spawner->started += error == 0;
    return error;
}

/* Starts a thread for every task it can. A machine that has once refused a thread is
 * not asked again: the tasks that are left are not started. */
static void start_threads(struct spawner *spawner) {
    struct run *run = spawner->run;
    struct task task = workload_first(run->workload);
    while (task.index < (uint64_t)run->workload->tasks) {
        struct task_thread *place = free_place(spawner);
        if (!run_wait_until_due(run, task)) {
            client_give_up(&run->client, task, OUTCOME_CANCELLED);
            return;
        }
        if (start_thread(spawner, place, task) != 0) {
            client_give_up(&run->client, task, OUTCOME_NOT_STARTED);
            return;
        }
        task = workload_next(run->workload, task);
    }
}

static void wait_for_threads(struct spawner *spawner) {
    if (spawner->detached) {
        wait_group_wait(&spawner->running);
    } else if (spawner->ended != NULL) {
        while (spawner->joined < spawner->started) {
            join_next(spawner);
        }
    } else {
        for (int64_t i = 0; i < spawner->started; i++) {
            must(pthread_join(spawner->threads[i].handle, NULL));
        }
    }
}

/* Fewer than K tasks need fewer than K places; nobody needs no memory at all. */
static int64_t places_of(const struct run *run) {
    int64_t most = run->config->max_threads;
    int64_t tasks = run->workload->tasks > 0 ? run->workload->tasks : 1;
    return most > 0 && most < tasks ? most : tasks;
}

int runner_run(struct run *run) {
    bool bounded = run->config->max_threads > 0;
    struct spawner spawner = {
        .run = run,
        .detached = !bounded && !run->config->join,
        .places = places_of(run),
    };
    int error = -ENOMEM;
    spawner.threads = calloc((size_t)spawner.places, sizeof spawner.threads[0]);
    spawner.ended =
        bounded ? chan_create(sizeof(struct task_thread *), (size_t)spawner.places)
                : NULL;
    if (spawner.threads == NULL || (bounded && spawner.ended == NULL)) {
        goto free_spawner;
    }
    if (bounded) {
        chan_set_name(spawner.ended, "ended threads");
    }
    wait_group_init(&spawner.running);
    start_threads(&spawner);
    process_note(&run->process); /* memory, while threads are there */
    wait_for_threads(&spawner);
    wait_group_destroy(&spawner.running);
    error = 0;

free_spawner:
    chan_free(spawner.ended);
    free(spawner.threads);
    return error;
}
