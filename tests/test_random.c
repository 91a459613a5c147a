/* Random numbers: decided by seed and stream alone, and evenly spread. */
#include <math.h>

#include "support/suite.h"

/* Too far from even to be chance: more than 5 standard deviations of chi-square. */
static void assert_even(const int *counts, int bins, int draws) {
    double expected = (double)draws / bins;
    double chi_square = 0;
    for (int i = 0; i < bins; i++) {
        chi_square += pow(counts[i] - expected, 2) / expected;
    }
    assert_true(chi_square <= bins - 1 + 5 * sqrt(2.0 * (bins - 1)));
}

/* The numbers that other implementations of SplitMix64 give for this state. */
CLAIM(the_generator_is_splitmix64) {
    static const uint64_t known[] = {
        UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
        UINT64_C(9817491932198370423), UINT64_C(4593380528125082431)};
    struct random random = {1234567};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_true(random_next(&random) == known[i]);
    }
}

static int by_value(const void *a, const void *b) {
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* A number that comes up twice would mean that two streams overlap: among 10^5 of 2^64
 * it happens by chance once in 4 * 10^9 times. */
CLAIM(streams_of_one_seed_and_of_its_neighbours_do_not_overlap) {
    enum { SEEDS = 10, STREAMS = 100, NUMBERS = 100 };
    static uint64_t drawn[SEEDS * STREAMS * NUMBERS];
    size_t count = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        for (uint64_t stream = 0; stream < STREAMS; stream++) {
            struct random random = random_at(seed, stream);
            for (int i = 0; i < NUMBERS; i++) {
                drawn[count++] = random_next(&random);
            }
        }
    }
    qsort(drawn, count, sizeof drawn[0], by_value);
    for (size_t i = 1; i < count; i++) {
        assert_true(drawn[i] != drawn[i - 1]);
    }
}

/* Of one stream, and the first of each: that is what a workload is made of. */
CLAIM(shares_are_even_from_0_to_below_1) {
    enum { BINS = 64, DRAWS = 64000 };
    struct random one = random_at(1, 1);
    int of_one[BINS] = {0};
    int of_each[BINS] = {0};
    for (uint64_t i = 0; i < DRAWS; i++) {
        struct random other = random_at(1, i);
        double share = random_share(&one);
        assert_true(share >= 0 && share < 1);
        of_one[(int)(share * (double)BINS)]++;
        of_each[(int)(random_share(&other) * (double)BINS)]++;
    }
    assert_even(of_one, BINS, DRAWS);
    assert_even(of_each, BINS, DRAWS);
}

CLAIM(whole_numbers_are_even_below_their_bound) {
    enum { DRAWS = 50000 };
    for (uint32_t bound = 1; bound <= 50; bound += 7) {
        struct random random = random_at(1, bound);
        int counts[50] = {0};
        for (int i = 0; i < DRAWS; i++) {
            uint32_t number = random_below(&random, bound);
            assert_true(number < bound);
            counts[number]++;
        }
        assert_even(counts, (int)bound, DRAWS);
    }
}

/* Of 2^64 states one gives a number of ones only. Rounded up it would be the share 1,
 * of which a service time has no logarithm, and a file of latencies no line. */
CLAIM(the_greatest_number_is_below_its_bound_too) {
    const struct random just_before = {UINT64_C(0x31628af67b2131ab)};
    struct random random = just_before;
    assert_true(random_next(&random) == UINT64_MAX);
    random = just_before;
    assert_true(random_share(&random) < 1.0);
    random = just_before;
    assert_int_equal(random_below(&random, 7), 6);
}
