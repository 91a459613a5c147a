/*
 * The command line as a pure function: that --help, the record, messages and the parser
 * tell the same story. What is refused, and how: tests/programs/test_options.py.
 */
#include "program/option_table.h"
#include "program/options.h"
#include "support/json.h"
#include "support/runners.h"
#include "support/suite.h"

static const struct runner *const runners[] = {&pool_like, &spawner_like};

enum { WORDS = 8 };
static struct options options;

/* Parses up to WORDS words after the program's name. */
static enum options_result parse(const struct runner *runner,
                                 const char *const *words) {
    char *argv[WORDS + 2] = {(char *)(uintptr_t)runner->on_threads.name};
    int argc = 1;
    while (argc <= WORDS && words[argc - 1] != NULL) {
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
        argc++;
    }
    options_init(&options, runner);
    return options_parse(&options, runner, argc, argv);
}

#define PARSE(runner, ...) parse(runner, (const char *const[]){__VA_ARGS__, NULL})

/* One line that names what was typed. */
static void assert_refused(const struct runner *runner, const char *const *words,
                           const char *named) {
    if (parse(runner, words) != OPTIONS_WRONG) {
        fail_msg("%s takes '%s'", runner->on_threads.name, words[0]);
    }
    if (strstr(options.error, named) == NULL || strchr(options.error, '\n') != NULL) {
        fail_msg("'%s' does not name '%s'", options.error, named);
    }
}

#define ASSERT_REFUSED(runner, named, ...)                                             \
    assert_refused(runner, (const char *const[]){__VA_ARGS__, NULL}, named)

/* ---- one story ---- */

/* What the design says of this option; NULL: nothing. */
static const struct runner_option *listed(const struct option_row *row,
                                          const struct runner *runner) {
    const struct runner_option *option = runner->options;
    while (option->name != NULL && strcmp(option->name, row->name) != 0) {
        option++;
    }
    return option->name == NULL ? NULL : option;
}

static bool belongs_to(const struct option_row *row, const struct runner *runner) {
    return row->owner == OF_ALL || row->owner == OF_CALLERS ||
           row->owner == (thread_is_fiber() ? OF_FIBERS : OF_THREADS) ||
           listed(row, runner) != NULL;
}

static const char *default_of(const struct option_row *row,
                              const struct runner *runner) {
    const struct runner_option *option = listed(row, runner);
    return option != NULL ? option->default_value : row->default_value;
}

static int count_of(const char *text, const char *word) {
    int count = 0;
    while ((text = strstr(text, word)) != NULL) {
        count++;
        text++;
    }
    return count;
}

CLAIM(every_option_is_in_help_once_if_it_is_the_programs) {
    for (int i = 0; i < 2; i++) {
        char *help = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&help, &size);
        options_help(runners[i], out);
        assert_int_equal(fclose(out), 0);
        for (int r = 0; r < OPTION_ROWS; r++) {
            char line[64]; /* where a line about it begins, and nothing else */
            snprintf(line, sizeof line, ", --%s ", option_rows[r].name);
            if (option_rows[r].letter == 0) {
                snprintf(line, sizeof line, "\n      --%s ", option_rows[r].name);
            }
            bool told = belongs_to(&option_rows[r], runners[i]) &&
                        option_rows[r].kind != KIND_DEFAULT;
            assert_int_equal(count_of(help, line), told);
            for (int c = 0; told && option_rows[r].choices[c] != NULL; c++) {
                assert_non_null(strstr(help, option_rows[r].choices[c]));
            }
        }
        free(help);
    }
}

/* As the record names it: --stack-size is stack_size_bytes. */
static void key_of(const struct option_row *row, char key[static 64]) {
    static const char *const suffixes[KIND_ACTION + 1] = {[KIND_SIZE] = "_bytes",
                                                          [KIND_DURATION] = "_ns",
                                                          [KIND_RATE] = "_per_s",
                                                          [KIND_SPAN] = "_start_ns",
                                                          [KIND_BREAKER] = "_failures"};
    const char *suffix = suffixes[row->kind];
    snprintf(key, 64, "%s%s", row->name, suffix != NULL ? suffix : "");
    for (char *c = key; *c != '\0'; c++) {
        *c = *c == '-' ? '_' : *c;
    }
}

CLAIM(every_option_is_in_the_record_once_and_null_if_it_is_not_the_programs) {
    static const int more_keys[KIND_ACTION + 1] = {[KIND_SPAN] = 1,
                                                   [KIND_BREAKER] = 1,
                                                   [KIND_ARRIVALS] = 1,
                                                   [KIND_DISTRIBUTION] = 3};
    for (int i = 0; i < 2; i++) {
        options_init(&options, runners[i]);
        char *json = options_to_json(&options, runners[i]);
        int keys = 0;
        for (int r = 0; r < OPTION_ROWS; r++) {
            const struct option_row *row = &option_rows[r];
            char key[64];
            key_of(row, key);
            bool told = row->kind < KIND_PATH;
            assert_int_equal(json_keys(json, key), told);
            keys += told ? 1 + more_keys[row->kind] : 0;
            if (told && !belongs_to(row, runners[i])) {
                assert_json(json, key, "null");
            }
        }
        assert_int_equal(count_of(json, "\": "), keys); /* and nothing else is */
        free(json);
    }
}

CLAIM(the_default_that_help_names_is_the_default) {
    for (int i = 0; i < 2; i++) {
        options_init(&options, runners[i]);
        char *normal = options_to_json(&options, runners[i]);
        for (int r = 0; r < OPTION_ROWS; r++) {
            const struct option_row *row = &option_rows[r];
            const char *value = default_of(row, runners[i]);
            if (value == NULL || !belongs_to(row, runners[i])) {
                continue;
            }
            char word[64];
            snprintf(word, sizeof word, "--%s=%s", row->name, value);
            assert_int_equal(PARSE(runners[i], word), OPTIONS_OK);
            char *json = options_to_json(&options, runners[i]);
            assert_string_equal(json, normal);
            free(json);
        }
        free(normal);
    }
}

