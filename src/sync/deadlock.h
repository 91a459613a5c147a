/*
 * The deadlock detector: notices the moment when every thread waits for ever.
 *
 * Go's runtime does the same ("all goroutines are asleep", checkdead in
 * runtime/proc.go), and its rule is a count, not a clock: a thread about to wait
 * without a deadline counts itself out, and whoever wakes it counts it in again first.
 * At zero, nobody is left who could wake anybody. So a slow task is never taken for a
 * deadlock, and a real one is noticed within microseconds.
 *
 *   deadlock_watch(name)     once, by the first thread, before it starts others
 *
 * The rest is done by those who implement threads (thread.h), for every thread:
 *
 *   deadlock_thread_begins()     by its creator, before
 *   deadlock_thread_cancelled()  ... and after, if it could not be created
 *   deadlock_thread_runs(name)   by the new thread, first
 *   deadlock_thread_ends()       by it, last
 *   deadlock_asleep(), _awake()  where it waits
 *
 * A wait with a deadline never counts, as time will end it. Nor does a wait for
 * anything but a park (a join, a pthread mutex): that may miss a deadlock. A thread
 * that was not started by thread_start() does not count at all, so nobody may depend on
 * it: whoever waits for it for ever is reported. If it wakes others for outside
 * reasons, such as a signal, it says so (thread_outsider_begins).
 *
 * Until deadlock_watch() is called, all of this does nothing.
 */
#ifndef FIVE_COOKS_DEADLOCK_H
#define FIVE_COOKS_DEADLOCK_H

#include <stdbool.h>
#include <stdio.h>

/* For functions that tell their return address as `where`: if they were inlined, even
 * at link time, that would be their caller's. */
#define NEVER_INLINED __attribute__((noinline))

/* Why a thread waits. Lives on the waiting thread's stack while it does. */
struct wait_reason {
    const char *what;                                /* "chan send" */
    void (*describe)(const void *object, FILE *out); /* may be NULL */
    const void *object;                              /* what it waits on */
    const void *where;                               /* return address in the caller */
};

/* What the detector knows of a thread. */
struct watched {
    /* its own thread's; the report reads them while that thread sleeps for ever: */
    const char *name;
    const struct wait_reason *reason;
    bool counted;

    /* for deadlock.c, which holds its lock to use these, of whatever thread: */
    struct watched *next;
    struct watched **link; /* what points to us */
};

/* The calling thread's own, zeroed at its start. Belongs to whoever implements threads.
 */
struct watched *deadlock_me(void);

void deadlock_watch(const char *name);
void deadlock_explain(const char *why); /* a sentence to end the report with */
void deadlock_thread_begins(void);
void deadlock_thread_cancelled(void);
void deadlock_thread_runs(const char *name);
void deadlock_thread_ends(void);

/* The calling thread, which is counted, now waits for ever. If it was the last one
 * awake this ends the program with status 2 and a report on stderr. */
void deadlock_asleep(const struct wait_reason *reason);

/* A counted thread that sleeps is about to be woken, by the calling thread. */
void deadlock_awake(void);

/* Where one place knows that all counted threads sleep, it needs no counting: it asks
 * whether anybody else could wake them, and if not, reports. */
bool deadlock_is_possible(void);
_Noreturn void deadlock_report(const char *who); /* "threads" */

#endif
