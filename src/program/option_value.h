/*
 * One option's value: where it is kept, how it is read, what it may look like.
 * For options.c and options_show.c only.
 */
#ifndef FIVE_COOKS_OPTION_VALUE_H
#define FIVE_COOKS_OPTION_VALUE_H

#include "program/option_table.h"
#include "program/options.h"

void *option_place(const struct options *options, const struct option_row *row);
bool option_belongs_to(const struct option_row *row, const char *program);

/* The default in this program, as one would type it; NULL: not set. */
const char *option_normal(const struct option_row *row, const char *program);

/* False if the text is not a value of this row, or out of its range. */
bool option_read(struct options *options, const struct option_row *row,
                 const char *text);

/* What option_read() would take, in words. */
void option_describe(const struct option_row *row, char *text, size_t size);

#endif
