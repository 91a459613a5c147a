/* What people and programs are told of the options: --help and the record. */
#include <stdlib.h>
#include <string.h>

#include "program/json.h"
#include "program/option_value.h"

static const char notes[] =
    "\n"
    "Durations: 250us, 10ms, 5s; never without a unit. Sizes: 64K, 8M.\n"
    "Rates: 1000/s or 1000. Shares: 2% or 0.02.\n"
    "Names may be shortened if still unique. Of a repeated option the last counts.\n"
    "\n"
    "How long calls take (--distribution), with --service-time as their mean:\n"
    "  fixed, uniform, exponential, lognormal (sigma 1)\n"
    "or with a mean of its own:\n"
    "  lognormal:p50=80ms,p99=1.2s   through these two quantiles\n"
    "  file:PATH                     drawn from durations, one per line\n"
    "  file:PATH:COLUMN              from a column of a CSV file. A bare number is in\n"
    "                                seconds, or in the unit its name ends in: _ms\n";

static const char notes_on_callers[] =
    "\n"
    "Who listens (--cancel) when the run is told to stop (--deadline, --fail-fast):\n"
    "  none      nobody; only Ctrl-C stops it\n"
    "  between   the design, between two tasks, as in the article\n"
    "  within    the call in progress as well\n"
    "\n"
    "The summary has a percentile only if ten tasks lie beyond it: p90 from 100 on,\n"
    "p99 from 1000 on. The record (--json) has them all.\n"
    "\n"
    "Ctrl-C, Ctrl-\\, SIGTERM and SIGHUP stop a run, which still writes its record. A\n"
    "second one ends the program at once, Ctrl-\\ with a core.\n"
    "\n"
    "Exit status: 0 measured and accounted for, 1 an account does not add up or\n"
    "output failed, 2 usage (or a deadlock, with --detect-deadlock), 3 the machine\n"
    "does not allow it, 128+n ended by signal n.\n";

static const char notes_on_serving[] =
    "\n"
    "First it prints its address, http://127.0.0.1:PORT, for the --api-url of who\n"
    "calls it; the port is one that is free. The options about tasks must be those\n"
    "of the caller: by them it knows how long each call takes, and how it ends.\n"
    "bench/over-http starts and ends both, and compares what they have counted.\n"
    "\n"
    "Ctrl-C, Ctrl-\\, SIGTERM and SIGHUP end it, and so does the end of the process\n"
    "that started it. Then it writes what it has counted, as JSON.\n"
    "\n"
    "Exit status: 0 ended as told, 1 output failed, 2 usage, 3 the machine does not\n"
    "allow it.\n";

static const char notes_on_time[] =
    "\n"
    "In virtual time (--clock virtual) nobody waits: when no fiber is ready, the\n"
    "clock jumps to the next moment one waits for. Creating a fiber takes its\n"
    "creator --spawn-time, and each task takes --task-time before its first call,\n"
    "both on the one CPU, where nobody else runs meanwhile. A call ends --oversleep\n"
    "late, as sleeps in the kernel do. The seed determines the whole record; figures\n"
    "of the process are null.\n";

/* What holds of an option that nobody gives and that has no default of its own. */
static const char *without(const struct option_row *row) {
    bool limits =
        row->kind == KIND_COUNT || row->kind == KIND_RATE || row->kind == KIND_SHARE;
    bool happens = row->kind == KIND_DURATION || row->kind == KIND_SPAN ||
                   row->kind == KIND_BREAKER;
    return limits ? "no limit" : happens ? "none" : NULL;
}

/* "--tasks N", what it is, its default in brackets, and its choices on their own line.
 */
static void print_help(const struct option_row *row, const struct runner *runner,
                       FILE *out) {
    char names[64];
    char choices[128];
    snprintf(names, sizeof names, "--%s%s%s", row->name, row->argument ? " " : "",
             row->argument ? row->argument : "");
    fprintf(out, row->letter ? "  -%c, " : "      ", row->letter);
    bool counts = runner->serves && strcmp(row->name, "json") == 0;
    fprintf(out, "%-25s %s", names, counts ? "where its counts go [-]" : row->help);
    const char *value = option_default(row, runner);
    value = value != NULL ? value : without(row);
    if (value != NULL) {
        fprintf(out, " [%s]", value);
    }
    fputc('\n', out);
    if (row->kind == KIND_CHOICE) {
        option_describe(row, runner, choices, sizeof choices);
        fprintf(out, "%32s%s\n", "", choices);
    }
}

/* In --help, options stand under headings: the one of the group that begins here. */
static const char *heading_of(const struct option_row *row) {
    static const char *const headings[][2] = {
        {"tasks", "The tasks, and who runs them"},
        {"service-time", "What calls take, and how they fail"},
        {"api-capacity", "The API, and whom it turns away"},
        {"attempts", "The client: trying again, and giving up"},
        {"deadline", "The run: when it stops, and what it may use"},
        {"progress", "What it reports"},
    };
    for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++) {
        if (strcmp(row->name, headings[i][0]) == 0) {
            return headings[i][1];
        }
    }
    return NULL;
}

void options_help(const struct runner *runner, FILE *out) {
    fprintf(out, "Usage: %s [OPTION]...\n\n%s\n\n", runner_face(runner).name,
            runner_face(runner).summary);
    const char *heading = NULL; /* that stands before the next option */
    for (int i = 0; i < OPTION_ROWS; i++) {
        const struct option_row *row = &option_rows[i];
        heading = heading_of(row) != NULL ? heading_of(row) : heading;
        if (option_belongs(row, runner) && row->kind != KIND_DEFAULT) {
            if (heading != NULL) {
                fprintf(out, "%s%s:\n", i == 0 ? "" : "\n", heading);
            }
            heading = NULL;
            print_help(row, runner, out);
        }
    }
    fputs(notes, out);
    fputs(runner->serves ? notes_on_serving : notes_on_callers, out);
    fputs(thread_is_fiber() ? notes_on_time : "", out);
}

