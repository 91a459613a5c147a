/*
 * Ctrl-C: SIGINT, SIGTERM, SIGQUIT (Ctrl-\) and SIGHUP (the terminal is closed) ask the
 * run to stop. A second one ends the program at once, SIGQUIT with a core as it usually
 * does, and so does one that comes after the run, when only the output can be stuck.
 * What comes within a tenth of a second of the first is the same one, told twice. One
 * that we were started to ignore stops nothing: SIGHUP under nohup(1), Ctrl-C in what a
 * script has put into the background.
 *
 *   interrupt_block()              by main, before any thread: each inherits it. Until
 *                                  then a signal ends what has not begun: main may wait
 *                                  for whoever is to read the record from a FIFO
 *   interrupt_watch(interrupt, …)  before the run; must stay for as long as the program
 *   interrupt_end(interrupt)       after it; the signal that came, or 0
 *
 * A separate thread waits for the signals (sigwait), so none of them interrupts
 * anything: there is no signal handler, and nothing that must not be done in one. If
 * that thread cannot be created, a signal ends the program, as it usually does.
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

/* For a program that has nothing else to do: the first signal, once it comes. From then
 * on the next one ends the program. */
int interrupt_wait(void);

#endif
