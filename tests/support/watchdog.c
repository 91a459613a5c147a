#include "support/watchdog.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/scale.h"
#include "sync/clock.h"
#include "sync/must.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* lock must be held when using these: */
static pthread_cond_t changed;
static const char *watched; /* NULL: between two claims */
static int64_t limit_ns;

/* now_ns() may be virtual, and whoever is stuck is so in real time. */
static int64_t real_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void *watch(void *started) {
    pthread_barrier_wait(started);
    must(pthread_mutex_lock(&lock));
    for (;;) {
        struct timespec limit = to_timespec(limit_ns);
        int error = pthread_cond_timedwait(&changed, &lock, &limit);
        if (error == ETIMEDOUT && watched != NULL && real_now_ns() >= limit_ns) {
            fprintf(stderr, "watchdog: stuck: %s\n", watched);
            abort();
        }
    }
    return NULL;
}

/* Returns when the thread is there: while it starts it allocates memory, and a claim
 * that forks then would have a child whose allocator is locked for ever. */
static void start_thread(void) {
    static pthread_barrier_t started;
    must(pthread_barrier_init(&started, NULL, 2));
    pthread_condattr_t monotonic;
    must(pthread_condattr_init(&monotonic));
    must(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC));
    must(pthread_cond_init(&changed, &monotonic));
    must(pthread_condattr_destroy(&monotonic));
    pthread_t thread;
    must(pthread_create(&thread, NULL, watch, &started));
    must(pthread_detach(thread));
    pthread_barrier_wait(&started);
}

/* While nothing is watched the limit is an hour: nobody minds waking then. */
static void watch_for(const char *claim, int64_t duration_ns) {
    must(pthread_mutex_lock(&lock));
    watched = claim;
    limit_ns = deadline_after_ns(real_now_ns(), duration_ns);
    must(pthread_cond_signal(&changed));
    must(pthread_mutex_unlock(&lock));
}

long watchdog_limit_s(void) {
    return setting("FIVE_COOKS_WATCHDOG_S", 800);
}

void watchdog_start(const char *claim) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    must(pthread_once(&once, start_thread));
    watch_for(claim, watchdog_limit_s() * NS_PER_S);
}

void watchdog_stop(void) {
    watch_for(NULL, 3600 * NS_PER_S);
}
