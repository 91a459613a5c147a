#include "simulation/workload.h"

#include <math.h>

#include "sync/clock.h"
#include "sync/random.h"

/* Each use of chance draws from streams of its own. So changing one option (say, the
 * arrivals) leaves everything else about every task as it was. */
enum stream { STREAM_CALL, STREAM_ARRIVAL, STREAM_COUNT };

static struct random random_for(const struct workload_config *config, uint64_t index,
                                int64_t attempt, enum stream stream) {
    uint64_t seed = (uint64_t)config->seed * STREAM_COUNT + stream;
    return random_at(random_mix(seed) + (uint64_t)attempt, index);
}

/*
 * A logarithm, an exponential and a cosine of our own. Those of the C library may be
 * wrong in the last bit, and in which way depends on the library and even on the
 * processor. One service time of 10 ms in some 10^9, and one of 1000 s in 20 000, would
 * come out a nanosecond longer on another machine or in another language, and with it
 * the digest. Here are only + - * / and sqrt, which IEEE 754 defines to the last bit.
 *
 * Each step of a sum divides just before it adds, so that no compiler can merge a
 * product and a sum into one operation (FMA), which would be rounded only once.
 */
#define LOG2_E 0x1.71547652b82fep0

/* x > 0. Halves or doubles x into [1/sqrt 2, sqrt 2), then ln m = 2 artanh s. */
static double portable_log(double x) {
    int doublings;
    double m = frexp(x, &doublings);
    if (m < M_SQRT1_2) {
        m *= 2.0;
        doublings--;
    }
    double s = (m - 1.0) / (m + 1.0);
    double sum = 1.0;
    for (int k = 11; k > 0; k--) {
        sum = 1.0 + sum * (s * s) * (2 * k - 1) / (2 * k + 1);
    }
    return doublings / LOG2_E + (m - 1.0) * sum / ((m + 1.0) / 2.0);
}

static double portable_exp(double x) {
    double doublings = round(x * LOG2_E);
    double rest = x - doublings / LOG2_E; /* at most ln 2 / 2 */
    double sum = 1.0;
    for (int k = 14; k > 0; k--) {
        sum = 1.0 + sum * rest / k;
    }
    return ldexp(sum, (int)doublings);
}

/* The cosine of 2 pi `turn`, for a turn in [0, 1): a sine within a quarter turn. */
static double portable_cos_turn(double turn) {
    double quarter = 0.25 - (turn < 0.5 ? turn : 1.0 - turn);
    double x = 2.0 * M_PI * quarter;
    double sum = 1.0;
    for (int k = 11; k > 0; k--) {
        sum = 1.0 - sum * (x * x) / (2 * k * (2 * k + 1));
    }
    return x * sum;
}

/* -ln of a share in (0, 1]: exponential with mean 1. */
static double random_exponential(struct random *random) {
    return -portable_log(1.0 - random_share(random));
}

/* Box and Muller: standard normal. */
static double random_normal(struct random *random) {
    double radius = sqrt(2.0 * random_exponential(random));
    return radius * portable_cos_turn(random_share(random));
}

/* The standard normal's 99 % quantile: what lies between p50 and p99 is so many sigma.
 */
#define Z_99 2.3263478740408408

static double sigma_of(const struct workload_config *config) {
    return portable_log((double)config->p99_ns / (double)config->p50_ns) / Z_99;
}

/* ln of a log-normal is normal. One with sigma 1 has mean e^(mu + 1/2): hence the half.
 */
static double random_lognormal(const struct workload_config *config,
                               struct random *random) {
    if (config->p50_ns == 0) {
        return (double)config->service_ns * portable_exp(random_normal(random) - 0.5);
    }
    double stretch = portable_exp(sigma_of(config) * random_normal(random));
    return (double)config->p50_ns * stretch;
}

static double random_recorded(const struct recorded *recorded, struct random *random) {
    return (double)
        recorded->ns[(int64_t)(random_share(random) * (double)recorded->count)];
}

/* The far end of a tail; it must fit into an int64_t. */
#define LONGEST_NS (1e3 * (double)SERVICE_MAX_NS)

static double random_service(const struct workload_config *config,
                             struct random *random) {
    double mean_ns = (double)config->service_ns;
    switch ((enum distribution)config->distribution) {
    case DISTRIBUTION_UNIFORM:
        return 2.0 * mean_ns * random_share(random);
    case DISTRIBUTION_EXPONENTIAL:
        return mean_ns * random_exponential(random);
    case DISTRIBUTION_LOGNORMAL:
        return random_lognormal(config, random);
    case DISTRIBUTION_FILE:
        return random_recorded(&config->recorded, random);
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
    struct call call = {
        .fate = random_fate(config, &random), .index = index, .attempt = attempt};
    if (call.fate == FATE_HANG) {
        call.service_ns = config->hang_ns;
    } else {
        call.service_ns = llround(fmin(random_service(config, &random), LONGEST_NS));
    }
    return call;
}

static double recorded_mean_ns(const struct recorded *recorded) {
    double mean_ns = 0;
    for (int64_t i = 0; i < recorded->count; i++) {
        mean_ns += ((double)recorded->ns[i] - mean_ns) / (double)(i + 1);
    }
    return mean_ns;
}

int64_t workload_mean_ns(const struct workload_config *config) {
    if (config->distribution == DISTRIBUTION_FILE) {
        return llround(recorded_mean_ns(&config->recorded));
    }
    if (config->distribution == DISTRIBUTION_LOGNORMAL && config->p50_ns > 0) {
        double sigma = sigma_of(config);
        double mean_ns = (double)config->p50_ns * portable_exp(sigma * sigma / 2.0);
        return llround(fmin(mean_ns, LONGEST_NS));
    }
    return config->service_ns;
}

/* 10^9 tasks 1000 s apart would end beyond the range of an int64_t. */
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
    uint64_t seen = tasks < DIGEST_TASKS_MAX ? tasks : DIGEST_TASKS_MAX;
    uint64_t digest = 0;
    for (struct task task = workload_first(config); task.index < seen;
         task = workload_next(config, task)) {
        struct call call = workload_call(config, task.index, 1);
        digest = random_mix(digest ^ task.index);
        digest = random_mix(digest ^ (uint64_t)task.due_ns);
        digest = random_mix(digest ^ (uint64_t)call.service_ns);
        digest = random_mix(digest ^ (uint64_t)call.fate);
    }
    digest = seen < tasks ? random_mix(digest ^ tasks) : digest;
    for (int64_t i = 0; i < config->recorded.count; i++) {
        digest = random_mix(digest ^ (uint64_t)config->recorded.ns[i]);
    }
    return digest;
}
