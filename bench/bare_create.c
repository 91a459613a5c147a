/*
 * The ruler for thread-per-task's creation cost: a loop of pthread_create() and nothing
 * else, whose threads sleep as long as a task does. Prints nanoseconds per thread.
 *
 *   bare-create THREADS SLEEP_MS
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "sync/clock.h"
#include "sync/must.h"
#include "sync/sleep.h"

static int64_t sleep_ns;

static void *sleep_and_end(void *unused) {
    sleep_until(now_ns() + sleep_ns, NULL);
    return unused;
}

int main(int argc, char **argv) {
    int threads = argc == 3 ? atoi(argv[1]) : 0;
    if (threads <= 0) {
        fputs("usage: bare-create THREADS SLEEP_MS\n", stderr);
        return 2;
    }
    sleep_ns = atoi(argv[2]) * NS_PER_MS;
    pthread_t *thread = calloc((size_t)threads, sizeof thread[0]);
    must(thread == NULL ? ENOMEM : 0);
    must(prctl(PR_SET_TIMERSLACK, 1UL));
    int64_t start_ns = now_ns();
    for (int i = 0; i < threads; i++) {
        must(pthread_create(&thread[i], NULL, sleep_and_end, NULL));
    }
    printf("%.1f\n", (double)(now_ns() - start_ns) / threads);
    for (int i = 0; i < threads; i++) {
        must(pthread_join(thread[i], NULL));
    }
    free(thread);
    return 0;
}
