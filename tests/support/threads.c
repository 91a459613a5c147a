#include "support/threads.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>

#include "sync/must.h"

/* Small, so that a thousand threads are no burden. */
enum { STACK_SIZE_BYTES = 256 * 1024 };

pthread_t thread_start(void *(*run)(void *), void *argument) {
    pthread_attr_t small;
    must(pthread_attr_init(&small));
    must(pthread_attr_setstacksize(&small, STACK_SIZE_BYTES));
    pthread_t thread;
    int error;
    /* EAGAIN: other programs use up what the machine allows. It will pass. */
    while ((error = pthread_create(&thread, &small, run, argument)) == EAGAIN) {
        sched_yield();
    }
    must(error);
    must(pthread_attr_destroy(&small));
    return thread;
}

void thread_join(pthread_t thread) {
    must(pthread_join(thread, NULL));
}

int thread_count(void) {
    int threads = 0;
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    invariant(status != NULL);
    while (fgets(line, sizeof line, status) != NULL) {
        if (sscanf(line, "Threads: %d", &threads) == 1) {
            break;
        }
    }
    fclose(status);
    invariant(threads > 0);
    return threads;
}

void crowd_init(struct crowd *crowd) {
    crowd->count = 0;
}

void crowd_add(struct crowd *crowd, void *(*run)(void *), void *argument) {
    invariant(crowd->count < CROWD_MOST);
    crowd->members[crowd->count++] = (struct crowd_member){crowd, run, argument, 0};
}

static void *run_member(void *argument) {
    struct crowd_member *member = argument;
    pthread_barrier_wait(&member->crowd->gate);
    return member->run(member->argument);
}

void crowd_start(struct crowd *crowd) {
    must(pthread_barrier_init(&crowd->gate, NULL, (unsigned)crowd->count));
    for (int i = 0; i < crowd->count; i++) {
        crowd->members[i].thread = thread_start(run_member, &crowd->members[i]);
    }
}

void crowd_join(struct crowd *crowd) {
    for (int i = 0; i < crowd->count; i++) {
        thread_join(crowd->members[i].thread);
    }
    must(pthread_barrier_destroy(&crowd->gate));
}
