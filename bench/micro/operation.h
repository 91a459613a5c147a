/*
 * An operation whose cost is measured: one line of the micro benchmarks.
 *
 * Each file here exports a table of operations under its own name; meson.build lists
 * the files, and main.cc measures every line of every table in the same way:
 *
 *   start(operation)         makes the threads and channels; not in the figure
 *   run(subject, count)      does it `count` times and returns the nanoseconds it took
 *   stop(subject)            takes down what start made; not in the figure
 *
 * run reads the clock itself (now_ns), because only it knows where preparation ends
 * and the operation begins. It returns -1 when the machine refused (no thread, no
 * memory); a wrong result, such as a job lost, is a bug and ends the program.
 */
#ifndef FIVE_COOKS_OPERATION_H
#define FIVE_COOKS_OPERATION_H

#include <stddef.h>
#include <stdint.h>

struct operation {
    const char *name; /* what/how/who, such as hand_off/unbuffered/workers:5/go */
    int64_t batch;    /* operations in one call of run */
    int64_t batches;  /* calls of run in one repetition; one more warms up first */

    /* what start needs to know; 0 where it means nothing: */
    int workers;
    int64_t size; /* channel capacity, stack bytes, children or sleep in ns */
    struct {
        const char *program; /* that does it, see peer_process.h */
        const char *name;    /* by which it knows the operation */
    } peer;

    void *(*start)(const struct operation *operation); /* NULL: it could not */
    int64_t (*run)(void *subject, int64_t count);
    void (*stop)(void *subject);
};

/* Every hand-off is measured on the same number of jobs, whoever hands them over. */
#define HAND_OFF_BATCH   20000
#define HAND_OFF_BATCHES 5

#define END_OF_TABLE                                                                   \
    { .name = NULL }

#endif
