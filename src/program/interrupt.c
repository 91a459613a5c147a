#include "program/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include "ctx.h"
#include "deadlock.h"
#include "measure/tally.h"
#include "must.h"

/* SIGUSR1 is how interrupt_end() tells the thread that it is no longer needed. */
static sigset_t watched_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR1);
    return set;
}

void interrupt_block(void) {
    sigset_t set = watched_signals();
    must(pthread_sigmask(SIG_BLOCK, &set, NULL));
}

static void stop_run(struct interrupt *interrupt, int signal) {
    deadlock_thread_begins(); /* an outside event is about to wake others */
    atomic_store(&interrupt->received, signal);
    tally_stop(interrupt->tally, STOP_SIGNAL);
    ctx_cancel(interrupt->ctx);
    deadlock_thread_cancelled();
}

static void *wait_for_signals(void *argument) {
    struct interrupt *interrupt = argument;
    sigset_t set = watched_signals();
    for (;;) {
        int signal;
        must(sigwait(&set, &signal));
        if (signal == SIGUSR1) {
            return NULL;
        }
        if (atomic_load(&interrupt->received) != 0) {
            _exit(128 + signal);
        }
        stop_run(interrupt, signal);
    }
}

void interrupt_watch(struct interrupt *interrupt, struct ctx *ctx,
                     struct tally *tally) {
    *interrupt = (struct interrupt){.ctx = ctx, .tally = tally};
    interrupt->error =
        pthread_create(&interrupt->thread, NULL, wait_for_signals, interrupt);
    if (interrupt->error != 0) { /* then they may end the program, as they usually do */
        sigset_t set = watched_signals();
        must(pthread_sigmask(SIG_UNBLOCK, &set, NULL));
    }
}

int interrupt_end(struct interrupt *interrupt) {
    if (interrupt->error == 0) {
        must(pthread_kill(interrupt->thread, SIGUSR1));
        must(pthread_join(interrupt->thread, NULL));
    }
    return atomic_load(&interrupt->received);
}
