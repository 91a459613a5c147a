#include "program/option_value.h"

#include <string.h>

#include "program/quantity.h"

enum { TEXT = 128 };

/* What the design says of this option; NULL: nothing. */
static const struct runner_option *listed(const struct option_row *row,
                                          const struct runner *runner) {
    for (const struct runner_option *option = runner->options; option->name != NULL;
         option++) {
        if (strcmp(option->name, row->name) == 0) {
            return option;
        }
    }
    return NULL;
}

bool option_belongs(const struct option_row *row, const struct runner *runner) {
    switch (row->owner) {
    case OF_ALL:
        return true;
    case OF_CALLERS:
        return !runner->serves;
    case OF_THREADS:
        return !runner->serves && !thread_is_fiber();
    case OF_FIBERS:
        return !runner->serves && thread_is_fiber();
    case OF_SOME:
        break;
    }
    return listed(row, runner) != NULL;
}

const char *option_default(const struct option_row *row, const struct runner *runner) {
    const struct runner_option *option = listed(row, runner);
    return option != NULL ? option->default_value : row->default_value;
}

static double option_min(const struct option_row *row, const struct runner *runner) {
    const struct runner_option *option = listed(row, runner);
    return option != NULL && (double)option->min > row->min ? (double)option->min
                                                            : row->min;
}

/* What an option of each kind accepts. For a choice, its row says. */
static const char *const forms[] = {
    [KIND_COUNT] = "a whole number",
    [KIND_BOUND] = "unlimited or a whole number",
    [KIND_SIZE] = "a size such as 64K or 8M",
    [KIND_DURATION] = "a duration such as 250us, 10ms or 5s",
    [KIND_RATE] = "a rate such as 1000/s",
    [KIND_SHARE] = "a share such as 2% or 0.02",
    [KIND_SPAN] = "two durations, START,LENGTH, such as 2s,500ms",
    [KIND_BREAKER] = "a number from 1 and a duration, FAILURES,PAUSE, such as 5,200ms",
    [KIND_DISTRIBUTION] = "fixed, uniform, exponential, lognormal, "
                          "lognormal:p50=D,p99=D or file:PATH[:COLUMN]",
    [KIND_ARRIVALS] = "batch, fixed:RATE or poisson:RATE, such as poisson:900/s",
    [KIND_PATH] = "a file's name",
    [KIND_URL] = "http://127.0.0.1:PORT or http://[::1]:PORT: only this machine",
    [KIND_FD] = "the number of an open file descriptor",
};

static bool has_bounds(enum option_kind kind) {
    return kind == KIND_COUNT || kind == KIND_BOUND || kind == KIND_FD ||
           kind == KIND_SIZE || kind == KIND_DURATION || kind == KIND_RATE ||
           kind == KIND_SHARE;
}

