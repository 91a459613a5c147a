/*
 * The contract between a run and its design: take every task of the workload, once, and
 * account for every one, started or not.
 *
 * A program is linked with exactly one design, which is one file in this folder and
 * says all about itself in a `struct runner`: its name, what --help tells, its options
 * and how it runs. Nothing else in the project knows which designs there are.
 *
 * A design calls run_perform() for each task it runs, at or after the moment the task
 * is due, from whatever thread it likes; run_skip() or run_give_up() for each that it
 * cannot or may not start; and run_start_thread() to create its threads.
 */
#ifndef FIVE_COOKS_RUNNER_H
#define FIVE_COOKS_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include "measure/task.h"
#include "sync/thread.h"

struct chan;
struct run;

/* What becomes of a task for which no worker is free and no room in the queue. */
enum when_full {
    WHEN_FULL_WAIT,       /* the feeder waits, and so do all tasks after it */
    WHEN_FULL_REJECT,     /* it is shed, to be in time with the others */
    WHEN_FULL_CALLER_RUNS /* the feeder runs it, and can feed no other meanwhile */
};

struct runner_config {
    int64_t workers;     /* pools: threads that serve */
    int64_t queue;       /* pools: tasks that may wait between feeder and workers */
    int when_full;       /* pools */
    int64_t idle_ns;     /* elastic pools: a worker idle for so long ends */
    int64_t max_threads; /* thread-per-task: alive at once; 0: no limit */
    bool join;           /* thread-per-task: join each instead of detaching it */
    struct thread_attributes threads;
    int64_t spawn_ns; /* virtual time that creating a thread takes */
    int64_t task_ns;  /* virtual time of the CPU that a task takes besides its calls */
};

/* An option that not every design has, or one with another default than the rest. */
struct runner_option {
    const char *name;          /* without its dashes; NULL ends the list */
    const char *default_value; /* as one would type it; NULL: not set */
    int64_t min;
};

/* A design as a program of its own. */
struct runner_face {
    const char *name;
    const char *summary; /* one sentence, for --help */
};

/* How many threads a design will have at once: `least`, whatever comes. */
struct headcount {
    int64_t least, most;
};

struct runner {
    struct runner_face on_threads;
    struct runner_face on_fibers; /* empty, if it is not made for them */
    const struct runner_option *options;
    bool serves; /* no design: the API's server, which has options and runs no tasks */

    /* Of a run of so many tasks. By main, before the run. */
    struct headcount (*headcount)(const struct runner_config *config, int64_t tasks);

    /* By main, once; returns when every thread has ended. 0 if every task is accounted
     * for. Else nothing has run: -ENOMEM, or what run_start_thread() said, negative. */
    int (*run)(struct run *run);
};

extern const struct runner the_runner; /* the one this program is linked with */

/* Which of its faces that is depends on the threads this program is linked with. */
static inline struct runner_face runner_face(const struct runner *runner) {
    return thread_is_fiber() ? runner->on_fibers : runner->on_threads;
}

const struct runner_config *run_config(const struct run *run);

/* The tasks, one after the other: pure functions, which any thread may call.
 *
 *   for (struct task task = run_first_task(run); run_has_task(run, task);
 *        task = run_next_task(run, task))
 */
struct task run_first_task(const struct run *run);
struct task run_next_task(const struct run *run, struct task task);
bool run_has_task(const struct run *run, struct task task);
int64_t run_task_count(const struct run *run);

/* The moment, by now_ns(), when the task is due. */
int64_t run_due_ns(const struct run *run, struct task task);

/* Waits until the task is due. False if the design is told to stop. Any thread. */
bool run_wait_until_due(struct run *run, struct task task);

/* Takes the task through as many calls as it needs; returns when it has its outcome. By
 * the task's thread, which first pays --task-time; `lane` says which one that is, for
 * timelines. */
void run_perform(struct run *run, struct task task, int64_t lane);

/* For a task that will not be started; and for a task and all after it, in one go. The
 * second may be called again for earlier tasks, by one thread at a time. */
void run_skip(struct run *run, struct task task, enum outcome outcome);
void run_give_up(struct run *run, struct task first, enum outcome outcome);

/* For a task that finds the queue full, as --when-full says: the pool refuses it, or
 * whoever brings it runs it, in a lane of its own after those of the workers. */
void run_turn_away(struct run *run, struct task task);

/* Is the design told to stop? And the channel that closes when it is, for a select. Who
 * may tell it, --cancel decides. Any thread. */
bool run_is_stopped(struct run *run);
struct chan *run_stopped(struct run *run);

/* Creates a thread as the options say, and accounts for the time that takes; in virtual
 * time that is --spawn-time, paid by the caller. 0 or an error number; the first time,
 * the record then tells what the reason most likely was. From one thread at a time. */
int run_start_thread(struct run *run, struct thread *thread, bool detached);

/* Each thread is counted out, by itself as the last thing it does with the run, or by
 * whoever has joined it. */
void run_thread_ends(struct run *run);

/* By any thread, while there are most threads: page tables have no high-water mark. */
void run_sample_memory(struct run *run);

#endif
