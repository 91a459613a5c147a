/*
 * A file of latencies that somebody measured, for --distribution file:PATH[:COLUMN].
 *
 * Without a column: one duration on each line. With one: a CSV file whose first line
 * names its columns; fields are separated by commas and may be in double quotes.
 *
 *   12.5ms      has a unit, as in every option
 *   0.0125      has none: in seconds, as curl and most logs have them; or, if the
 *               column's name ends in _ns, _us, _ms or _s, in that unit
 *
 * Empty lines, lines that begin with '#', and a byte order mark are left out. All else
 * is refused, and the line that is at fault is named with its number: also a line that
 * does not end within 64 kB, and what follows ten million durations.
 */
#ifndef FIVE_COOKS_LATENCY_FILE_H
#define FIVE_COOKS_LATENCY_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "simulation/workload.h"

/* `place` is PATH[:COLUMN]; the last colon separates the two. What is read must be
 * freed by the caller. False: `error` holds one line that says why. */
bool latency_file_read(const char *place, struct recorded *recorded, char *error,
                       size_t size);

/* PATH alone, which the caller frees. NULL: no memory for it. */
char *latency_file_path(const char *place);

#endif
