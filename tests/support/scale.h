/*
 * How much of a load this run can afford.
 *
 * scaled(1000) is 1000 in a plain build and a quarter of it under a sanitizer, which
 * makes every memory access several times dearer. FIVE_COOKS_SCALE changes it, in
 * percent: 1 for valgrind, 1000 for a night.
 */
#ifndef TEST_SCALE_H
#define TEST_SCALE_H

/* A whole number from the environment, or the default. */
long setting(const char *name, long otherwise);

int scaled(int count); /* never below 1 */

#endif
