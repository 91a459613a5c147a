/*
 * Where threads of a race meet before each round, thousands of times: a barrier that
 * lets them go within some nanoseconds of each other. A sleeping barrier would wake one
 * after the other, and by then the race is over.
 *
 * A race of two begins by race_rounds(), and each of them goes round while
 * another_round(). On a machine with others at work a meeting takes as long as they
 * please, so a race that has lasted for long enough is over after the round that is on.
 */
#ifndef TEST_MEETING_H
#define TEST_MEETING_H

#include <stdatomic.h>

#include "support/scale.h"
#include "support/until.h"
#include "sync/clock.h"

struct meeting {
    int expected;
    _Atomic unsigned arrived;
    _Atomic int rounds;
    int64_t ends_ns;
};

static inline void race_rounds(struct meeting *meeting, int rounds) {
    meeting->expected = 2;
    meeting->rounds = scaled(rounds);
    meeting->ends_ns = now_ns() + 30 * NS_PER_S;
}

static inline void meet(struct meeting *meeting) {
    unsigned expected = (unsigned)meeting->expected;
    unsigned place = atomic_fetch_add(&meeting->arrived, 1);
    unsigned all_here = (place / expected + 1) * expected;
    UNTIL(atomic_load(&meeting->arrived) >= all_here);
}

/* Whoever of the two finds that it is late makes this round the last, and the other has
 * not yet asked for the next: they meet in between. */
static inline bool another_round(struct meeting *meeting, int round) {
    if (is_past(meeting->ends_ns) && meeting->rounds > round) {
        meeting->rounds = round + 1;
    }
    return round < meeting->rounds;
}

#endif
