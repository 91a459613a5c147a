#include "program/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "measure/record.h"
#include "measure/summary.h"

static void refuse_one_place(const char *json_path, const char *samples_path) {
    if (json_path != NULL && samples_path != NULL &&
        output_is_one_place(json_path, samples_path)) {
        output_complain("--json and --samples cannot both be", samples_path,
                        "; they take a file each");
        exit(EXIT_USAGE);
    }
}

void report_open(struct report *report, const char *json_path,
                 const char *samples_path) {
    output_guard_standard_files();
    *report = (struct report){.json_path = json_path, .samples_path = samples_path};
    refuse_one_place(json_path, samples_path);
    if (!output_open(&report->out, json_path != NULL ? json_path : "-")) {
        exit(EXIT_ENVIRONMENT);
    }
    refuse_one_place(json_path, samples_path); /* again: the first is there now */
    if (samples_path != NULL && !output_open(&report->samples, samples_path)) {
        exit(EXIT_ENVIRONMENT);
    }
}

/* Peak memory is read last of all, when nothing more will be asked for. */
static void write_all(struct report *report, const struct record *record) {
    if (report->samples_path != NULL) {
        samples_write(&record->run->samples, report->samples.file);
    }
    process_read(&record->run->process);
    if (report->json_path != NULL) {
        record_write(record, report->out.file);
    } else {
        summary_write(record, report->out.file);
    }
}

int report_write(struct report *report, struct run *run, const char *program,
                 const char *config, int signal) {
    struct record record = {
        .program = program,
        .config = config,
        .complete = signal == 0,
        .digest = workload_digest(run->workload),
        .run = run,
    };
    write_all(report, &record);
    bool adds_up = record_adds_up(&record);
    if (run->limit[0] != '\0') {
        fprintf(stderr, "%s: no more threads than %lld could be created: %s\n", program,
                (long long)run->tally.created_threads, run->limit);
    }
    bool samples_written = output_close(&report->samples);
    if (!output_close(&report->out) || !samples_written || !adds_up) {
        return EXIT_UNSOUND;
    }
    return signal != 0 ? EXIT_SIGNAL + signal : EXIT_MEASURED;
}

void report_impossible(const struct run *run, int error) {
    fprintf(stderr, "%s: cannot run: %s\n", program_invocation_short_name,
            run->limit[0] != '\0' ? run->limit : strerror(-error));
    exit(EXIT_ENVIRONMENT);
}
