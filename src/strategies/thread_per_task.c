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
 *                    one, and it is joined before another thread takes its place. (So
 *                    --join changes nothing.)
 *   --cancel         each thread looks whether it is to stop before its task begins
 */
#include <errno.h>
#include <sys/mman.h>

#include "strategies/runner.h"
#include "sync/chan.h"
#include "sync/must.h"
#include "sync/wait_group.h"

struct spawner {
    struct run *run;
    bool detached;
    struct wait_group running;   /* if detached */
    struct chan *ended;          /* --max-threads: carries struct task_thread * */
    struct task_thread *threads; /* one for each task, or for each of the K */
    int64_t places;              /* how many those are, at least one */
    int64_t used;                /* of them, at least once */
    int64_t started;
    int64_t joined;

    pthread_mutex_t lock;
    struct task_thread *left; /* places that are free again; the lock must be held */
};

struct task_thread {
    struct thread thread; /* first, so that a pointer to it is one to us */
    struct spawner *spawner;
    struct task task;
    struct task_thread *next; /* of those that are free */
};

/* From here on the place may be another's. */
static void leave_place(struct task_thread *self) {
    struct spawner *spawner = self->spawner;
    must(pthread_mutex_lock(&spawner->lock));
    self->next = spawner->left;
    spawner->left = self;
    must(pthread_mutex_unlock(&spawner->lock));
}

/* One that has been left; NULL if there is none. */
static struct task_thread *take_place(struct spawner *spawner) {
    must(pthread_mutex_lock(&spawner->lock));
    struct task_thread *place = spawner->left;
    spawner->left = place != NULL ? place->next : NULL;
    must(pthread_mutex_unlock(&spawner->lock));
    return place;
}

/* The thread's last act: from here on the spawner may be gone. */
static void announce_end(struct task_thread *self) {
    struct spawner *spawner = self->spawner;
    if (spawner->ended != NULL) {
        chan_send(spawner->ended, &self, DEADLINE_NEVER); /* there is room for all K */
        return;
    }
    if (spawner->detached) {
        leave_place(self);
    }
    run_thread_ends(spawner->run);
    if (spawner->detached) {
        wait_group_done(&spawner->running);
    }
}

static void run_one_task(struct thread *thread) {
    struct task_thread *self = (struct task_thread *)thread;
    struct run *run = self->spawner->run;
    if (run_is_stopped(run)) {
        run_skip(run, self->task, OUTCOME_CANCELLED);
    } else {
        run_perform(run, self->task, (int64_t)self->task.index);
    }
    announce_end(self);
}

/* Waits until one of the K threads has ended and is gone. Its place is free then. NULL:
 * none has until the deadline. */
static struct task_thread *join_next(struct spawner *spawner, int64_t deadline_ns) {
    struct task_thread *ended;
    if (chan_receive(spawner->ended, &ended, deadline_ns) != CHAN_OK) {
        return NULL;
    }
    thread_join(&ended->thread);
    run_thread_ends(spawner->run); /* only now: it counted for as long as it lived */
    spawner->joined++;
    return ended;
}

/* Where the next thread can be kept: where one was that has ended, or in a place of its
 * own. Waits if all are taken. */
static struct task_thread *free_place(struct spawner *spawner) {
    struct task_thread *place =
        spawner->ended == NULL ? take_place(spawner) : join_next(spawner, DEADLINE_NOW);
    if (place != NULL) {
        return place;
    }
    return spawner->used < spawner->places ? &spawner->threads[spawner->used++]
                                           : join_next(spawner, DEADLINE_NEVER);
}

/* The same when the task is due. NULL: the run has been stopped meanwhile. */
static struct task_thread *wait_for_place(struct spawner *spawner, struct task task) {
    if (!run_wait_until_due(spawner->run, task)) {
        return NULL;
    }
    struct task_thread *place = free_place(spawner);
    return run_is_stopped(spawner->run) ? NULL : place;
}

static int start_thread(struct spawner *spawner, struct task_thread *place,
                        struct task task) {
    *place = (struct task_thread){
        .thread = {.body = run_one_task, .name = "task"},
        .spawner = spawner,
        .task = task,
    };
    if (spawner->detached) {
        wait_group_add(&spawner->running, 1);
    }
    int error = run_start_thread(spawner->run, &place->thread, spawner->detached);
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
    for (struct task task = run_first_task(run); run_has_task(run, task);
         task = run_next_task(run, task)) {
        struct task_thread *place = wait_for_place(spawner, task);
        if (place == NULL) {
            run_give_up(run, task, OUTCOME_CANCELLED);
            return;
        }
        if (start_thread(spawner, place, task) != 0) {
            run_give_up(run, task, OUTCOME_NOT_STARTED);
            return;
        }
    }
}

static void wait_for_threads(struct spawner *spawner) {
    if (spawner->detached) {
        wait_group_wait(&spawner->running);
    } else if (spawner->ended != NULL) {
        while (spawner->joined < spawner->started) {
            join_next(spawner, DEADLINE_NEVER);
        }
    } else {
        for (int64_t i = 0; i < spawner->started; i++) {
            thread_join(&spawner->threads[i].thread);
        }
    }
}

/* Fewer tasks than K need fewer places. */
static int64_t places_for(const struct runner_config *config, int64_t tasks) {
    int64_t max = config->max_threads;
    int64_t most = tasks > 0 ? tasks : 1;
    return max > 0 && max < most ? max : most;
}

/* Takes addresses, and memory only as places are used. So 10^9 tasks are not refused
 * for want of memory for as many places: so many threads are never alive at once. */
static bool reserve_places(struct spawner *spawner) {
    size_t size = sizeof spawner->threads[0];
    if ((uint64_t)spawner->places > PTRDIFF_MAX / size) {
        return false;
    }
    void *places = mmap(NULL, (size_t)spawner->places * size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    spawner->threads = places;
    return places != MAP_FAILED;
}

static int run_tasks(struct run *run) {
    bool bounded = run_config(run)->max_threads > 0;
    struct spawner spawner = {
        .run = run,
        .detached = !bounded && !run_config(run)->join,
        .places = places_for(run_config(run), run_task_count(run)),
    };
    int error = -ENOMEM;
    if (!reserve_places(&spawner)) {
        return error;
    }
    if (bounded) {
        spawner.ended =
            chan_create(sizeof(struct task_thread *), (size_t)spawner.places);
        if (spawner.ended == NULL) {
            goto release_threads;
        }
        chan_set_name(spawner.ended, "ended threads");
    }
    must(pthread_mutex_init(&spawner.lock, NULL));
    wait_group_init(&spawner.running);
    start_threads(&spawner);
    run_sample_memory(run); /* while threads are there */
    wait_for_threads(&spawner);
    wait_group_destroy(&spawner.running);
    must(pthread_mutex_destroy(&spawner.lock));
    chan_free(spawner.ended);
    error = 0;

release_threads:
    munmap(spawner.threads, (size_t)spawner.places * sizeof spawner.threads[0]);
    return error;
}

static struct headcount headcount(const struct runner_config *config, int64_t tasks) {
    return (struct headcount){0, places_for(config, tasks)};
}

const struct runner the_runner = {
    .on_threads = {"thread-per-task", "Runs slow tasks, each on a thread of its own."},
    .on_fibers = {"fiber-per-task", "Runs slow tasks, each on a fiber of its own."},
    .options = (const struct runner_option[]){{"max-threads", NULL, 1},
                                              {"join", NULL, 0},
                                              {"detach", NULL, 0},
                                              {"cancel", "none", 0},
                                              {NULL, NULL, 0}},
    .headcount = headcount,
    .run = run_tasks,
};
