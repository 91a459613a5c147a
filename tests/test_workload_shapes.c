/* The shapes that a workload promises: of service times and of arrivals. */
#include <math.h>

#include "simulation/workload.h"
#include "support/suite.h"
#include "support/usual.h"

/* ---- service times ---- */

static void *new_sample(void) {
    void *sample = calloc(TASKS, sizeof(double));
    assert_non_null(sample);
    return sample;
}

static int by_size(const void *a, const void *b) {
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

static double uniform(double x) {
    return x < 2 ? x / 2 : 1;
}

static double exponential(double x) {
    return 1 - exp(-x);
}

static double lognormal(double x) {
    return 0.5 * erfc(-(log(x) + 0.5) / sqrt(2));
}

/* Kolmogorov and Smirnov: the greatest distance between the sample's and the promised
 * distribution function. Beyond 2.2 / sqrt(n) for one sample in 10 000. */
static void assert_distributed(double *sample, double (*promised)(double)) {
    qsort(sample, TASKS, sizeof sample[0], by_size);
    double distance = 0;
    for (int i = 0; i < TASKS; i++) {
        double share = promised(sample[i]);
        distance = fmax(distance, fabs(share - (double)i / (double)TASKS));
        distance = fmax(distance, fabs(share - (double)(i + 1) / (double)TASKS));
    }
    assert_true(distance < 2.2 / sqrt(TASKS));
}

/* `deviation` is the distribution's own, of a mean of 1: a sample's mean lies within 4
 * of it over sqrt(n), but for one sample in 10 000. */
static void assert_service_times(int distribution, double (*promised)(double),
                                 double deviation) {
    struct workload_config config = without_faults(distribution);
    double *sample = new_sample();
    double sum = 0;
    for (uint64_t i = 0; i < TASKS; i++) {
        int64_t service_ns = workload_call(&config, i, 1).service_ns;
        assert_true(service_ns >= 0);
        sample[i] = (double)service_ns / (double)config.service_ns;
        sum += sample[i];
    }
    assert_true(fabs(sum / (double)TASKS - 1) < 4 * deviation / sqrt((double)TASKS));
    assert_distributed(sample, promised);
    free(sample);
}

CLAIM(service_times_are_distributed_as_they_are_called) {
    assert_service_times(DISTRIBUTION_UNIFORM, uniform, 1 / sqrt(3));
    assert_service_times(DISTRIBUTION_EXPONENTIAL, exponential, 1);
    assert_service_times(DISTRIBUTION_LOGNORMAL, lognormal, sqrt(exp(1) - 1));
}

/* ---- arrivals ---- */

/* Each from the start, not from the one before: a third of a second added a million
 * times would be off by the rounding of each. */
CLAIM(fixed_arrivals_do_not_drift) {
    static const int64_t rates_per_s[] = {1, 3, 7, 999, 999999937, 999999999};
    struct workload_config config = usual();
    config.arrivals = ARRIVALS_FIXED;
    for (size_t r = 0; r < sizeof rates_per_s / sizeof rates_per_s[0]; r++) {
        int64_t rate_per_s = rates_per_s[r];
        config.arrivals_per_s = (double)rate_per_s;
        struct task task = workload_first(&config);
        for (int64_t i = 0; i < TASKS; i++, task = workload_next(&config, task)) {
            int64_t exact_ns = (i * NS_PER_S + rate_per_s / 2) / rate_per_s;
            assert_true(llabs(task.due_ns - exact_ns) <= 1);
        }
    }
}

CLAIM(poisson_arrivals_have_exponential_gaps) {
    struct workload_config config = usual();
    double *gaps = new_sample();
    double sum = 0;
    struct task task = workload_first(&config);
    int64_t before_ns = 0;
    for (int i = 0; i < TASKS; i++, task = workload_next(&config, task)) {
        assert_true(task.due_ns >= before_ns);
        gaps[i] = (double)(task.due_ns - before_ns) * config.arrivals_per_s / 1e9;
        sum += gaps[i];
        before_ns = task.due_ns;
    }
    assert_true(fabs(sum / (double)TASKS - 1) < 4 / sqrt((double)TASKS));
    assert_distributed(gaps, exponential);
    free(gaps);
}
