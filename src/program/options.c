#include "program/options.h"

#include <getopt.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "must.h"
#include "program/option_value.h"
#include "program/output.h"
#include "program/report.h"
#include "version.h"

/* What getopt_long returns for the row is FIRST_ROW + its number. */
enum { FIRST_ROW = 256, TEXT = 128 };

/* What the system gives a thread when nobody asks for anything. */
static void init_thread_sizes(struct runner_config *runner) {
    pthread_attr_t attributes;
    size_t stack;
    size_t guard;
    must(pthread_attr_init(&attributes));
    must(pthread_attr_getstacksize(&attributes, &stack));
    must(pthread_attr_getguardsize(&attributes, &guard));
    must(pthread_attr_destroy(&attributes));
    runner->stack_bytes = (int64_t)stack;
    runner->guard_bytes = (int64_t)guard;
}

void options_init(struct options *options, const char *program) {
    *options = (struct options){.run.client.retry_budget = -1};
    for (int i = 0; i < OPTION_ROWS; i++) {
        const char *normal = option_normal(&option_rows[i], program);
        if (normal != NULL) {
            bool read = option_read(options, &option_rows[i], normal);
            invariant(read);
        }
    }
    init_thread_sizes(&options->run.runner);
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
                        const char *program, const char *text) {
    char accepted[TEXT];
    if (!option_belongs_to(row, program)) {
        snprintf(options->error, sizeof options->error,
                 "--%s is an option of %s, not of %s", row->name,
                 row->owner == OF_WORKER_POOL ? "worker-pool" : "thread-per-task",
                 program);
        return false;
    }
    if (!option_read(options, row, text)) {
        option_describe(row, accepted, sizeof accepted);
        snprintf(options->error, sizeof options->error,
                 "--%s: '%.60s' is not accepted; it takes %s", row->name, text,
                 accepted);
        return false;
    }
    return true;
}

/* What no single option can know. */
static bool options_agree(struct options *options) {
    const struct workload_config *workload = &options->run.workload;
    double sum = workload->error_rate + workload->silent_rate + workload->hang_rate;
    if (sum > 1.0 + 1e-9) {
        snprintf(options->error, sizeof options->error,
                 "--error-rate, --silent-rate and --hang-rate add up to %g; "
                 "they are shares of all calls, so at most 1",
                 sum);
        return false;
    }
    return true;
}

/* What getopt_long did not like: it leaves a letter or a row in optopt, or nothing. */
static void complain(struct options *options, int found, char **argv) {
    const struct option_row *row = optopt != 0 ? row_of(optopt) : NULL;
    if (row != NULL) {
        snprintf(options->error, sizeof options->error, "--%s %s", row->name,
                 found == ':' ? "needs a value" : "takes no value");
    } else if (optopt != 0) {
        snprintf(options->error, sizeof options->error,
                 "unknown option '-%c'; --help lists all", optopt);
    } else {
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

enum options_result options_parse(struct options *options, const char *program,
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
        if (row->kind == KIND_ACTION) {
            return strcmp(row->name, "help") == 0 ? OPTIONS_HELP : OPTIONS_VERSION;
        }
        if (!take_option(options, row, program, optarg != NULL ? optarg : "")) {
            return OPTIONS_WRONG;
        }
    }
    if (optind < argc) {
        snprintf(options->error, sizeof options->error,
                 "'%.60s' is not an option; --help lists all", argv[optind]);
        return OPTIONS_WRONG;
    }
    options->run.sampled = options->samples_path != NULL;
    return options_agree(options) ? OPTIONS_OK : OPTIONS_WRONG;
}

static void print_version(const char *program, FILE *out) {
    fprintf(out, "%s %s (%s)\n", program, FIVE_COOKS_VERSION, FIVE_COOKS_COMMIT);
}

_Noreturn static void answer_and_exit(const char *program,
                                      void (*print)(const char *program, FILE *out)) {
    struct output out;
    if (!output_open(&out, "-")) {
        exit(EXIT_UNSOUND);
    }
    print(program, out.file);
    exit(output_close(&out) ? EXIT_MEASURED : EXIT_UNSOUND);
}

void options_read(struct options *options, const char *program, int argc, char **argv) {
    options_init(options, program);
    switch (options_parse(options, program, argc, argv)) {
    case OPTIONS_OK:
        if (options->note[0] != '\0') {
            fprintf(stderr, "%s: %s\n", program, options->note);
        }
        return;
    case OPTIONS_WRONG:
        keep_to_one_line(options->error);
        fprintf(stderr, "%s: %s\n", program, options->error);
        exit(EXIT_USAGE);
    case OPTIONS_HELP:
        answer_and_exit(program, options_help);
    case OPTIONS_VERSION:
        answer_and_exit(program, print_version);
    }
}
