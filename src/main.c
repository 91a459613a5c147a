#include <errno.h>
#include <stdlib.h>

#include "program/interrupt.h"
#include "program/options.h"
#include "program/report.h"
#include "strategies/run.h"
#include "sync/deadlock.h"

int main(int argc, char **argv) {
    static struct run run;
    static struct interrupt interrupt;
    struct options options;
    struct report report;

    interrupt_block();
    options_read(&options, runner_name, argc, argv);
    report_open(&report, options.json_path, options.samples_path);
    if (options.detect_deadlock) {
        deadlock_watch("main");
    }

    int error = run_init(&run, &options.run);
    char *config = options_to_json(&options, runner_name);
    if (error != 0 || config == NULL) {
        report_impossible(&run, error != 0 ? error : -ENOMEM);
    }
    interrupt_watch(&interrupt, run.root, &run.tally);
    error = runner_run(&run);
    run_finish(&run);
    int signal = interrupt_end(&interrupt);
    if (error != 0) {
        report_impossible(&run, error);
    }

    int status = report_write(&report, &run, runner_name, config, signal);
    free(config);
    run_destroy(&run);
    return status;
}
