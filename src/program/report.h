/*
 * What a program leaves behind: the record or the summary, the samples, the exit
 * status.
 *
 *   report_open(report, ...)    before the run; ends the program if it cannot write (3)
 *                               or would write two things into one file (2)
 *   report_write(report, ...)   after it; the exit status
 *   report_impossible(run, error)  instead of it: one line, and exit status 3
 */
#ifndef FIVE_COOKS_REPORT_H
#define FIVE_COOKS_REPORT_H

#include "program/output.h"

struct run;

enum exit_status {
    EXIT_MEASURED = 0,    /* and the accounts add up, whatever the outcomes */
    EXIT_UNSOUND = 1,     /* an account does not add up, or output failed */
    EXIT_USAGE = 2,       /* the command line is wrong; a deadlock ends in 2, too */
    EXIT_ENVIRONMENT = 3, /* the machine does not allow it */
    EXIT_SIGNAL = 128     /* + the signal that stopped it */
};

struct report {
    const char *json_path;    /* NULL: a summary for people on stdout */
    const char *samples_path; /* NULL: none */
    struct output out;
    struct output samples;
};

void report_open(struct report *report, const char *json_path,
                 const char *samples_path);

/* `config` is a JSON object; `signal` the one that stopped the run, or 0. */
int report_write(struct report *report, struct run *run, const char *program,
                 const char *config, int signal);

_Noreturn void report_impossible(const struct run *run, int error);

#endif
