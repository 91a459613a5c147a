/*
 * Ctrl-C: SIGINT and SIGTERM ask the run to stop. A second one ends the program at
 * once, and so does one that comes when the run is over: what hangs then is the output.
 *
 *   interrupt_block()              by main, first: every later thread inherits it
 *   interrupt_watch(interrupt, …)  before the run; must stay for as long as the program
 *   interrupt_end(interrupt)       after it; the signal that came, or 0
 *
 * A thread of its own waits for the signals (sigwait), so none is handled in the middle
 * of anything: no signal handler, no flag, nothing forbidden. If that thread cannot be
 * created, a signal ends the program, as it usually does.
 */
#ifndef FIVE_COOKS_INTERRUPT_H
#define FIVE_COOKS_INTERRUPT_H

#include <pthread.h>
#include <stdbool.h>

struct ctx;
struct tally;

struct interrupt {
    /* set once, by interrupt_watch(): */
    struct ctx *ctx;
    struct tally *tally;

    pthread_mutex_t lock;

    /* lock must be held when using these: */
    int received; /* 0: none yet */
    bool over;    /* the run has ended, its contexts may be gone */
};

void interrupt_block(void);
void interrupt_watch(struct interrupt *interrupt, struct ctx *ctx, struct tally *tally);
int interrupt_end(struct interrupt *interrupt);

#endif
