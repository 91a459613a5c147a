/*
 * Threads for tests: starting one cannot fail, and a crowd of them starts as one.
 *
 *   struct spawned *thread = spawn(send_values, &sender);
 *   join(thread);
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

#include "support/meeting.h"
#include "sync/thread.h"

struct spawned {
    struct thread thread;
    void *(*run)(void *);
    void *argument;
};

struct spawned *spawn(void *(*run)(void *), void *argument);
struct spawned *spawn_named(const char *name, void *(*run)(void *), void *argument);
void join(struct spawned *thread);
void join_all(struct spawned **threads, int count);

/* A signal that interrupts what a thread waits for in the kernel, and does no more,
 * once the program hears it. */
void hear_shots(void);
void shoot(pthread_t thread);

/* Threads that the kernel counts in this process now. */
int thread_count(void);

enum { CROWD_MOST = 128 };

struct crowd_member {
    struct crowd *crowd;
    void *(*run)(void *);
    void *argument;
    struct spawned *thread;
};

struct crowd {
    struct meeting gate;
    int count;
    struct crowd_member members[CROWD_MOST];
};

void crowd_init(struct crowd *crowd);
void crowd_add(struct crowd *crowd, void *(*run)(void *), void *argument);
void crowd_start(struct crowd *crowd);
void crowd_join(struct crowd *crowd);

/* So many that do the same, started; and, with crowd_run(), all returned; and each
 * with an argument of its own, from an array whose elements have that size. */
void crowd_start_all(struct crowd *crowd, int count, void *(*run)(void *),
                     void *argument);
void crowd_run(int count, void *(*run)(void *), void *argument);
void crowd_run_each(int count, void *(*run)(void *), void *arguments, size_t size);

#endif
