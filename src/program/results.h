/*
 * What a program leaves behind: the record or the summary, the samples, the exit
 * status.
 *
 *   results_open(results, ...)      before the run; ends the program if it cannot
 *                                   write (3), or would write two things into one
 *                                   file (2)
 *   results_write(results, ...)     after it; the exit status
 *   results_require(run, error)     before it: nothing if `error` is 0; otherwise one
 *                                   line, and exit status 3
 */
#ifndef FIVE_COOKS_RESULTS_H
#define FIVE_COOKS_RESULTS_H

#include "program/output.h"

struct run;

enum exit_status {
    EXIT_MEASURED = 0,    /* and the accounts add up, whatever the outcomes */
    EXIT_UNSOUND = 1,     /* an account does not add up, or output failed */
    EXIT_USAGE = 2,       /* the command line is wrong; a deadlock ends in 2, too */
    EXIT_ENVIRONMENT = 3, /* the machine does not allow it */
    EXIT_SIGNAL = 128     /* + the signal that stopped it */
};

struct results {
    const char *json_path;    /* NULL: a summary for people on stdout */
    const char *samples_path; /* NULL: none */
    struct output out;
    struct output samples;
};

void results_open(struct results *results, const char *json_path,
                  const char *samples_path);

/* `config` is a JSON object; `signal` the one that stopped the run, or 0. */
int results_write(struct results *results, struct run *run, const char *program,
                  const char *config, int signal);

void results_require(const struct run *run, int error);

#endif
