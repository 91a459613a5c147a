/*
 * One run, from the configuration to the last outcome: all that the design works on,
 * and all that is told of it afterwards.
 *
 *   run_init(run, config)   0 or -errno; starts the clock; config must outlive the run,
 *                           and its timer slack becomes what is really in force
 *   the_runner.run(run)
 *   run_finish(run)         stops the clock
 *   run_complete_samples(run)  if there are any, for whoever wants to read them
 *   run_destroy(run)
 *
 * For main, and for those who tell about the run. What a design may ask of it is in
 * runner.h.
 */
#ifndef FIVE_COOKS_RUN_H
#define FIVE_COOKS_RUN_H

#include "measure/process.h"
#include "simulation/client.h"
#include "strategies/runner.h"

/* (C keeps the names TIME_... for itself.) */
enum time_kind { RUN_CLOCK_MONOTONIC, RUN_CLOCK_VIRTUAL };

struct run_config {
    struct workload_config workload;
    struct api_config api;
    struct client_config client;
    struct runner_config runner;
    int clock;              /* an enum time_kind */
    int64_t deadline_ns;    /* of the whole run, from its start; 0: none */
    int64_t timer_slack_ns; /* of every thread's sleeps; -1: not known */
    int64_t memory_bytes;   /* address space, at most; 0: no limit of ours */
    bool sampled;           /* keep what happened to each task */
};

struct run {
    const struct runner_config *config;
    const struct workload_config *workload;
    struct client client;
    struct tally tally;
    struct api api;
    struct ctx *root; /* cancelled by Ctrl-C, which every design obeys */
    struct ctx *ctx;  /* below it: also ends at the deadline, or by --fail-fast */
    struct samples samples;
    struct process_figures process;

    /* the thread that creates threads: */
    int create_error; /* of the first thread that could not be created, or 0 */
    char limit[320];  /* why that was, most likely; or "" */
};

int run_init(struct run *run, struct run_config *config);

/* The same for a whole program, after a look at whether its control groups can hold the
 * design's threads and the samples. The kernel ends a program without a word when they
 * cannot; so it is said here, before the clock runs. -ENOMEM: not even the least. */
int run_begin(struct run *run, struct run_config *config, const struct runner *runner);
void run_finish(struct run *run);
void run_complete_samples(struct run *run); /* may take a while: the run is over */
void run_destroy(struct run *run);

#endif