/* A message says "from A to B": then A and B must be fine, and 9B, as in 950, not. */
CLAIM(what_a_message_offers_is_accepted_and_no_more) {
    const char *clock = thread_is_fiber() ? "--clock=virtual" : "--seed=1";
    int offers = 0;
    for (int r = 0; r < OPTION_ROWS; r++) {
        const struct option_row *row = &option_rows[r];
        const struct runner *runner = runners[!belongs_to(row, runners[0])];
        char word[128];
        char least[32], most[32];
        if (row->argument == NULL || row->kind == KIND_PATH ||
            !belongs_to(row, runner)) {
            continue;
        }
        snprintf(word, sizeof word, "--%s=rubbish", row->name);
        ASSERT_REFUSED(runner, row->name, word);
        const char *from = strstr(options.error, " from ");
        if (from == NULL || sscanf(from, " from %31s to %31s", least, most) != 2) {
            continue;
        }
        snprintf(word, sizeof word, "--%s=%s", row->name, least);
        assert_int_equal(PARSE(runner, clock, word), OPTIONS_OK);
        snprintf(word, sizeof word, "--%s=%s", row->name, most);
        assert_int_equal(PARSE(runner, clock, word), OPTIONS_OK);
        snprintf(word, sizeof word, "--%s=9%s", row->name, most);
        ASSERT_REFUSED(runner, row->name, word);
        offers++;
    }
    assert_true(offers > 15);
}

/* ---- any words at all ---- */

/* What may follow an option's name, of meaning or of none; the first are numbers. */
static const char *const pieces[] = {
    "0",      "1",       "0.5",     "50",    "-1",
    "1e3",    "%",       "/s",      "ms",    "us",
    "K",      "T",       ",",       ":",     "=",
    "--",     "\n",      "\xff",    "batch", "poisson:",
    "fixed:", "uniform", "between", "none",  "9999999999999"};
enum { PIECES = sizeof pieces / sizeof pieces[0], NUMBERS = 4, WORD_MOST = 128 };

/* Of four options that stand together, as those do that depend on each other. */
static void make_word(char word[static WORD_MOST], uint32_t row,
                      struct random *random) {
    static const char letters[] = "nwqsjhz";
    uint32_t parts = random_below(random, 8);
    row = (row + random_below(random, 4)) % OPTION_ROWS;
    snprintf(word, WORD_MOST, "--%s=", option_rows[row].name);
    if (parts == 0) {
        snprintf(word, WORD_MOST, "-%c", letters[random_below(random, 7)]);
    }
    for (uint32_t i = 0; i < (parts < 5 ? 1 : parts - 4); i++) {
        uint32_t among = i == 0 && parts < 7 ? NUMBERS : PIECES;
        const char *piece = pieces[random_below(random, among)];
        strncat(word, piece, WORD_MOST - 1 - strlen(word));
    }
}

static void assert_within_bounds(const struct run_config *run, bool has_workers) {
    const struct workload_config *workload = &run->workload;
    double faults = workload->error_rate + workload->silent_rate + workload->hang_rate;
    const struct client_config *client = &run->client;
    const struct api_config *api = &run->api;
    assert_true(workload->tasks >= 0 && workload->seed >= 0);
    assert_true(workload->service_ns >= 0 && workload->hang_ns >= 0);
    assert_true(workload->p50_ns <= workload->p99_ns && run->deadline_ns >= 0);
    assert_true(run->runner.workers >= has_workers && run->runner.queue >= 0);
    assert_true(run->runner.idle_ns >= 0 && client->attempts >= 1);
    assert_true(client->backoff_ns >= 0 && client->timeout_ns >= 0);
    assert_true(client->breaker_failures >= 0 && client->breaker_pause_ns >= 0);
    assert_true(api->capacity >= 0 && api->queue >= 0 && api->retry_after_ns >= 0);
    assert_true(api->outage_start_ns >= 0 && api->outage_length_ns >= 0);
    assert_true(faults >= 0 && faults <= 1.0 + 1e-9 && api->rate_per_s >= 0);
    bool batch = workload->arrivals == ARRIVALS_BATCH;
    assert_true(batch == (workload->arrivals_per_s == 0));
}

/* Sanitizers watch that it neither crashes nor overruns. */
CLAIM(any_words_are_refused_with_a_reason_or_taken_within_bounds_each_time_alike) {
    struct random random = chance(0);
    int taken = 0;
    for (int i = 0; i < scaled(20000); i++) {
        char made[WORDS][WORD_MOST];
        const char *words[WORDS + 1] = {NULL};
        uint32_t count = 1 + random_below(&random, WORDS);
        uint32_t row = random_below(&random, OPTION_ROWS);
        for (uint32_t w = 0; w < count; w++) {
            make_word(made[w], row, &random);
            words[w] = made[w];
        }
        const struct runner *runner = runners[i / 2 % 2];
        enum options_result result = parse(runner, words);
        if (result == OPTIONS_WRONG) {
            assert_true(options.error[0] != '\0');
        } else if (result == OPTIONS_OK) {
            assert_within_bounds(&options.run, runner == &pool_like);
            char *once = options_to_json(&options, runner);
            assert_int_equal(parse(runner, words), OPTIONS_OK);
            char *again = options_to_json(&options, runner);
            assert_string_equal(once, again);
            free(once);
            free(again);
            taken++;
        }
    }
    assert_true(taken > scaled(200));
}
