/*
 * Where threads of a race meet before each round, thousands of times: a barrier that
 * lets them go within some nanoseconds of each other. A sleeping barrier would wake one
 * after the other, and by then the race is over.
 */
#ifndef TEST_MEETING_H
#define TEST_MEETING_H

#include <stdatomic.h>

#include "support/until.h"

struct meeting {
    int expected;
    _Atomic unsigned arrived;
};

static inline void meet(struct meeting *meeting) {
    unsigned expected = (unsigned)meeting->expected;
    unsigned place = atomic_fetch_add(&meeting->arrived, 1);
    unsigned all_here = (place / expected + 1) * expected;
    UNTIL(atomic_load(&meeting->arrived) >= all_here);
}

#endif
