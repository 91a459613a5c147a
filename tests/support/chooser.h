/* A select, possibly in a thread of its own: chooser_park() returns when it waits. */
#ifndef TEST_CHOOSER_H
#define TEST_CHOOSER_H

#include "support/threads.h"
#include "support/until.h"
#include "sync/chan.h"
#include "sync/clock.h"

enum { CASES_MOST = 6 };

struct chooser {
    struct chan_case cases[CASES_MOST];
    int count;
    int64_t deadline_ns; /* 0: never */
    int chosen;
    struct spawned *thread;
};

static inline void *choose(void *argument) {
    struct chooser *chooser = argument;
    chooser->chosen =
        chan_select(chooser->cases, chooser->count,
                    chooser->deadline_ns == 0 ? DEADLINE_NEVER : chooser->deadline_ns);
    return NULL;
}

static inline void chooser_park(struct chooser *chooser) {
    struct chan *chan = chooser->cases[0].chan;
    enum chan_direction direction = chooser->cases[0].direction;
    size_t before = chan_waiters(chan, direction);
    chooser->thread = spawn(choose, chooser);
    UNTIL(chan_waiters(chan, direction) > before);
}

static inline int chooser_join(struct chooser *chooser) {
    join(chooser->thread);
    return chooser->chosen;
}

#endif
