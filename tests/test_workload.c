/* The workload at its far ends. All else of it, task by task and to the nanosecond, is
 * restated in tests/programs/workload.py. */
#include "simulation/workload.h"
#include "support/suite.h"

/* In the time of a million: a thousand million would take a minute. */
CLAIM(the_digest_knows_the_number_of_tasks_beyond_a_million_too) {
    struct workload_config config = {.seed = 1, .service_ns = 10 * NS_PER_MS};
    uint64_t digests[6];
    const int64_t tasks[] = {
        0, 1, DIGEST_TASKS_MAX, DIGEST_TASKS_MAX + 1, 1000000000, INT64_MAX};
    for (int i = 0; i < 6; i++) {
        config.tasks = tasks[i];
        digests[i] = workload_digest(&config);
        for (int j = 0; j < i; j++) {
            assert_true(digests[i] != digests[j]);
        }
    }
}

/* Each from the start, not from the one before: a third of a second added a million
 * times would be off by the rounding of each. */
CLAIM(fixed_arrivals_do_not_drift) {
    static const int64_t rates_per_s[] = {1, 3, 7, 999, 999999937, 999999999};
    struct workload_config config = {.arrivals = ARRIVALS_FIXED};
    for (size_t r = 0; r < sizeof rates_per_s / sizeof rates_per_s[0]; r++) {
        int64_t rate_per_s = rates_per_s[r];
        config.arrivals_per_s = (double)rate_per_s;
        struct task task = workload_first(&config);
        for (int64_t i = 0; i < 20000; i++, task = workload_next(&config, task)) {
            int64_t exact_ns = (i * NS_PER_S + rate_per_s / 2) / rate_per_s;
            assert_true(llabs(task.due_ns - exact_ns) <= 1);
        }
    }
}

CLAIM(an_arrival_beyond_the_end_of_time_never_comes) {
    struct workload_config config = {.arrivals = ARRIVALS_FIXED,
                                     .arrivals_per_s = 1e-3};
    struct task last = {.index = 999999999}; /* in 32 000 years */
    assert_int_equal(workload_next(&config, last).due_ns, INT64_MAX);
}