enum { KEY = 64 };

/* A key tells the unit: "stack-size" gives "stack_size_bytes". */
static const char *key_of(const struct option_row *row, char key[static KEY]) {
    static const char *const units[] = {
        [KIND_SIZE] = "_bytes", [KIND_DURATION] = "_ns", [KIND_RATE] = "_per_s"};
    const char *unit = row->kind <= KIND_RATE ? units[row->kind] : NULL;
    snprintf(key, KEY, "%s%s", row->name, unit != NULL ? unit : "");
    for (char *c = key; *c != '\0'; c++) {
        *c = *c == '-' ? '_' : *c;
    }
    return key;
}

/* Below its range, a value has never been set. */
static void write_int64(struct json *json, const struct option_row *row,
                        int64_t value) {
    char key[KEY];
    if ((double)value < row->min) {
        json_null(json, key_of(row, key));
    } else {
        json_count(json, key_of(row, key), value);
    }
}

static void write_bound(struct json *json, const struct option_row *row,
                        int64_t value) {
    char key[KEY];
    json_known(json, key_of(row, key), value == INT64_MAX ? -1 : value);
}

static void write_double(struct json *json, const struct option_row *row,
                         double value) {
    char key[KEY];
    if (value < row->min) {
        json_null(json, key_of(row, key));
    } else {
        json_real(json, key_of(row, key), value, 9);
    }
}

static void write_span(struct json *json, const int64_t *span) {
    bool set = span[1] > 0;
    json_known(json, "api_outage_start_ns", set ? span[0] : -1);
    json_known(json, "api_outage_length_ns", set ? span[1] : -1);
}

static void write_breaker(struct json *json, const int64_t *breaker) {
    bool set = breaker[0] > 0;
    json_known(json, "breaker_failures", set ? breaker[0] : -1);
    json_known(json, "breaker_pause_ns", set ? breaker[1] : -1);
}

static void write_distribution(struct json *json,
                               const struct workload_config *workload,
                               const struct option_row *row) {
    bool quantiles = workload->p50_ns > 0;
    json_text(json, "distribution", row->choices[workload->distribution]);
    json_known(json, "distribution_p50_ns", quantiles ? workload->p50_ns : -1);
    json_known(json, "distribution_p99_ns", quantiles ? workload->p99_ns : -1);
    json_known(json, "distribution_values",
               workload->recorded.count > 0 ? workload->recorded.count : -1);
}

static void write_arrivals(struct json *json, const struct workload_config *workload,
                           const struct option_row *row) {
    json_text(json, "arrivals", row->choices[workload->arrivals]);
    if (workload->arrivals == ARRIVALS_BATCH) {
        json_null(json, "arrivals_per_s");
    } else {
        json_real(json, "arrivals_per_s", workload->arrivals_per_s, 9);
    }
}

/* Those that take more than one key to tell. */
static void write_compound(struct json *json, const struct options *options,
                           const struct option_row *row) {
    const void *place = (const char *)options + row->at;
    if (row->kind == KIND_SPAN) {
        write_span(json, place);
    } else if (row->kind == KIND_BREAKER) {
        write_breaker(json, place);
    } else if (row->kind == KIND_DISTRIBUTION) {
        write_distribution(json, &options->run.workload, row);
    } else {
        write_arrivals(json, &options->run.workload, row);
    }
}

static void write_value(struct json *json, const struct options *options,
                        const struct option_row *row) {
    const void *place = (const char *)options + row->at;
    char key[KEY];
    switch (row->kind) {
    case KIND_BOUND:
        write_bound(json, row, *(const int64_t *)place);
        break;
    case KIND_COUNT:
    case KIND_SIZE:
    case KIND_DURATION:
        write_int64(json, row, *(const int64_t *)place);
        break;
    case KIND_RATE:
    case KIND_SHARE:
        write_double(json, row, *(const double *)place);
        break;
    case KIND_CHOICE:
        json_text(json, key_of(row, key), row->choices[*(const int *)place]);
        break;
    case KIND_FLAG:
        json_flag(json, key_of(row, key), *(const bool *)place);
        break;
    case KIND_SPAN:
    case KIND_BREAKER:
    case KIND_DISTRIBUTION:
    case KIND_ARRIVALS:
        write_compound(json, options, row);
        break;
    case KIND_PATH:
    case KIND_URL:
    case KIND_FD:
    case KIND_DEFAULT:
    case KIND_ACTION:
        break;
    }
}

static bool is_told(const struct option_row *row) {
    return row->kind < KIND_PATH;
}

static void write_json(const struct options *options, const struct runner *runner,
                       FILE *out) {
    struct json json = {.out = out};
    char key[KEY];
    json_open(&json, NULL);
    for (int i = 0; i < OPTION_ROWS; i++) {
        const struct option_row *row = &option_rows[i];
        if (is_told(row) && option_belongs(row, runner)) {
            write_value(&json, options, row);
        } else if (is_told(row)) {
            json_null(&json, key_of(row, key));
        }
    }
    json_close(&json);
}

char *options_to_json(const struct options *options, const struct runner *runner) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) {
        return NULL;
    }
    write_json(options, runner, out);
    bool failed = ferror(out) != 0;
    if (fclose(out) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}
