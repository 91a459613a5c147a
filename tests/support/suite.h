/*
 * A test program: files of claims, each a function whose name says what is so. They are
 * checked in the order in which they stand in their file; main() is in main.c.
 *
 *   CLAIM(a_closed_channel_stays_closed) {
 *       ...
 *   }
 *
 *   claims                                  all claims of all its files
 *   claims chan                             those of test_chan.c
 *   claims a_closed_channel_stays_closed    one claim
 *   claims --list                           their names
 *
 * Claims are checked with cmocka's assertions, from any thread. The first that fails
 * ends the program: it leaves threads behind that still use the failed test's stack, so
 * nothing after it could be trusted. A claim that gets stuck is named by the watchdog
 * (watchdog.h). The seed of everything random is printed; FIVE_COOKS_SEED repeats it.
 *
 * What most claims need comes with it, so that they include only what is special.
 */
#ifndef TEST_SUITE_H
#define TEST_SUITE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/chance.h"
#include "support/child.h"
#include "support/operation.h"
#include "support/scale.h"
#include "support/threads.h"
#include "support/until.h"
#include "sync/chan.h"
#include "sync/clock.h"
#include "sync/must.h"
#include "sync/random.h"

/* cmocka's assert_in_range() compares unsigned numbers, and newer ones call it
 * deprecated. */
#define assert_between(value, least, most)                                             \
    assert_between_at(value, least, most, #value, __FILE__, __LINE__)

void assert_between_at(int64_t value, int64_t least, int64_t most, const char *text,
                       const char *file, int line);

struct claim {
    const char *name, *file;
    void (*check)(void);
    int line; /* claims are checked in this order: constructors run in any */
    struct claim *next;
};

#define CLAIM(claimed)                                                                 \
    static void claimed(void);                                                         \
    __attribute__((constructor)) static void add_##claimed(void) {                     \
        static struct claim claim = {#claimed, __FILE__, claimed, __LINE__, NULL};     \
        suite_add(&claim);                                                             \
    }                                                                                  \
    static void claimed(void)

void suite_add(struct claim *claim);
int suite_run(int argc, char **argv);

#endif
