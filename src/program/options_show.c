/* What people and programs are told of the options: --help and the record. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "program/option_value.h"

static const char notes[] =
    "\n"
    "Durations: 250us, 10ms, 5s. Sizes: 64K, 8M. Rates: 1000/s. Shares: 2% or 0.02.\n"
    "A name may be shortened while it stays clear. Given twice, the last one counts.\n"
    "\n"
    "Who listens (--cancel) when the run is told to stop (--deadline, --fail-fast):\n"
    "  none      nobody, but for Ctrl-C\n"
    "  between   the design, between two tasks, as in the article\n"
    "  within    the call in progress, too\n"
    "\n"
    "Exit status: 0 measured and accounted for, 1 an account does not add up or\n"
    "output failed, 2 usage (or a deadlock, with --detect-deadlock), 3 the machine\n"
    "does not allow it, 128+n ended by signal n.\n";

static void print_choices(const struct option_row *row, FILE *out) {
    if (row->kind == KIND_CHOICE) {
        char choices[128];
        option_describe(row, choices, sizeof choices);
        fprintf(out, "%32s%s\n", "", choices);
    }
}

void options_help(const char *program, FILE *out) {
    fprintf(out, "Usage: %s [OPTION]...\n\n", program);
    fputs(strcmp(program, "worker-pool") == 0
              ? "Runs slow tasks on a fixed pool of workers fed through a channel.\n\n"
              : "Runs slow tasks on a thread each.\n\n",
          out);
    for (int i = 0; i < OPTION_ROWS; i++) {
        const struct option_row *row = &option_rows[i];
        char names[64];
        if (!option_belongs_to(row, program) || row->kind == KIND_DEFAULT) {
            continue;
        }
        snprintf(names, sizeof names, "--%s%s%s", row->name, row->argument ? " " : "",
                 row->argument ? row->argument : "");
        fprintf(out, row->letter ? "  -%c, " : "      ", row->letter);
        fprintf(out, "%-25s %s", names, row->help);
        const char *normal = option_normal(row, program);
        if (normal != NULL) {
            fprintf(out, " [%s]", normal);
        }
        fputc('\n', out);
        print_choices(row, out);
    }
    fputs(notes, out);
}

/* "stack-size" and "_bytes" give "stack_size_bytes" */
static void print_key(const char *name, const char *suffix, FILE *out) {
    fputc('"', out);
    for (; *name != '\0'; name++) {
        fputc(*name == '-' ? '_' : *name, out);
    }
    fprintf(out, "%s\": ", suffix);
}

static void print_int64(const struct option_row *row, int64_t value, const char *suffix,
                        FILE *out) {
    print_key(row->name, suffix, out);
    if ((double)value < row->least) {
        fputs("null", out);
    } else {
        fprintf(out, "%" PRId64, value);
    }
}

static void print_double(const struct option_row *row, double value, const char *suffix,
                         FILE *out) {
    print_key(row->name, suffix, out);
    if (value < row->least) {
        fputs("null", out);
    } else {
        fprintf(out, "%.9g", value);
    }
}

static void print_span(const int64_t *span, FILE *out) {
    if (span[1] > 0) {
        fprintf(out, "\"api_outage_start_ns\": %" PRId64, span[0]);
        fprintf(out, ", \"api_outage_length_ns\": %" PRId64, span[1]);
    } else {
        fputs("\"api_outage_start_ns\": null, \"api_outage_length_ns\": null", out);
    }
}

static void print_arrivals(const struct workload_config *workload,
                           const struct option_row *row, FILE *out) {
    fprintf(out, "\"arrivals\": \"%s\", ", row->choices[workload->arrivals]);
    if (workload->arrivals == ARRIVALS_BATCH) {
        fputs("\"arrivals_per_s\": null", out);
    } else {
        fprintf(out, "\"arrivals_per_s\": %.9g", workload->arrivals_per_s);
    }
}

static void print_value(const struct options *options, const struct option_row *row,
                        FILE *out) {
    const void *place = option_place(options, row);
    switch (row->kind) {
    case KIND_COUNT:
        print_int64(row, *(const int64_t *)place, "", out);
        break;
    case KIND_SIZE:
        print_int64(row, *(const int64_t *)place, "_bytes", out);
        break;
    case KIND_DURATION:
        print_int64(row, *(const int64_t *)place, "_ns", out);
        break;
    case KIND_RATE:
        print_double(row, *(const double *)place, "_per_s", out);
        break;
    case KIND_SHARE:
        print_double(row, *(const double *)place, "", out);
        break;
    case KIND_CHOICE:
        print_key(row->name, "", out);
        fprintf(out, "\"%s\"", row->choices[*(const int *)place]);
        break;
    case KIND_FLAG:
        print_key(row->name, "", out);
        fputs(*(const bool *)place ? "true" : "false", out);
        break;
    case KIND_SPAN:
        print_span(place, out);
        break;
    case KIND_ARRIVALS:
        print_arrivals(&options->run.workload, row, out);
        break;
    case KIND_PATH:
    case KIND_DEFAULT:
    case KIND_ACTION:
        break;
    }
}

static bool is_shown(const struct option_row *row) {
    return row->kind != KIND_PATH && row->kind != KIND_DEFAULT &&
           row->kind != KIND_ACTION;
}

static void write_json(const struct options *options, const char *program, FILE *out) {
    const char *separator = "";
    fputc('{', out);
    for (int i = 0; i < OPTION_ROWS; i++) {
        const struct option_row *row = &option_rows[i];
        if (!is_shown(row)) {
            continue;
        }
        fputs(separator, out);
        separator = ", ";
        if (option_belongs_to(row, program)) {
            print_value(options, row, out);
        } else {
            print_key(row->name, "", out);
            fputs("null", out);
        }
    }
    fputc('}', out);
}

char *options_to_json(const struct options *options, const char *program) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) {
        return NULL;
    }
    write_json(options, program, out);
    bool failed = ferror(out) != 0;
    if (fclose(out) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}
