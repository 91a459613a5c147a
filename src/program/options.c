#include "program/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "program/latency_file.h"
#include "program/option_value.h"
#include "program/output.h"
#include "program/results.h"
#include "sync/must.h"
#include "version.h"

/* What getopt_long returns for the row is FIRST_ROW + its number. */
enum { FIRST_ROW = 256, TEXT = 128, STACK_FOR_URL = 128 * 1024 };

void options_init(struct options *options, const struct runner *runner) {
    *options = (struct options){.run.client.retry_budget = -1};
    for (int i = 0; i < OPTION_ROWS; i++) {
        const struct option_row *row = &option_rows[i];
        const char *value = option_default(row, runner);
        if (value != NULL) {
            bool read = option_read(options, row, runner, value);
            invariant(read);
        }
    }
    thread_default_sizes(&options->run.runner.threads);
}

static void fill_long_options(struct option *longs, char *shorts) {
    *shorts++ = '+'; /* stop at what is no option */
    *shorts++ = ':'; /* tell a missing value from an unknown option */
    for (int i = 0; i < OPTION_ROWS; i++) {
        const struct option_row *row = &option_rows[i];
        int takes = row->argument != NULL ? required_argument : no_argument;
        longs[i] = (struct option){row->name, takes, NULL, FIRST_ROW + i};
        if (row->letter != 0) {
            *shorts++ = row->letter;
            if (takes == required_argument) {
                *shorts++ = ':';
            }
        }
    }
    longs[OPTION_ROWS] = (struct option){0};
    *shorts = '\0';
}

static const struct option_row *row_of(int found) {
    for (int i = 0; i < OPTION_ROWS; i++) {
        if (found == FIRST_ROW + i ||
            (found < FIRST_ROW && found > 0 && option_rows[i].letter == (char)found)) {
            return &option_rows[i];
        }
    }
    return NULL;
}

static bool take_option(struct options *options, const struct option_row *row,
                        const struct runner *runner, const char *text) {
    char accepted[TEXT];
    if (!option_belongs(row, runner)) {
        snprintf(options->error, sizeof options->error,
                 "--%s is not an option of %s; --help lists those it has", row->name,
                 runner_face(runner).name);
        return false;
    }
    options->service_time_given |= strcmp(row->name, "service-time") == 0;
    if (!option_read(options, row, runner, text)) {
        option_describe(row, runner, accepted, sizeof accepted);
        snprintf(options->error, sizeof options->error,
                 "--%s: '%.60s' is not accepted; it takes %s", row->name, text,
                 accepted);
        return false;
    }
    return true;
}

/* Checks that involve more than one option. */
static bool options_agree(struct options *options) {
    const struct workload_config *workload = &options->run.workload;
    if (options->service_time_given &&
        (workload->p50_ns > 0 || options->latency_file != NULL)) {
        snprintf(options->error, sizeof options->error,
                 "--service-time and --distribution both say how long a call takes; "
                 "one of them is enough");
        return false;
    }
    double sum = workload->error_rate + workload->silent_rate + workload->hang_rate;
    if (sum > 1.0 + 1e-9) {
        snprintf(options->error, sizeof options->error,
                 "--error-rate, --silent-rate and --hang-rate add up to %g; "
                 "they are shares of all calls, so at most 1",
                 sum);
        return false;
    }
    int64_t stack_bytes = options->run.runner.threads.stack_bytes;
    if (options->run.api.url != NULL && stack_bytes < STACK_FOR_URL) {
        snprintf(options->error, sizeof options->error,
                 "--api-url needs a --stack-size of 128K or more, for libcurl");
        return false;
    }
    if (options->run.clock != RUN_CLOCK_VIRTUAL &&
        (options->run.runner.spawn_ns > 0 || options->run.runner.task_ns > 0 ||
         options->run.api.oversleep_ns > 0)) {
        snprintf(options->error, sizeof options->error,
                 "--spawn-time, --task-time and --oversleep cost virtual time; they "
                 "need --clock virtual");
        return false;
    }
    return true;
}

/* getopt_long takes the beginning of a name for the name, if it is that of one only. */
static bool is_ambiguous(struct options *options, const char *word) {
    size_t length = strcspn(word, "=");
    FILE *told = fmemopen(options->error, sizeof options->error, "w");
    if (told == NULL) {
        return false;
    }
    fprintf(told, "'%.60s' is ambiguous", word);
    int count = 0;
    for (int i = 0; i < OPTION_ROWS && length > strlen("--"); i++) {
        const char *name = option_rows[i].name;
        if (strncmp(word, "--", 2) == 0 && strncmp(name, word + 2, length - 2) == 0) {
            fprintf(told, "%s --%s", count++ == 0 ? ":" : ",", name);
        }
    }
    fprintf(told, "; --help lists all");
    return fclose(told) == 0 && count > 1;
}

/* Says what getopt_long did not accept. That leaves a letter or a row in optopt, or 0.
 */
