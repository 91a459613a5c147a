/*
 * The deadlock detector: notices the moment every thread waits for ever.
 *
 * Go's runtime does the same ("all goroutines are asleep", checkdead in
 * runtime/proc.go) and its rule is a count, not a clock: a thread about to wait with no
 * deadline counts itself out, and whoever wakes it counts it in again first. A count of
 * zero means that nobody is left who could wake anybody. So a slow task is never taken
 * for a deadlock, and a real one is noticed within microseconds.
 *
 *   deadlock_watch(name)         once, by the first thread, before it starts others
 *   deadlock_thread_begins()     by whoever is about to create a thread
 *   deadlock_thread_cancelled()  ... and then could not
 *   deadlock_thread_runs(name)   by the new thread, first
 *   deadlock_thread_ends()       by it, last
 *
 * The waits themselves (park) call deadlock_asleep() and deadlock_awake().
 * A wait with a deadline never counts: time will end it. Nor does a wait for anything
 * else (a join, a semaphore): that may miss a deadlock. A thread that the detector was
 * not told about does not count at all, so nobody may depend on it: who waits for it
 * for ever is reported. If it wakes others for outside reasons (a signal), it calls
 * deadlock_thread_begins() before and deadlock_thread_cancelled() after.
 *
 * Until deadlock_watch() is called, all of this does nothing.
 */
#ifndef FIVE_COOKS_DEADLOCK_H
#define FIVE_COOKS_DEADLOCK_H

#include <stdbool.h>
#include <stdio.h>

/* Why a thread waits. Lives on the waiting thread's stack while it does. */
struct wait_reason {
    const char *what;                                /* "chan send" */
    void (*describe)(const void *object, FILE *out); /* may be NULL */
    const void *object;                              /* what it waits on */
    const void *where;                               /* return address in the caller */
};

void deadlock_watch(const char *name);
void deadlock_explain(const char *why); /* a sentence to end the report with */
void deadlock_thread_begins(void);
void deadlock_thread_cancelled(void);
void deadlock_thread_runs(const char *name); /* the name must outlive the thread */
void deadlock_thread_ends(void);

/* Is the calling thread one that counts? */
bool deadlock_watches_me(void);

/* The calling thread, which counts, now waits for ever. Ends the program with status 2
 * and a report on stderr if it was the last one awake. */
void deadlock_asleep(const struct wait_reason *reason);

/* `count` sleeping threads that count are being woken, by the calling thread. */
void deadlock_awake(int count);

#endif
