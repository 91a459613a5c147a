/*
 * The API as a server of its own: the same simulation behind HTTP, for --api-url. It
 * takes the same options about the workload and the API as the programs that call it,
 * and says at its end what it has counted (accounts.h).
 *
 * It ends when a signal tells it to (interrupt.h), or with the thread that has started
 * it (PR_SET_PDEATHSIG). Not at the end of its standard input: a shell gives /dev/null
 * to what it starts in the background, and that ends at once.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "program/interrupt.h"
#include "program/options.h"
#include "program/results.h"
#include "server/accounts.h"
#include "sync/clock.h"

static const struct runner server = {
    .on_threads = {"api-server", "Serves the simulated API over HTTP on this machine."},
    .options = (const struct runner_option[]){{NULL, NULL, 0}},
    .serves = true,
};

static void require(int error) {
    if (error != 0) {
        fprintf(stderr, "api-server: cannot run: %s\n", strerror(-error));
        exit(EXIT_ENVIRONMENT);
    }
}

/* A parent that is gone before it could be watched is not noticed otherwise. */
static void end_with(pid_t parent) {
    require(prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 ? 0 : -errno);
    require(getppid() == parent ? 0 : -ESRCH);
}

/* The line that callers wait for: without it nobody can call. */
static void tell_address(const struct desk *desk) {
    if (printf("http://127.0.0.1:%u\n", (unsigned)desk->port) < 0 ||
        fflush(stdout) != 0) {
        fprintf(stderr, "api-server: cannot write its address: %s\n", strerror(errno));
        exit(EXIT_UNSOUND);
    }
}

static int write_accounts(struct results *results, struct desk *desk,
                          const struct options *options) {
    char *config = options_to_json(options, &server);
    require(config == NULL ? -ENOMEM : 0);
    accounts_write(desk, config, results->out.file);
    free(config);
    bool samples = output_close(&results->samples);
    return output_close(&results->out) && samples ? EXIT_MEASURED : EXIT_UNSOUND;
}

int main(int argc, char **argv) {
    static struct options options;
    static struct desk desk;
    static struct api api;
    struct results results;

    pid_t parent = getppid();
    options_read(&options, &server, argc, argv);
    results_open(&results, options.json_path, options.samples_path);
    interrupt_block();
    end_with(parent);
    prctl(PR_SET_TIMERSLACK, (unsigned long)options.run.timer_slack_ns);
    require(api_init(&api, &options.run.api, now_ns()));
    if (results.samples.file != NULL) {
        fputs("index,attempt,reply\n", results.samples.file);
    }
    require(desk_open(&desk, &api, &options.run.workload, results.samples.file));
    tell_address(&desk);
    interrupt_wait();
    desk_close(&desk);
    int status = write_accounts(&results, &desk, &options);
    api_destroy(&api);
    return status;
}