static void complain(struct options *options, int found, char **argv) {
    const struct option_row *row = row_of(optopt);
    if (row != NULL) {
        snprintf(options->error, sizeof options->error, "--%s %s", row->name,
                 found == ':' ? "needs a value" : "takes no value");
    } else if (optopt != 0) {
        snprintf(options->error, sizeof options->error,
                 "unknown option '-%c'; --help lists all", optopt);
    } else if (!is_ambiguous(options, argv[optind - 1])) {
        snprintf(options->error, sizeof options->error,
                 "unknown option '%.60s'; --help lists all", argv[optind - 1]);
    }
}

/* A diagnostic is one line, whatever was typed. */
static void keep_to_one_line(char *text) {
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ') {
            *text = '?';
        }
    }
}

enum options_result options_parse(struct options *options, const struct runner *runner,
                                  int argc, char **argv) {
    struct option longs[OPTION_ROWS + 1];
    char shorts[2 * OPTION_ROWS + 3];
    fill_long_options(longs, shorts);
    opterr = 0;
    optind = 0; /* glibc: start afresh */
    for (;;) {
        int found = getopt_long(argc, argv, shorts, longs, NULL);
        if (found == -1) {
            break;
        }
        const struct option_row *row =
            found == '?' || found == ':' ? NULL : row_of(found);
        if (row == NULL) {
            complain(options, found, argv);
            return OPTIONS_WRONG;
        }
        /* getopt_long takes what comes next for the value, also another option. */
        if (optarg == argv[optind - 1] && strncmp(optarg, "--", 2) == 0) {
            snprintf(options->error, sizeof options->error, "--%s needs a value",
                     row->name);
            return OPTIONS_WRONG;
        }
        if (row->kind == KIND_ACTION) {
            return strcmp(row->name, "help") == 0 ? OPTIONS_HELP : OPTIONS_VERSION;
        }
        if (!take_option(options, row, runner, optarg != NULL ? optarg : "")) {
            return OPTIONS_WRONG;
        }
    }
    if (optind < argc) {
        snprintf(options->error, sizeof options->error,
                 "'%.60s' is not an option; --help lists all", argv[optind]);
        return OPTIONS_WRONG;
    }
    options->run.sampled = options->samples_path != NULL;
    options->run.workload.service_ns = workload_mean_ns(&options->run.workload);
    return options_agree(options) ? OPTIONS_OK : OPTIONS_WRONG;
}

static void print_version(const struct runner *runner, FILE *out) {
    fprintf(out, "%s %s (%s)\n", runner_face(runner).name, FIVE_COOKS_VERSION,
            FIVE_COOKS_COMMIT);
}

_Noreturn static void answer_and_exit(const struct runner *runner,
                                      void (*print)(const struct runner *, FILE *)) {
    struct output out;
    if (!output_open(&out, "-")) {
        exit(EXIT_UNSOUND);
    }
    print(runner, out.file);
    exit(output_close(&out) ? EXIT_MEASURED : EXIT_UNSOUND);
}

/* What a run writes must not take the place of what it was drawn from. */
static bool keeps_its_input(struct options *options) {
    const char *const outputs[][2] = {{"--json", options->json_path},
                                      {"--samples", options->samples_path}};
    char *input = latency_file_path(options->latency_file);
    for (int i = 0; i < 2 && input != NULL && options->error[0] == '\0'; i++) {
        if (outputs[i][1] != NULL && output_is_one_place(input, outputs[i][1])) {
            snprintf(options->error, sizeof options->error,
                     "--distribution and %s cannot both be '%.60s'; they take a file "
                     "each",
                     outputs[i][0], input);
        }
    }
    free(input);
    return options->error[0] == '\0';
}

static enum options_result read_latencies(struct options *options) {
    struct workload_config *workload = &options->run.workload;
    if (options->latency_file != NULL) {
        if (!latency_file_read(options->latency_file, &workload->recorded,
                               options->error, sizeof options->error) ||
            !keeps_its_input(options)) {
            return OPTIONS_WRONG;
        }
        workload->service_ns = workload_mean_ns(workload);
    }
    return OPTIONS_OK;
}

void options_read(struct options *options, const struct runner *runner, int argc,
                  char **argv) {
    options_init(options, runner);
    enum options_result result = options_parse(options, runner, argc, argv);
    switch (result == OPTIONS_OK ? read_latencies(options) : result) {
    case OPTIONS_OK:
        if (options->note[0] != '\0') {
            fprintf(stderr, "%s: %s\n", runner_face(runner).name, options->note);
        }
        return;
    case OPTIONS_WRONG:
        keep_to_one_line(options->error);
        fprintf(stderr, "%s: %s\n", runner_face(runner).name, options->error);
        exit(EXIT_USAGE);
    case OPTIONS_HELP:
        answer_and_exit(runner, options_help);
    case OPTIONS_VERSION:
        answer_and_exit(runner, print_version);
    }
}
