/*
 * Files for output: opened before the run, so that a place that cannot be written is
 * known before an hour was spent, and checked when closed, so that a full disk is not
 * taken for success. Both print one line on stderr when they fail.
 */
#ifndef FIVE_COOKS_OUTPUT_H
#define FIVE_COOKS_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

/* Before any file is opened: makes sure that 0, 1 and 2 are open, or one opened later
 * could become one of them. A standard output that was closed is then refused. */
void output_guard_standard_files(void);

FILE *output_open(const char *path); /* "-" is stdout; NULL after complaining */
bool output_close(FILE *file, const char *path); /* NULL file is fine */

#endif
