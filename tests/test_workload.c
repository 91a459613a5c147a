/* The workload: a pure function of its configuration, with the shapes it promises. */
#include <math.h>

#include "simulation/workload.h"
#include "support/suite.h"
#include "support/usual.h"

static void assert_same_call(struct call one, struct call other) {
    assert_int_equal(one.fate, other.fate);
    assert_int_equal(one.service_ns, other.service_ns);
}

/* ---- purity ---- */

CLAIM(a_call_is_the_same_in_whatever_order_one_asks) {
    struct workload_config config = usual();
    static struct call calls[TASKS];
    for (uint64_t i = 0; i < TASKS; i++) {
        calls[i] = workload_call(&config, i, 1);
    }
    for (uint64_t i = TASKS; i-- > 0;) {
        assert_same_call(workload_call(&config, i, 1), calls[i]);
    }
    for (uint64_t i = 0; i < TASKS; i++) { /* a stride that visits all */
        uint64_t index = i * 7919 % TASKS;
        assert_same_call(workload_call(&config, index, 1), calls[index]);
    }
}

/* In the time of a million: a thousand million would take a minute. */
CLAIM(the_digest_knows_the_number_of_tasks_beyond_a_million_too) {
    struct workload_config config = usual();
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

/* Whatever changes a task changes the digest, one option at a time. */
CLAIM(the_digest_changes_with_every_option) {
    struct workload_config all[] = {usual(), usual(), usual(), usual(),
                                    usual(), usual(), usual(), usual(),
                                    usual(), usual(), usual(), usual()};
    enum { COUNT = sizeof all / sizeof all[0] };
    uint64_t digests[COUNT];
    all[1].tasks++;
    all[2].seed++;
    all[3].service_ns++;
    all[4].distribution = DISTRIBUTION_LOGNORMAL;
    all[5].error_rate = 0.11;
    all[6].silent_rate = 0.06;
    all[7].hang_rate = 0.03;
    all[8].hang_ns++;
    all[9].arrivals = ARRIVALS_FIXED;
    all[10].arrivals_per_s = 901;
    all[11].seed = INT64_MAX;
    for (int i = 0; i < COUNT; i++) {
        digests[i] = workload_digest(&all[i]);
        for (int j = 0; j < i; j++) {
            assert_true(digests[i] != digests[j]);
        }
    }
}

/* So that two runs that differ in one option can be compared task by task. */
CLAIM(changing_one_option_leaves_the_rest_of_a_task_alone) {
    struct workload_config faulty = usual();
    struct workload_config sound = without_faults(DISTRIBUTION_EXPONENTIAL);
    struct workload_config batch = usual();
    batch.arrivals = ARRIVALS_BATCH;
    for (uint64_t i = 0; i < TASKS; i++) {
        struct call call = workload_call(&faulty, i, 1);
        assert_same_call(workload_call(&batch, i, 1), call);
        if (call.fate != FATE_HANG) {
            assert_int_equal(workload_call(&sound, i, 1).service_ns, call.service_ns);
        }
    }
}

/* ---- fates ---- */

static void count_fates(const struct workload_config *config, int64_t attempt,
                        int counts[4]) {
    for (uint64_t i = 0; i < TASKS; i++) {
        struct call call = workload_call(config, i, attempt);
        counts[call.fate]++;
        if (call.fate == FATE_HANG) {
            assert_int_equal(call.service_ns, config->hang_ns);
        }
    }
}

/* Within 4 standard deviations of a binomial. */
static void assert_share(int count, double share) {
    double deviation = sqrt(share * (1 - share) * (double)TASKS);
    assert_true(fabs(count - share * (double)TASKS) <= 4 * deviation);
}

CLAIM(fates_come_in_the_shares_asked_for) {
    for (int64_t seed = 0; seed < 5; seed++) {
        struct workload_config config = usual();
        int counts[4] = {0};
        config.seed = seed;
        count_fates(&config, 1, counts);
        assert_share(counts[FATE_ERROR], 0.1);
        assert_share(counts[FATE_SILENT], 0.05);
        assert_share(counts[FATE_HANG], 0.02);
        assert_share(counts[FATE_OK], 0.83);
    }
}

CLAIM(shares_of_none_and_all_are_exact) {
    struct workload_config config = without_faults(DISTRIBUTION_FIXED);
    double *shares[] = {&config.error_rate, &config.silent_rate, &config.hang_rate};
    static const enum fate fates[] = {FATE_ERROR, FATE_SILENT, FATE_HANG};
    int counts[4] = {0};
    count_fates(&config, 1, counts);
    assert_int_equal(counts[FATE_OK], TASKS);
    for (int i = 0; i < 3; i++) {
        int all[4] = {0};
        *shares[i] = 1;
        count_fates(&config, 1, all);
        assert_int_equal(all[fates[i]], TASKS);
        *shares[i] = 0;
    }
    config.error_rate = config.hang_rate = 0.5; /* together all: none is ok */
    int halves[4] = {0};
    count_fates(&config, 1, halves);
    assert_int_equal(halves[FATE_ERROR] + halves[FATE_HANG], TASKS);
}

/* If the first attempt's fate decided the second's, no retry would ever help. */
CLAIM(every_attempt_draws_a_fate_of_its_own) {
    struct workload_config config = without_faults(DISTRIBUTION_FIXED);
    config.error_rate = 0.5;
    for (int64_t attempt = 1; attempt <= 5; attempt++) {
        int agreeing = 0;
        for (uint64_t i = 0; i < TASKS; i++) {
            agreeing += workload_call(&config, i, attempt).fate ==
                        workload_call(&config, i, attempt + 1).fate;
        }
        assert_share(agreeing, 0.5);
    }
}
