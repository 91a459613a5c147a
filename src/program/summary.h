/*
 * The same run as the record, told to a person: a dozen short lines.
 */
#ifndef FIVE_COOKS_SUMMARY_H
#define FIVE_COOKS_SUMMARY_H

#include "program/record.h"

void summary_print(const struct record *record, FILE *out);

#endif
