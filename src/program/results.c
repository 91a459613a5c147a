#include "program/results.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "program/record.h"
#include "program/summary.h"

static void refuse_one_place(const char *json_path, const char *samples_path) {
    if (samples_path == NULL) {
        return;
    }
    if (json_path == NULL ? output_is_behind_stdout(samples_path)
                          : output_is_one_place(json_path, samples_path)) {
        output_complain(json_path == NULL ? "the summary and --samples cannot both be"
                                          : "--json and --samples cannot both be",
                        samples_path, "; they take a file each");
        exit(EXIT_USAGE);
    }
}

void results_open(struct results *results, const char *json_path,
                  const char *samples_path) {
    output_guard_standard_files();
    *results = (struct results){.json_path = json_path, .samples_path = samples_path};
    refuse_one_place(json_path, samples_path);
    if (!output_open(&results->out, json_path != NULL ? json_path : "-")) {
        exit(EXIT_ENVIRONMENT);
    }
    refuse_one_place(json_path, samples_path); /* again: the first is there now */
    if (samples_path != NULL && !output_open(&results->samples, samples_path)) {
        exit(EXIT_ENVIRONMENT);
    }
}

static void write_all(struct results *results, const struct record *record) {
    run_complete_samples(record->run);
    if (results->samples_path != NULL) {
        samples_write(&record->run->samples, results->samples.file);
    }
    if (results->json_path != NULL) {
        record_write(record, results->out.file);
    } else {
        summary_print(record, results->out.file);
    }
}

static void tell_limit(const struct run *run, const char *program) {
    if (run->limit[0] != '\0') {
        fprintf(stderr, "%s: no more %s than %lld could be created: %s\n", program,
                thread_is_fiber() ? "fibers" : "threads",
                (long long)run->tally.created_threads, run->limit);
    }
}

static void tell_remote(const struct run *run, const char *program) {
    char text[512];
    if (run->api.remote != NULL && remote_tell(run->api.remote, text, sizeof text)) {
        fprintf(stderr, "%s: calls without an answer: %s\n", program, text);
    }
}

static bool close_all(struct results *results) {
    bool samples = output_close(&results->samples);
    bool out = output_close(&results->out);
    return samples && out;
}

int results_write(struct results *results, struct run *run, const char *program,
                  const char *config, int signal) {
    process_read(&run->process); /* first: what follows is not of the run */
    struct record record = {
        .program = program,
        .config = config,
        .complete = signal == 0,
        .digest = workload_digest(run->workload),
        .run = run,
    };
    write_all(results, &record);
    bool adds_up = record_adds_up(&record);
    tell_limit(run, program);
    tell_remote(run, program);
    if (!close_all(results) || !adds_up) {
        return EXIT_UNSOUND;
    }
    return signal != 0 ? EXIT_SIGNAL + signal : EXIT_MEASURED;
}

void results_require(const struct run *run, int error) {
    if (error == 0) {
        return;
    }
    fprintf(stderr, "%s: cannot run: %s%s\n", program_invocation_short_name,
            run->limit[0] != '\0' ? run->limit : strerror(-error),
            error == -ENOMEM && run->limit[0] == '\0'
                ? "; fewer tasks or workers, or no samples, need less"
                : "");
    exit(EXIT_ENVIRONMENT);
}
