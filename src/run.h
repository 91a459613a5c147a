/*
 * One run, from the configuration to the last outcome: sets the kitchen up, lets the
 * strategy cook, and clears away.
 *
 *   run_init(run, config)   0 or -errno; starts the clock; config must outlive the run,
 *                           and its timer slack becomes what is really in force
 *   runner_run(run)
 *   run_finish(run)      stops the clock
 *   run_destroy(run)
 */
#ifndef FIVE_COOKS_RUN_H
#define FIVE_COOKS_RUN_H

#include "runner.h"

struct run_config {
    struct workload_config workload;
    struct api_config api;
    struct client_config client;
    struct runner_config runner;
    int64_t deadline_ns;    /* of the whole run, from its start; 0: none */
    int64_t timer_slack_ns; /* of every thread's sleeps */
    int64_t memory_bytes;   /* most address space; 0: no limit of ours */
    bool sampled;           /* keep what happened to each task */
};

int run_init(struct run *run, struct run_config *config);
void run_finish(struct run *run);
void run_destroy(struct run *run);

/* For the strategies, from one thread at a time: creates a thread with the run's
 * attributes and accounts for the time it takes. 0 or an error number, as from
 * pthread_create(); the first time, run->limit then says what the reason most likely
 * was. A NULL `thread` is created detached. The detector is told; the thread calls
 * deadlock_thread_runs() and _ends() itself. */
int run_start_thread(struct run *run, pthread_t *thread, void *(*body)(void *),
                     void *argument);

/* Joins a thread, and returns only when the kernel has stopped counting it, too: then
 * another can take its place under every limit. `tid` is its gettid(). */
void run_join_thread(pthread_t thread, pid_t tid);

/* Waits until the task is due. False if the design is told to stop. Any thread. */
bool run_wait_until_due(struct run *run, struct task task);

#endif
