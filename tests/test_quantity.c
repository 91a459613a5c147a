/* Quantities as people write them, and nothing else. */

#include "program/quantity.h"
#include "support/suite.h"

struct whole {
    const char *text;
    int64_t value;
};

static void assert_parses(bool (*parse)(const char *, int64_t *),
                          const struct whole *rows) {
    for (; rows->text != NULL; rows++) {
        int64_t value = -1;
        if (!parse(rows->text, &value) || value != rows->value) {
            fail_msg("'%s' gives %lld", rows->text, (long long)value);
        }
    }
}

static void assert_refuses(bool (*parse)(const char *, int64_t *),
                           const char *const *texts) {
    for (; *texts != NULL; texts++) {
        int64_t value;
        if (parse(*texts, &value)) {
            fail_msg("'%s' is taken for %lld", *texts, (long long)value);
        }
    }
}

#define ASSERT_PARSES(parse, ...)                                                      \
    assert_parses(parse, (const struct whole[]){__VA_ARGS__, {NULL, 0}})
#define ASSERT_REFUSES(parse, ...)                                                     \
    assert_refuses(parse, (const char *const[]){__VA_ARGS__, NULL})

/* What no quantity may look like. */
static const char *const rubbish[] = {
    "",      " ",    "abc",  "-1",  "+1",    " 5", "5 ",   "\t5",
    "5\n",   "0x10", "1,5",  ".",   ".5",    "5.", "1e3",  "1E3",
    "inf",   "nan",  "--",   "%",   "/s",    "ns", "1..2", "1.2.3",
    "0x1p3", "١",    "5ns5", "5%%", "5/s/s", "-0", "5s5",  NULL};

CLAIM(rubbish_is_refused) {
    assert_refuses(quantity_parse_count, rubbish);
    assert_refuses(quantity_parse_duration, rubbish);
    assert_refuses(quantity_parse_size, rubbish);
    for (int i = 0; rubbish[i] != NULL; i++) {
        double value;
        assert_false(quantity_parse_rate(rubbish[i], &value));
        assert_false(quantity_parse_share(rubbish[i], &value));
    }
}

CLAIM(counts_are_whole_numbers_that_fit) {
    ASSERT_PARSES(quantity_parse_count, {"0", 0}, {"1", 1}, {"00050", 50},
                  {"10000", 10000}, {"99999999999", 99999999999},
                  {"9223372036854775807", INT64_MAX});
    ASSERT_REFUSES(quantity_parse_count, "9223372036854775808", "18446744073709551615",
                   "100000000000000000000000000000", "12abc", "1.0", "10k", "5ns",
                   "5%");
}

CLAIM(durations_have_a_unit) {
    ASSERT_PARSES(quantity_parse_duration, {"0", 0}, {"0s", 0}, {"0.0", 0}, {"1ns", 1},
                  {"250us", 250000}, {"10ms", 10000000}, {"0.5ms", 500000},
                  {"0.4ns", 0}, {"0.6ns", 1}, {"5s", 5000000000},
                  {"1.5min", 90000000000}, {"100000min", 6000000000000000});
    /* A double falls short of the one, and no int holds the other. */
    ASSERT_PARSES(quantity_parse_duration, {"8.2ms", 8200000},
                  {"5000s", 5000000000000});
    ASSERT_REFUSES(quantity_parse_duration, "5", "10", "10MS", "10 ms", "5h", "5m", "s",
                   "1.s", "10000000000s", "99999999999999999999999999999999999999s");
}

CLAIM(sizes_count_in_powers_of_1024) {
    ASSERT_PARSES(quantity_parse_size, {"0", 0}, {"1", 1}, {"16384", 16384},
                  {"64K", 65536}, {"8M", 8388608}, {"0.5G", INT64_C(1) << 29},
                  {"1T", INT64_C(1) << 40});
    ASSERT_REFUSES(quantity_parse_size, "64k", "8MB", "8 M", "1KiB", "K", "1P",
                   "9999999999999T");
}

struct real {
    const char *text;
    double value;
};

static void assert_reals(bool (*parse)(const char *, double *), const struct real *rows,
                         const char *const *refused) {
    double value;
    for (; rows->text != NULL; rows++) {
        assert_true(parse(rows->text, &value));
        if (value != rows->value) {
            fail_msg("'%s' gives %.17g", rows->text, value);
        }
    }
    for (; *refused != NULL; refused++) {
        assert_false(parse(*refused, &value));
    }
}

CLAIM(rates_are_for_a_second_and_shares_fractions_or_per_cent) {
    static const struct real rates[] = {
        {"1000/s", 1000}, {"1000", 1000}, {"0.5/s", 0.5}, {"0", 0}, {NULL, 0}};
    static const struct real shares[] = {{"2%", 0.02}, {"0.02", 0.02}, {"100%", 1},
                                         {"1", 1},     {"0", 0},       {"0%", 0},
                                         {"29%", .29}, {"0.29", .29},  {"57%", .57},
                                         {"7%", .07},  {"0.3%", .003}, {NULL, 0}};
    assert_reals(quantity_parse_rate, rates,
                 (const char *const[]){"1000/min", "1000 /s", "10%", NULL});
    assert_reals(quantity_parse_share, shares,
                 (const char *const[]){"2 %", "2/s", NULL});
}

/* Round ones are printed as a person would, and any is read as it was. */
CLAIM(what_is_printed_is_read_as_the_same) {
    static const struct whole durations[] = {{"0", 0},
                                             {"1ns", 1},
                                             {"250us", 250000},
                                             {"10ms", 10000000},
                                             {"5s", 5000000000},
                                             {"90s", 90000000000},
                                             {"2min", 120000000000},
                                             {"1500us", 1500000}};
    static const struct whole sizes[] = {
        {"0", 0}, {"1", 1}, {"1000", 1000}, {"16K", 16384}, {"8M", 8388608}};
    char text[64];
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
        quantity_print_duration(durations[i].value, text, sizeof text);
        assert_string_equal(text, durations[i].text);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        quantity_print_size(sizes[i].value, text, sizeof text);
        assert_string_equal(text, sizes[i].text);
    }
    struct random random = chance(0);
    for (int i = 0; i < 10000; i++) {
        /* up to 2^53: beyond, no double holds each whole number */
        int64_t value =
            (int64_t)(random_next(&random) >> (11 + random_below(&random, 53)));
        int64_t read;
        quantity_print_duration(value, text, sizeof text);
        assert_true(quantity_parse_duration(text, &read) && read == value);
        quantity_print_size(value, text, sizeof text);
        assert_true(quantity_parse_size(text, &read) && read == value);
    }
}
