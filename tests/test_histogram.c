/* Histograms: quantiles against a sorted array that holds every value. */
#include "measure/histogram.h"
#include "support/suite.h"

static struct histogram histogram; /* 30 KB: not for a small stack */

static void start_afresh(void) {
    histogram = (struct histogram){0};
}

CLAIM(an_empty_one_has_no_quantiles) {
    start_afresh();
    assert_int_equal(histogram_quantile_ns(&histogram, 0), -1);
    assert_int_equal(histogram_quantile_ns(&histogram, 0.5), -1);
    assert_int_equal(histogram_quantile_ns(&histogram, 1), -1);
}

static void assert_exact_alone(int64_t ns) {
    start_afresh();
    histogram_add(&histogram, ns);
    assert_int_equal(histogram_quantile_ns(&histogram, 0), ns);
    assert_int_equal(histogram_quantile_ns(&histogram, 0.5), ns);
    assert_int_equal(histogram_quantile_ns(&histogram, 1), ns);
}

CLAIM(one_value_is_every_quantile_exactly) {
    assert_exact_alone(0);
    assert_exact_alone(INT64_MAX);
    for (int bit = 0; bit < 63; bit++) {
        int64_t ns = INT64_C(1) << bit;
        assert_exact_alone(ns);
        assert_exact_alone(ns - 1);
        assert_exact_alone(ns + 1);
    }
}

CLAIM(a_negative_duration_counts_as_none) {
    start_afresh();
    histogram_add(&histogram, -5);
    histogram_add(&histogram, INT64_MIN);
    assert_int_equal(histogram_quantile_ns(&histogram, 0), 0);
    assert_int_equal(histogram_quantile_ns(&histogram, 1), 0);
}

CLAIM(short_durations_are_exact_to_the_nanosecond) {
    start_afresh();
    for (int64_t ns = 0; ns < 64; ns++) {
        histogram_add(&histogram, ns);
    }
    for (int64_t rank = 1; rank <= 64; rank++) {
        double share = (double)rank / 64;
        assert_int_equal(histogram_quantile_ns(&histogram, share), rank - 1);
    }
}

CLAIM(the_mean_is_rounded_to_the_nearest_nanosecond) {
    static const int64_t values[][2] = {{0, 0}, {1, 1}, {1, 1},
                                        {0, 1}, {0, 0}, {16, 3}};
    start_afresh();
    assert_int_equal(histogram_mean_ns(&histogram), -1);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        histogram_add(&histogram, values[i][0]);
        assert_int_equal(histogram_mean_ns(&histogram), values[i][1]);
    }
}

CLAIM(the_mean_is_exact_even_where_the_sum_is_beyond_64_bits) {
    const int64_t century_ns = INT64_C(1) << 61;
    start_afresh();
    for (int i = 0; i < 1000; i++) {
        histogram_add(&histogram, century_ns);
    }
    assert_int_equal(histogram_mean_ns(&histogram), century_ns);
}

/* ---- against the oracle ---- */

static int by_length(const void *a, const void *b) {
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Spread over as many powers of two as there are, as latencies are. */
static int64_t any_duration(struct random *random) {
    return (int64_t)(random_next(random) >> (1 + random_below(random, 63)));
}

/* Never too small, and too great by a 64th at most. */
static void assert_close(int64_t found_ns, int64_t exact_ns) {
    if (found_ns < exact_ns || found_ns - exact_ns > exact_ns / 64) {
        fail_msg("%lld ns instead of %lld", (long long)found_ns, (long long)exact_ns);
    }
}

static void assert_quantiles(const int64_t *sorted, int64_t count) {
    static const int percents[] = {1, 10, 25, 50, 75, 90, 95, 99};
    for (size_t i = 0; i < sizeof percents / sizeof percents[0]; i++) {
        int64_t rank =
            (count * percents[i] + 99) / 100; /* rounded up, in whole numbers */
        assert_close(histogram_quantile_ns(&histogram, percents[i] / 100.0),
                     sorted[rank - 1]);
    }
    assert_int_equal(histogram_quantile_ns(&histogram, 0), sorted[0]);
    assert_int_equal(histogram_quantile_ns(&histogram, 1), sorted[count - 1]);
}

CLAIM(quantiles_are_within_a_64th_and_extremes_exact) {
    struct random random = chance(0);
    for (int round = 0; round < scaled(300); round++) {
        int64_t values[2000];
        int64_t count = 1 + random_below(&random, 2000);
        start_afresh();
        for (int64_t i = 0; i < count; i++) {
            values[i] = any_duration(&random);
            histogram_add(&histogram, values[i]);
        }
        qsort(values, (size_t)count, sizeof values[0], by_length);
        assert_quantiles(values, count);
    }
}

/* ---- many threads ---- */

enum { THREADS = 8 };

struct part {
    int64_t from;
    int64_t count;
};

static void *add_part(void *argument) {
    const struct part *part = argument;
    for (int64_t i = 0; i < part->count; i++) {
        histogram_add(&histogram, (part->from + i) * 1000);
    }
    return NULL;
}

CLAIM(threads_lose_no_value) {
    struct part parts[THREADS];
    int64_t each = scaled(20000);
    start_afresh();
    for (int i = 0; i < THREADS; i++) {
        parts[i] = (struct part){1 + i * each, each};
    }
    crowd_run_each(THREADS, add_part, parts, sizeof parts[0]);
    assert_int_equal(histogram.count, THREADS * each);
    assert_int_equal(histogram_quantile_ns(&histogram, 0), 1000);
    assert_int_equal(histogram_quantile_ns(&histogram, 1), THREADS * each * 1000);
    assert_close(histogram_quantile_ns(&histogram, 0.5), THREADS * each / 2 * 1000);
    assert_int_equal(histogram_mean_ns(&histogram), (THREADS * each + 1) * 1000 / 2);
    uint64_t in_slots = 0;
    for (int i = 0; i < HISTOGRAM_SLOTS; i++) {
        in_slots += histogram.slots[i];
    }
    assert_int_equal(in_slots, THREADS * each);
}
