/*
 * Threads for tests: starting one cannot fail, and a crowd of them starts as one.
 *
 *   struct crowd crowd;
 *   crowd_init(&crowd);
 *   crowd_add(&crowd, send_values, &sender);   as often as needed
 *   crowd_start(&crowd);                       now they all run, at about the same time
 *   crowd_join(&crowd);                        ... and now all have returned
 *
 * Starting together matters: threads that start one after the other have often
 * finished before the next begins, and then nothing is concurrent.
 */
#ifndef TEST_THREADS_H
#define TEST_THREADS_H

#include <pthread.h>

pthread_t thread_start(void *(*run)(void *), void *argument);
void thread_join(pthread_t thread);

/* Threads of this process now. */
int thread_count(void);

enum { CROWD_MOST = 128 };

struct crowd_member {
    struct crowd *crowd;
    void *(*run)(void *);
    void *argument;
    pthread_t thread;
};

struct crowd {
    pthread_barrier_t gate;
    int count;
    struct crowd_member members[CROWD_MOST];
};

void crowd_init(struct crowd *crowd);
void crowd_add(struct crowd *crowd, void *(*run)(void *), void *argument);
void crowd_start(struct crowd *crowd);
void crowd_join(struct crowd *crowd);

#endif
