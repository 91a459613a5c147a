/*
 * Quantities as people write them: counts "10000", durations "250us", sizes "64K",
 * rates "1000/s", shares "2%". Pure functions, no locale: a decimal point is a point.
 *
 * parse: true if the whole text is one such quantity, and it fits.
 * print: a short text that parse would read as the same.
 */
#ifndef FIVE_COOKS_QUANTITY_H
#define FIVE_COOKS_QUANTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool quantity_parse_count(const char *text, int64_t *count);
bool quantity_parse_duration(const char *text, int64_t *ns); /* ns us ms s min, or 0 */
bool quantity_parse_size(const char *text, int64_t *bytes);  /* K M G T, by 1024 */
bool quantity_parse_rate(const char *text, double *per_s);   /* 1000/s or 1000 */
bool quantity_parse_share(const char *text, double *share);  /* 2% or 0.02 */

void quantity_print_duration(int64_t ns, char *text, size_t size);
void quantity_print_size(int64_t bytes, char *text, size_t size);

#endif
