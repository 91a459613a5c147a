/* gcov writes its counts at exit(): children that end otherwise must do so themselves.
 * Included in front of every file by tests/coverage. */
#ifndef TEST_COVERAGE_H
#define TEST_COVERAGE_H

#include <stdlib.h>
#include <unistd.h>

extern void __gcov_dump(void);
#define _exit(status) (__gcov_dump(), (_exit)(status))
#define abort()       (__gcov_dump(), (abort)())

#endif
