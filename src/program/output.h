/*
 * Files for output: opened before the run, so that a place that cannot be written is
 * known before an hour was spent, and checked when closed, so that a full disk is not
 * taken for success. Both print one line on stderr when they fail.
 *
 *   output_open(output, path)   "-" is stdout
 *   fprintf(output->file, ...)  as often as needed; errors may be ignored here ...
 *   output_close(output)        ... because this tells the first one, with its reason
 */
#ifndef FIVE_COOKS_OUTPUT_H
#define FIVE_COOKS_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct output {
    FILE *file;
    const char *path;
    int fd;
    int error; /* of the first write that failed, when stdio has long forgotten it */
};

/* Before any file is opened: makes sure that 0, 1 and 2 are open, or one opened later
 * could become one of them. A standard output that was closed is then refused. */
void output_guard_standard_files(void);

bool output_open(struct output *output, const char *path);
bool output_close(struct output *output); /* a zeroed one is fine */

/* Do both names lead to the same file? Of two that do not exist yet only the spelling
 * can tell. */
bool output_is_one_place(const char *path, const char *other);

/* Is `path` the file that standard output goes to, by another name? They would write
 * over each other; into a pipe or a terminal they write one after the other. */
bool output_is_behind_stdout(const char *path);

/* One line on stderr, whatever characters the file's name holds. */
void output_complain(const char *before, const char *path, const char *after);

#endif
