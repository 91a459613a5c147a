#include <errno.h>
#include <stdlib.h>

#include "program/interrupt.h"
#include "program/options.h"
#include "program/progress.h"
#include "program/results.h"
#include "strategies/run.h"
#include "sync/deadlock.h"

int main(int argc, char **argv) {
    static struct run run;
    static struct interrupt interrupt;
    static struct options options;
    struct progress progress;
    struct results results;

    options_read(&options, &the_runner, argc, argv);
    progress_open(&progress, options.progress_fd);
    results_open(&results, options.json_path, options.samples_path);
    interrupt_block();
    if (options.detect_deadlock) {
        deadlock_watch("main");
    }
    int error = run_begin(&run, &options.run, &the_runner);
    char *config = options_to_json(&options, &the_runner);
    results_require(&run, error != 0 || config != NULL ? error : -ENOMEM);
    progress_watch(&progress, &run);
    interrupt_watch(&interrupt, run.root, &run.tally);
    error = the_runner.run(&run);
    run_finish(&run);
    int signal = interrupt_end(&interrupt);
    progress_end(&progress);
    results_require(&run, error);
    int status =
        results_write(&results, &run, runner_face(&the_runner).name, config, signal);
    free(config);
    run_destroy(&run);
    return status;
}
