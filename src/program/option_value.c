#include "program/option_value.h"

#include <string.h>

#include "program/quantity.h"

enum { TEXT = 128 };

void *option_place(const struct options *options, const struct option_row *row) {
    return (char *)(uintptr_t)options + row->at;
}

bool option_belongs_to(const struct option_row *row, const char *program) {
    switch (row->owner) {
    case OF_WORKER_POOL:
        return strcmp(program, "worker-pool") == 0;
    case OF_THREAD_PER_TASK:
        return strcmp(program, "thread-per-task") == 0;
    case OF_BOTH:
        break;
    }
    return true;
}

/* One default differs: a pool listens between tasks, as the article's does. */
const char *option_normal(const struct option_row *row, const char *program) {
    if (strcmp(row->name, "cancel") == 0) {
        return strcmp(program, "worker-pool") == 0 ? "between" : "none";
    }
    return row->normal;
}

/* What an option of each kind takes; a choice is told by its row. */
static const char *const forms[] = {
    [KIND_COUNT] = "a whole number",
    [KIND_SIZE] = "a size such as 64K or 8M",
    [KIND_DURATION] = "a duration such as 250us, 10ms or 5s",
    [KIND_RATE] = "a rate such as 1000/s",
    [KIND_SHARE] = "a share such as 2% or 0.02",
    [KIND_SPAN] = "two durations, START,LENGTH, such as 2s,500ms",
    [KIND_ARRIVALS] = "batch, fixed:RATE or poisson:RATE, such as poisson:900/s",
    [KIND_PATH] = "a file's name",
};

static bool has_bounds(enum option_kind kind) {
    return kind == KIND_COUNT || kind == KIND_SIZE || kind == KIND_DURATION ||
           kind == KIND_RATE || kind == KIND_SHARE;
}

static const char *print_bound(enum option_kind kind, double bound,
                               char text[static TEXT]) {
    if (kind == KIND_DURATION) {
        quantity_print_duration((int64_t)bound, text, TEXT);
    } else if (kind == KIND_SIZE) {
        quantity_print_size((int64_t)bound, text, TEXT);
    } else if (kind == KIND_COUNT) {
        snprintf(text, TEXT, "%.0f", bound);
    } else {
        snprintf(text, TEXT, "%.10g%s", bound, kind == KIND_RATE ? "/s" : "");
    }
    return text;
}

static void describe_choices(const struct option_row *row, char *text, size_t size) {
    text[0] = '\0';
    for (int i = 0; row->choices[i] != NULL; i++) {
        size_t length = strlen(text);
        snprintf(text + length, size - length, "%s%s", i == 0 ? "" : ", ",
                 row->choices[i]);
    }
}

void option_describe(const struct option_row *row, char *text, size_t size) {
    char least[TEXT];
    char most[TEXT];
    if (row->kind == KIND_CHOICE) {
        describe_choices(row, text, size);
    } else if (has_bounds(row->kind)) {
        snprintf(text, size, "%s, from %s to %s", forms[row->kind],
                 print_bound(row->kind, row->least, least),
                 print_bound(row->kind, row->most, most));
    } else {
        snprintf(text, size, "%s", forms[row->kind]);
    }
}

static bool read_int64(const struct option_row *row, const char *text, int64_t *value) {
    bool parsed = row->kind == KIND_COUNT  ? quantity_parse_count(text, value)
                  : row->kind == KIND_SIZE ? quantity_parse_size(text, value)
                                           : quantity_parse_duration(text, value);
    return parsed && (double)*value >= row->least && (double)*value <= row->most;
}

static bool read_double(const struct option_row *row, const char *text, double *value) {
    bool parsed = row->kind == KIND_RATE ? quantity_parse_rate(text, value)
                                         : quantity_parse_share(text, value);
    return parsed && *value >= row->least && *value <= row->most;
}

static bool read_choice(const struct option_row *row, const char *text, int *choice) {
    for (int i = 0; row->choices[i] != NULL; i++) {
        if (strcmp(text, row->choices[i]) == 0) {
            *choice = i;
            return true;
        }
    }
    return false;
}

/* START,LENGTH */
static bool read_span(const struct option_row *row, const char *text, int64_t *span) {
    char start[TEXT];
    const char *comma = strchr(text, ',');
    if (comma == NULL || (size_t)(comma - text) >= sizeof start) {
        return false;
    }
    snprintf(start, sizeof start, "%.*s", (int)(comma - text), text);
    return read_int64(row, start, &span[0]) && read_int64(row, comma + 1, &span[1]);
}

/* batch, or KIND:RATE */
static bool read_arrivals(const struct option_row *row, const char *text,
                          struct workload_config *workload) {
    char kind[TEXT];
    const char *colon = strchr(text, ':');
    size_t length = colon == NULL ? strlen(text) : (size_t)(colon - text);
    snprintf(kind, sizeof kind, "%.*s", (int)(length < TEXT ? length : TEXT - 1), text);
    if (!read_choice(row, kind, &workload->arrivals)) {
        return false;
    }
    workload->arrivals_per_s = 0;
    if (workload->arrivals == ARRIVALS_BATCH) {
        return colon == NULL;
    }
    return colon != NULL && quantity_parse_rate(colon + 1, &workload->arrivals_per_s) &&
           workload->arrivals_per_s >= 1e-3 && workload->arrivals_per_s <= row->most;
}

bool option_read(struct options *options, const struct option_row *row,
                 const char *text) {
    void *place = option_place(options, row);
    switch (row->kind) {
    case KIND_COUNT:
    case KIND_SIZE:
    case KIND_DURATION:
        return read_int64(row, text, place);
    case KIND_RATE:
    case KIND_SHARE:
        return read_double(row, text, place);
    case KIND_CHOICE:
        return read_choice(row, text, place);
    case KIND_SPAN:
        return read_span(row, text, place);
    case KIND_ARRIVALS:
        return read_arrivals(row, text, &options->run.workload);
    case KIND_PATH:
        *(const char **)place = text;
        return text[0] != '\0';
    case KIND_FLAG:
        *(bool *)place = true;
        break;
    case KIND_DEFAULT:
        snprintf(options->note, sizeof options->note,
                 "--%s is the default now and need not be given", row->name);
        break;
    case KIND_ACTION:
        break;
    }
    return true;
}
