/*
 * One option's value: whether a design has it, how it is read, what it may look like.
 * For options.c and options_show.c only.
 */
#ifndef FIVE_COOKS_OPTION_VALUE_H
#define FIVE_COOKS_OPTION_VALUE_H

#include "program/option_table.h"
#include "program/options.h"

/* Has this design the option? */
bool option_belongs(const struct option_row *row, const struct runner *runner);

/* Its default in this design, as one would type it; NULL: not set. */
const char *option_default(const struct option_row *row, const struct runner *runner);

/* False if the text is not a value of this row, or out of its range. */
bool option_read(struct options *options, const struct option_row *row,
                 const struct runner *runner, const char *text);

/* What option_read() would take, in words. */
void option_describe(const struct option_row *row, const struct runner *runner,
                     char *text, size_t size);

#endif