static const char *print_bound(enum option_kind kind, double bound,
                               char text[static TEXT]) {
    if (kind == KIND_DURATION) {
        quantity_print_duration((int64_t)bound, text, TEXT);
    } else if (kind == KIND_SIZE) {
        quantity_print_size((int64_t)bound, text, TEXT);
    } else if (kind == KIND_COUNT || kind == KIND_BOUND || kind == KIND_FD) {
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

void option_describe(const struct option_row *row, const struct runner *runner,
                     char *text, size_t size) {
    char min[TEXT];
    char max[TEXT];
    if (row->kind == KIND_CHOICE) {
        describe_choices(row, text, size);
    } else if (has_bounds(row->kind)) {
        snprintf(text, size, "%s, from %s to %s", forms[row->kind],
                 print_bound(row->kind, option_min(row, runner), min),
                 print_bound(row->kind, row->max, max));
    } else {
        snprintf(text, size, "%s", forms[row->kind]);
    }
}

static bool read_int64(const struct option_row *row, double min, const char *text,
                       int64_t *value) {
    bool parsed = row->kind == KIND_SIZE ? quantity_parse_size(text, value)
                  : row->kind == KIND_COUNT || row->kind == KIND_FD
                      ? quantity_parse_count(text, value)
                      : quantity_parse_duration(text, value);
    return parsed && *value >= (int64_t)min && *value <= (int64_t)row->max;
}

static bool read_double(const struct option_row *row, const char *text, double *value) {
    bool parsed = row->kind == KIND_RATE ? quantity_parse_rate(text, value)
                                         : quantity_parse_share(text, value);
    return parsed && *value >= row->min && *value <= row->max;
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

static bool read_bound(const struct option_row *row, const char *text, int64_t *bound) {
    if (strcmp(text, "unlimited") == 0) {
        *bound = INT64_MAX;
        return true;
    }
    return quantity_parse_count(text, bound) && (double)*bound <= row->max;
}

static bool read_fd(const struct option_row *row, const char *text, int *fd) {
    int64_t number;
    if (!read_int64(row, row->min, text, &number)) {
        return false;
    }
    *fd = (int)number;
    return true;
}

/* Copies what is before the comma. Returns what is after it; NULL: there is none. */
static const char *cut_at_comma(const char *text, char before[static TEXT]) {
    const char *comma = strchr(text, ',');
    if (comma == NULL || comma - text >= TEXT) {
        return NULL;
    }
    snprintf(before, TEXT, "%.*s", (int)(comma - text), text);
    return comma + 1;
}

/* START,LENGTH */
static bool read_span(const struct option_row *row, const char *text, int64_t *span) {
    char start[TEXT];
    const char *length = cut_at_comma(text, start);
    return length != NULL && read_int64(row, row->min, start, &span[0]) &&
           read_int64(row, row->min, length, &span[1]);
}

/* FAILURES,PAUSE */
static bool read_breaker(const struct option_row *row, const char *text,
                         int64_t *breaker) {
    enum { FAILURES_MOST = 1000000 };
    char failures[TEXT];
    const char *pause = cut_at_comma(text, failures);
    return pause != NULL && quantity_parse_count(failures, &breaker[0]) &&
           1 <= breaker[0] && breaker[0] <= FAILURES_MOST &&
           read_int64(row, row->min, pause, &breaker[1]);
}

/* NAME, or NAME:MORE. `more` becomes what follows the colon; NULL: there is none. */
static bool read_named(const struct option_row *row, const char *text, int *choice,
                       const char **more) {
    char name[TEXT];
    const char *colon = strchr(text, ':');
    size_t length = colon == NULL ? strlen(text) : (size_t)(colon - text);
    snprintf(name, sizeof name, "%.*s", (int)(length < TEXT ? length : TEXT - 1), text);
    *more = colon == NULL ? NULL : colon + 1;
    return read_choice(row, name, choice);
}

/* p50=D,p99=D. A tail that is four decimal powers long is a typing mistake. */
static bool read_quantiles(const struct option_row *row, const char *text,
                           struct workload_config *workload) {
    enum { TAIL_MOST = 10000 };
    char p50[TEXT];
    const char *comma = strstr(text, ",p99=");
    if (strncmp(text, "p50=", 4) != 0 || comma == NULL || comma - text >= TEXT) {
        return false;
    }
    snprintf(p50, sizeof p50, "%.*s", (int)(comma - text - 4), text + 4);
    return read_int64(row, 1, p50, &workload->p50_ns) &&
           read_int64(row, 1, comma + 5, &workload->p99_ns) &&
           workload->p99_ns >= workload->p50_ns &&
           workload->p99_ns / TAIL_MOST <= workload->p50_ns;
}

/* The file itself is read later, as parsing is a pure function. */
static bool read_distribution(const struct option_row *row, const char *text,
                              struct options *options) {
    struct workload_config *workload = &options->run.workload;
    const char *more;
    workload->p50_ns = workload->p99_ns = 0;
    options->latency_file = NULL;
    if (!read_named(row, text, &workload->distribution, &more)) {
        return false;
    }
    if (workload->distribution == DISTRIBUTION_FILE) {
        options->latency_file = more;
        return more != NULL && more[0] != '\0';
    }
    return more == NULL || (workload->distribution == DISTRIBUTION_LOGNORMAL &&
                            read_quantiles(row, more, workload));
}

/* batch, or KIND:RATE */
static bool read_arrivals(const struct option_row *row, const char *text,
                          struct workload_config *workload) {
    const char *rate;
    if (!read_named(row, text, &workload->arrivals, &rate)) {
        return false;
    }
    workload->arrivals_per_s = 0;
    if (workload->arrivals == ARRIVALS_BATCH) {
        return rate == NULL;
    }
    return rate != NULL && quantity_parse_rate(rate, &workload->arrivals_per_s) &&
           workload->arrivals_per_s >= 1e-3 && workload->arrivals_per_s <= row->max;
}

static bool read_path(const char *text, const char **path) {
    *path = text;
    return text[0] != '\0';
}

/* A name of this machine is not taken, as it may mean another one, and would have to be
 * looked up for each call. */
static bool read_url(const char *text, const char **url) {
    static const char *const prefixes[] = {"http://127.0.0.1:", "http://[::1]:"};
    enum { PORT_MOST = 65535 };
    int64_t port;
    for (int i = 0; i < 2; i++) {
        size_t length = strlen(prefixes[i]);
        if (strncmp(text, prefixes[i], length) == 0 && text[length] != '0' &&
            quantity_parse_count(text + length, &port) && port <= PORT_MOST) {
            *url = text;
            return true;
        }
    }
    return false;
}

/* Of a flag and what is so without it the last one is meant. */
static bool read_default(const struct option_row *row, struct options *options,
                         bool *flag) {
    snprintf(options->note, sizeof options->note,
             "--%s is the default now and need not be given", row->name);
    *flag = false;
    return true;
}

bool option_read(struct options *options, const struct option_row *row,
                 const struct runner *runner, const char *text) {
    void *place = (char *)options + row->at;
    switch (row->kind) {
    case KIND_COUNT:
    case KIND_SIZE:
    case KIND_DURATION:
        return read_int64(row, option_min(row, runner), text, place);
    case KIND_BOUND:
        return read_bound(row, text, place);
    case KIND_RATE:
    case KIND_SHARE:
        return read_double(row, text, place);
    case KIND_CHOICE:
        return read_choice(row, text, place);
    case KIND_SPAN:
        return read_span(row, text, place);
    case KIND_BREAKER:
        return read_breaker(row, text, place);
    case KIND_DISTRIBUTION:
        return read_distribution(row, text, options);
    case KIND_ARRIVALS:
        return read_arrivals(row, text, &options->run.workload);
    case KIND_PATH:
        return read_path(text, place);
    case KIND_URL:
        return read_url(text, place);
    case KIND_FD:
        return read_fd(row, text, place);
    case KIND_FLAG:
        return *(bool *)place = true;
    case KIND_DEFAULT:
        return read_default(row, options, place);
    case KIND_ACTION:
        break;
    }
    return true;
}
