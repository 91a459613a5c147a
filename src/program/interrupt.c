#include "program/interrupt.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "measure/tally.h"
#include "sync/ctx.h"
#include "sync/must.h"
#include "sync/thread.h"

/* A blocked signal comes even if it is ignored. So one that whoever started us has us
 * ignore, as nohup(1) does, or a script what it runs in the background, must not be
 * among them. */
static sigset_t watched_signals(void) {
    static const int all[] = {SIGINT, SIGTERM, SIGQUIT, SIGHUP};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct sigaction action;
        if (sigaction(all[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN) {
            sigaddset(&set, all[i]);
        }
    }
    return set;
}

void interrupt_block(void) {
    sigset_t set = watched_signals();
    must(pthread_sigmask(SIG_BLOCK, &set, NULL));
}

/* False if there is nothing left to stop: it was stopped before, or is over. */
static bool stop_run(struct interrupt *interrupt, int signal) {
    must(pthread_mutex_lock(&interrupt->lock));
    bool running = !interrupt->over && interrupt->received == 0;
    if (running) {
        interrupt->received = signal;
        thread_outsider_begins();
        tally_stop(interrupt->tally, STOP_SIGNAL);
        ctx_cancel(interrupt->ctx);
        thread_outsider_ends();
    }
    must(pthread_mutex_unlock(&interrupt->lock));
    return running;
}

static int next_signal(void) {
    sigset_t set = watched_signals();
    int signal;
    must(sigwait(&set, &signal));
    return signal;
}

/* Some send their signal twice in one breath: timeout(1) to the program and then to its
 * group, or a terminal to the group and whoever started us to us. No person is so fast,
 * and taken for a second one it would cost the record. */
static void drop_echo(void) {
    static const struct timespec breath = {.tv_nsec = 100000000};
    static const struct timespec none = {0};
    sigset_t set = watched_signals();
    clock_nanosleep(CLOCK_MONOTONIC, 0, &breath, NULL);
    while (sigtimedwait(&set, NULL, &none) > 0) {
    }
}

/* Who presses Ctrl-\ on a program that does not stop wants to look at its core. */
static _Noreturn void end_at_once(int signal) {
    if (signal == SIGQUIT) {
        sigset_t set = watched_signals();
        must(pthread_sigmask(SIG_UNBLOCK, &set, NULL));
        raise(signal); /* which may be ignored */
    }
    _exit(128 + signal);
}

/* Never returns: it keeps handling signals until the program exits, so that Ctrl-C also
 * works while output is being written. */
static void *wait_for_signals(void *argument) {
    for (;;) {
        int signal = next_signal();
        if (!stop_run(argument, signal)) {
            end_at_once(signal);
        }
        drop_echo();
    }
}

static void *end_on_second(void *unused) {
    (void)unused;
    drop_echo();
    end_at_once(next_signal());
}

/* If it cannot be created, they may end the program, as they usually do. */
static void start_listener(void *(*listen)(void *), void *argument) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, listen, argument) == 0) {
        must(pthread_detach(thread));
    } else {
        sigset_t set = watched_signals();
        must(pthread_sigmask(SIG_UNBLOCK, &set, NULL));
    }
}

void interrupt_watch(struct interrupt *interrupt, struct ctx *ctx,
                     struct tally *tally) {
    interrupt->ctx = ctx;
    interrupt->tally = tally;
    must(pthread_mutex_init(&interrupt->lock, NULL));
    start_listener(wait_for_signals, interrupt);
}

int interrupt_wait(void) {
    int signal = next_signal();
    start_listener(end_on_second, NULL);
    return signal;
}

int interrupt_end(struct interrupt *interrupt) {
    must(pthread_mutex_lock(&interrupt->lock));
    interrupt->over = true;
    int received = interrupt->received;
    must(pthread_mutex_unlock(&interrupt->lock));
    return received;
}
