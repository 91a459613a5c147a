#include <errno.h>
#include <stdlib.h>

#include "program/interrupt.h"
#include "program/options.h"
#include "program/results.h"
#include "strategies/run.h"
#include "sync/deadlock.h"

int main(int argc, char **argv) {
    static struct run run;
    static struct interrupt interrupt;
    struct options options;
    struct results results;

    interrupt_block();
    options_read(&options, &the_runner, argc, argv);
    results_open(&results, options.json_path, options.samples_path);
    if (options.detect_deadlock) {
        deadlock_watch("main");
    }

    int error = run_init(&run, &options.run);
    char *config = options_to_json(&options, &the_runner);
    if (error != 0 || config == NULL) {
        results_impossible(&run, error != 0 ? error : -ENOMEM);
    }
    interrupt_watch(&interrupt, run.root, &run.tally);
    error = the_runner.run(&run);
    run_finish(&run);
    int signal = interrupt_end(&interrupt);
    if (error != 0) {
        results_impossible(&run, error);
    }
    int status =
        results_write(&results, &run, runner_face(&the_runner).name, config, signal);
    free(config);
    run_destroy(&run);
    return status;
}
