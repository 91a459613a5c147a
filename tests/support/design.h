/*
 * For tests that are linked with a design, whichever it is: what they must know of it.
 */
#ifndef TEST_DESIGN_H
#define TEST_DESIGN_H

#include <string.h>

#include "support/plain_run.h"
#include "support/suite.h"

static inline bool is_pool(void) {
    return strcmp(the_runner.on_threads.name, "thread-per-task") != 0;
}

/* Are its threads there from the beginning to the end? */
static inline bool is_fixed_pool(void) {
    return is_pool() && strcmp(the_runner.on_threads.name, "elastic-pool") != 0;
}

/* The queue asked for, or the smallest that the design has. */
static inline int64_t fitting_queue(int64_t wanted) {
    for (const struct runner_option *option = the_runner.options; option->name != NULL;
         option++) {
        if (strcmp(option->name, "queue") == 0 && option->min > wanted) {
            return option->min;
        }
    }
    return wanted;
}

static inline struct run_config design_config(int64_t tasks) {
    struct run_config config = plain_config(tasks);
    config.runner.queue = fitting_queue(0);
    return config;
}

/* Has the design run it all: then the run can be looked at. */
static inline void design_run(struct run *run, struct run_config *config) {
    plain_run_start(run, config);
    assert_int_equal(the_runner.run(run), 0);
    plain_run_end(run);
}

#endif
