/*
 * Ctrl-C: SIGINT and SIGTERM ask the run to stop, a second one ends the program at
 * once.
 *
 *   interrupt_block()              by main, first: every later thread inherits it
 *   interrupt_watch(interrupt, …)  before the run
 *   interrupt_end(interrupt)       after it; the signal that came, or 0
 *
 * A thread of its own waits for the signals (sigwait), so none is handled in the middle
 * of anything: no signal handler, no flag, nothing forbidden.
 */
#ifndef FIVE_COOKS_INTERRUPT_H
#define FIVE_COOKS_INTERRUPT_H

#include <pthread.h>
#include <stdatomic.h>

struct ctx;
struct tally;

struct interrupt {
    struct ctx *ctx;
    struct tally *tally;
    pthread_t thread;
    int error;            /* the thread could not be created: signals end the program */
    _Atomic int received; /* 0: none yet */
};

void interrupt_block(void);
void interrupt_watch(struct interrupt *interrupt, struct ctx *ctx, struct tally *tally);
int interrupt_end(struct interrupt *interrupt);

#endif
