/* A workload with something of everything: tests change what they are about. */
#ifndef TEST_USUAL_H
#define TEST_USUAL_H

#include "simulation/workload.h"
#include "sync/clock.h"

enum { TASKS = 20000 };

static inline struct workload_config usual(void) {
    return (struct workload_config){
        .tasks = TASKS,
        .seed = 1,
        .service_ns = 10 * NS_PER_MS,
        .distribution = DISTRIBUTION_EXPONENTIAL,
        .error_rate = 0.1,
        .silent_rate = 0.05,
        .hang_rate = 0.02,
        .hang_ns = 30 * NS_PER_S,
        .arrivals = ARRIVALS_POISSON,
        .arrivals_per_s = 900,
    };
}

static inline struct workload_config without_faults(int distribution) {
    struct workload_config config = usual();
    config.error_rate = config.silent_rate = config.hang_rate = 0;
    config.distribution = distribution;
    return config;
}

#endif
