/*
 * The command line: one table of options says what each is called, what it takes, where
 * it is kept and what to tell about it. Which of them a design has, and with which
 * defaults, the design says itself (struct runner). Parsing, checking, --help and the
 * record's "config" read these two and nothing else.
 *
 *   options_read(options, runner, argc, argv)    by main, first
 *   options_to_json(options, runner)             for the record
 *
 * and, of which options_read() is made, options_init(), _parse() and _help(). It also
 * reads the file that --distribution may name.
 *
 * Parsing is a pure function of argv, but for getopt's own state: one thread only. If
 * an option is given twice the last one counts.
 */
#ifndef FIVE_COOKS_OPTIONS_H
#define FIVE_COOKS_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "strategies/run.h"

struct options {
    struct run_config run;
    const char *json_path;    /* NULL: a summary for people; "-": stdout */
    const char *samples_path; /* NULL: none */
    const char *latency_file; /* PATH[:COLUMN] of --distribution; NULL: none */
    bool service_time_given;
    int progress_fd; /* 0: none */
    bool detect_deadlock;
    char error[512]; /* one line, when parsing said OPTIONS_WRONG */
    char note[256];  /* one line that is worth saying, or "" */
};

enum options_result { OPTIONS_OK, OPTIONS_WRONG, OPTIONS_HELP, OPTIONS_VERSION };

void options_init(struct options *options, const struct runner *runner);

enum options_result options_parse(struct options *options, const struct runner *runner,
                                  int argc, char **argv);

void options_help(const struct runner *runner, FILE *out);

/* For main: fills `options`, or ends the program: --help and --version with status 0, a
 * wrong command line with one line on stderr and status 2. */
void options_read(struct options *options, const struct runner *runner, int argc,
                  char **argv);

/* {"tasks": 50, ...}: every option by its long name with '_' for '-', durations in _ns,
 * sizes in _bytes, rates in _per_s, shares as fractions; null: none, or not of this
 * design. Paths and addresses are left out, as they name a machine. To be freed by the
 * caller; NULL: no memory. */
char *options_to_json(const struct options *options, const struct runner *runner);

#endif
