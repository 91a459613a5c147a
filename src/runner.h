/*
 * The contract that each strategy fulfils: take every task of the workload, once, and
 * account for every one, started or not. A program is linked with exactly one strategy;
 * nothing else differs between thread-per-task and worker-pool.
 *
 *   runner_run(run)   by main, once; returns when every thread has ended
 *
 * A strategy calls client_perform() for each task it runs, at or after the task is due,
 * from whatever thread it likes; client_skip() for each it cannot or may not start;
 * run_start_thread() to create threads; and tally_thread_ends() in each, last.
 */
#ifndef FIVE_COOKS_RUNNER_H
#define FIVE_COOKS_RUNNER_H

#include <pthread.h>
#include <stdbool.h>

#include "measure/process.h"
#include "simulation/client.h"

struct runner_config {
    int64_t workers;     /* worker-pool: threads that serve */
    int64_t queue;       /* worker-pool: the channel's capacity, 0 = unbuffered */
    int64_t max_threads; /* thread-per-task: alive at once; 0: no limit */
    bool join;           /* thread-per-task: join each instead of detaching it */
    int64_t stack_bytes; /* of each thread; 0: the system's default */
    int64_t guard_bytes; /* -1: the system's default */
};

struct run {
    const struct runner_config *config;
    const struct workload_config *workload;
    struct client client;
    struct tally tally;
    struct api api;
    struct ctx *root; /* cancelled by Ctrl-C, which everybody listens to */
    struct ctx *ctx;  /* below it: the deadline and --fail-fast, too */
    struct samples samples;
    struct process_figures process;   /* noted when all threads are there */
    pthread_attr_t thread_attributes; /* as the config says */
    int create_error; /* of the first thread that could not be created, or 0 */
    char limit[320];  /* why, most likely; or "" */
};

/* "thread-per-task" or "worker-pool" */
extern const char runner_name[];

/* 0, if every task is accounted for. Else nothing has run: -ENOMEM, or, from the pool,
 * -create_error if not even one worker could be created. */
int runner_run(struct run *run);

#endif
