#include "program/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "measure/record.h"
#include "measure/summary.h"
#include "program/output.h"

void report_open(struct report *report, const char *json_path,
                 const char *samples_path) {
    output_guard_standard_files();
    *report = (struct report){.json_path = json_path, .samples_path = samples_path};
    report->out = output_open(json_path != NULL ? json_path : "-");
    report->samples = samples_path != NULL ? output_open(samples_path) : NULL;
    if (report->out == NULL || (samples_path != NULL && report->samples == NULL)) {
        exit(EXIT_ENVIRONMENT);
    }
}

/* Peak memory is read last of all, when nothing more will be asked for. */
static void write_all(struct report *report, const struct record *record) {
    if (report->samples != NULL) {
        samples_write(&record->run->samples, report->samples);
    }
    process_read(&record->run->process);
    if (report->json_path != NULL) {
        record_write(record, report->out);
    } else {
        summary_write(record, report->out);
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
    bool written = output_close(report->samples, report->samples_path);
    written = output_close(report->out, report->json_path ? report->json_path : "-") &&
              written;
    if (!adds_up || !written) {
        return EXIT_UNSOUND;
    }
    return signal != 0 ? EXIT_SIGNAL + signal : EXIT_MEASURED;
}

void report_impossible(const struct run *run, int error) {
    fprintf(stderr, "%s: cannot run: %s\n", program_invocation_short_name,
            run->limit[0] != '\0' ? run->limit : strerror(-error));
    exit(EXIT_ENVIRONMENT);
}
