/*
 * libFuzzer's way into the option parser: see tests/fuzz.
 *
 * The input is a command line, its words ended by zero bytes; the first byte chooses
 * the program. Whatever it is, the parser must neither crash nor overrun, and
 *
 *   - a refusal has a reason, and what is taken is within its bounds
 *   - the record of what was taken is there, and parsing is a pure function: the same
 *     words give the same record
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program/options.h"
#include "support/runners.h"
#include "sync/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS_MOST = 32 };

struct command_line {
    const struct runner *runner;
    char *text;
    char *argv[WORDS_MOST + 2];
    int argc;
};

static void split(struct command_line *line, const uint8_t *data, size_t size) {
    line->runner = data[0] % 2 == 0 ? &pool_like : &spawner_like;
    line->text = calloc(size, 1); /* the byte that chose makes room for a last zero */
    must(line->text == NULL);
    memcpy(line->text, data + 1, size - 1);
    line->argv[0] = (char *)(uintptr_t)line->runner->on_threads.name;
    line->argc = 1;
    for (size_t at = 0; at + 1 < size && line->argc <= WORDS_MOST;) {
        line->argv[line->argc++] = line->text + at;
        at += strlen(line->text + at) + 1;
    }
    line->argv[line->argc] = NULL;
}

static enum options_result parse(struct options *options, struct command_line *line) {
    options_init(options, line->runner);
    return options_parse(options, line->runner, line->argc, line->argv);
}

static void check_bounds(const struct run_config *run) {
    const struct workload_config *workload = &run->workload;
    double faults = workload->error_rate + workload->silent_rate + workload->hang_rate;
    invariant(workload->tasks >= 0 && workload->service_ns >= 0);
    invariant(workload->hang_ns >= 0 && workload->seed >= 0);
    invariant(faults >= 0 && faults <= 1.0 + 1e-9);
    invariant(run->runner.workers >= 1 && run->runner.queue >= 0);
    invariant(run->client.attempts >= 1 && run->client.backoff_ns >= 0);
    invariant(run->client.timeout_ns >= 0 && run->deadline_ns >= 0);
    invariant(run->api.capacity >= 0 && run->api.rate_per_s >= 0);
    invariant(run->api.queue >= 0 && run->api.retry_after_ns >= 0);
    invariant(run->client.breaker_failures >= 0 && run->client.breaker_pause_ns >= 0);
    invariant(run->runner.idle_ns >= 0);
    invariant(workload->p50_ns <= workload->p99_ns);
    invariant(run->api.outage_start_ns >= 0 && run->api.outage_length_ns >= 0);
    invariant((workload->arrivals == ARRIVALS_BATCH) ==
              (workload->arrivals_per_s == 0));
}

/* getopt moves argv's words about, so the second time they may come in another order;
 * but as a stray word ends the parsing, they cannot. */
static void check_purity(struct command_line *line, const struct options *once) {
    struct options twice;
    enum options_result result = parse(&twice, line);
    invariant(result == OPTIONS_OK);
    char *one = options_to_json(once, line->runner);
    char *other = options_to_json(&twice, line->runner);
    invariant(one != NULL && other != NULL && strcmp(one, other) == 0);
    invariant(one[0] == '{' && one[strlen(one) - 1] == '}');
    free(other);
    free(one);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    struct command_line line;
    struct options options;
    split(&line, data, size);
    switch (parse(&options, &line)) {
    case OPTIONS_OK:
        check_bounds(&options.run);
        check_purity(&line, &options);
        break;
    case OPTIONS_WRONG:
        invariant(options.error[0] != '\0');
        break;
    case OPTIONS_HELP:
    case OPTIONS_VERSION:
        break;
    }
    free(line.text);
    return 0;
}
