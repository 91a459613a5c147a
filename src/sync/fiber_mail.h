/*
 * A mailbox for fiber.c only: parks whose sleepers are to be woken, from other threads
 * of the kernel to the one that runs the fibers ("home").
 *
 *   mail_post(park)      by any other thread; waits while the box is full
 *   mail_has_come()      by home, at every switch: one look at one word
 *   mail_take(wake)      by home, then
 *   mail_wait(until)     by home, when it has nothing else to do
 *
 * A park in the box stays where it is: its sleeper waits for this wake.
 */
#ifndef FIVE_COOKS_FIBER_MAIL_H
#define FIVE_COOKS_FIBER_MAIL_H

#include <pthread.h>

#include "futex.h"
#include "park.h"

enum { MAIL_MAX = 256 };

static _Atomic uint32_t mail_flag; /* 1: home should look; home sleeps on it */

static pthread_mutex_t mail_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t mail_taken = PTHREAD_COND_INITIALIZER;

/* mail_lock must be held when using these: */
static struct park *mail[MAIL_MAX];
static int mail_count;

/* Home looks again whether there is something to do. */
static inline void mail_ring(void) {
    atomic_store(&mail_flag, 1);
    futex_wake(&mail_flag);
}

static inline void mail_post(struct park *park) {
    must(pthread_mutex_lock(&mail_lock));
    while (mail_count == MAIL_MAX) {
        must(pthread_cond_wait(&mail_taken, &mail_lock));
    }
    mail[mail_count++] = park;
    must(pthread_mutex_unlock(&mail_lock));
    mail_ring();
}

static inline bool mail_has_come(void) {
    return atomic_load_explicit(&mail_flag, memory_order_relaxed) != 0;
}

static inline void mail_take(void (*wake)(struct park *park)) {
    atomic_store(&mail_flag, 0); /* first: what comes from now on will ring again */
    must(pthread_mutex_lock(&mail_lock));
    for (int i = 0; i < mail_count; i++) {
        wake(mail[i]);
    }
    mail_count = 0;
    must(pthread_cond_broadcast(&mail_taken));
    must(pthread_mutex_unlock(&mail_lock));
}

static inline void mail_wait(int64_t until_ns) {
    futex_wait(&mail_flag, 0, until_ns);
}

#endif
