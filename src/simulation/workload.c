#include "simulation/workload.h"

#include <math.h>

#include "clock.h"
#include "random.h"

/* Each use of chance draws from streams of its own, so that changing one option (say,
 * the arrivals) leaves everything else about every task as it was. */
enum stream { STREAM_CALL, STREAM_ARRIVAL, STREAM_COUNT };

static struct random random_for(const struct workload_config *config, uint64_t index,
                                int64_t attempt, enum stream stream) {
    uint64_t seed = (uint64_t)config->seed * STREAM_COUNT + stream;
    return random_at(random_mix(seed) + (uint64_t)attempt, index);
}

/* -ln of a share in (0, 1]: exponential with mean 1. */
static double random_exponential(struct random *random) {
    return -log(1.0 - random_share(random));
}

/* Box and Muller: standard normal. */
static double random_normal(struct random *random) {
    double radius = sqrt(2.0 * random_exponential(random));
    return radius * cos(2.0 * M_PI * random_share(random));
}

static double random_service(const struct workload_config *config,
                             struct random *random) {
    double mean_ns = (double)config->service_ns;
    switch ((enum distribution)config->distribution) {
    case DISTRIBUTION_UNIFORM:
        return 2.0 * mean_ns * random_share(random);
    case DISTRIBUTION_EXPONENTIAL:
        return mean_ns * random_exponential(random);
    case DISTRIBUTION_LOGNORMAL:
        /* A log-normal with sigma 1 has mean e^(mu + 1/2): hence the half. */
        return mean_ns * exp(random_normal(random) - 0.5);
    case DISTRIBUTION_FIXED:
        break;
    }
    return mean_ns;
}

static enum fate random_fate(const struct workload_config *config,
                             struct random *random) {
    double share = random_share(random);
    if (share < config->error_rate) {
        return FATE_ERROR;
    }
    if (share < config->error_rate + config->silent_rate) {
        return FATE_SILENT;
    }
    if (share < config->error_rate + config->silent_rate + config->hang_rate) {
        return FATE_HANG;
    }
    return FATE_OK;
}

struct call workload_call(const struct workload_config *config, uint64_t index,
                          int64_t attempt) {
    struct random random = random_for(config, index, attempt, STREAM_CALL);
    struct call call = {.fate = random_fate(config, &random)};
    call.service_ns = call.fate == FATE_HANG ? config->hang_ns
                                             : llround(random_service(config, &random));
    return call;
}

/* A thousand million tasks a thousand seconds apart end after what an int64_t holds. */
static int64_t whole_ns(double duration_s) {
    double duration_ns = duration_s * (double)NS_PER_S;
    return duration_ns < 0x1p63 ? llround(duration_ns) : INT64_MAX;
}

/* The moment one gap after `due_ns`; a gap of nothing for a batch. */
static int64_t next_due_ns(const struct workload_config *config, uint64_t index,
                           int64_t due_ns) {
    if (config->arrivals == ARRIVALS_FIXED) {
        return whole_ns((double)index / config->arrivals_per_s);
    }
    if (config->arrivals == ARRIVALS_POISSON) {
        struct random random = random_for(config, index, 0, STREAM_ARRIVAL);
        double gap_s = random_exponential(&random) / config->arrivals_per_s;
        return deadline_after_ns(due_ns, whole_ns(gap_s));
    }
    return due_ns;
}

struct task workload_first(const struct workload_config *config) {
    return (struct task){0, next_due_ns(config, 0, 0)};
}

struct task workload_next(const struct workload_config *config, struct task task) {
    task.index++;
    task.due_ns = next_due_ns(config, task.index, task.due_ns);
    return task;
}

uint64_t workload_digest(const struct workload_config *config) {
    uint64_t tasks = (uint64_t)config->tasks;
    uint64_t seen = tasks < DIGEST_TASKS_MOST ? tasks : DIGEST_TASKS_MOST;
    uint64_t digest = 0;
    for (struct task task = workload_first(config); task.index < seen;
         task = workload_next(config, task)) {
        struct call call = workload_call(config, task.index, 1);
        digest = random_mix(digest ^ task.index);
        digest = random_mix(digest ^ (uint64_t)task.due_ns);
        digest = random_mix(digest ^ (uint64_t)call.service_ns);
        digest = random_mix(digest ^ (uint64_t)call.fate);
    }
    return seen < tasks ? random_mix(digest ^ tasks) : digest;
}
