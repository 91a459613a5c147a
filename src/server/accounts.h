/*
 * What the API's server tells at its end, as one JSON object on one line:
 *
 *   schema_version, program, version, commit, config{}, workload_digest
 *                  as in a record (program/record.h)
 *   calls          that were answered or given up
 *   replies{}      ok rejected failed silent hung_up; their sum is calls
 *   api{}          as in a record
 *   peak{}         in_flight served waiting, as in a record; connected
 *   connections    that were accepted
 *   misfits        requests that were no calls of this workload
 */
#ifndef FIVE_COOKS_ACCOUNTS_H
#define FIVE_COOKS_ACCOUNTS_H

#include "server/desk.h"

/* `config` is a JSON object. */
void accounts_write(struct desk *desk, const char *config, FILE *out);

#endif
