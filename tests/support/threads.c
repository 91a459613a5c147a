#include "support/threads.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "measure/limits.h"
#include "sync/must.h"

/* Small, so that a thousand threads are no burden. */
enum { STACK_SIZE_BYTES = 256 * 1024 };

static void run(struct thread *thread) {
    struct spawned *self = (struct spawned *)thread;
    self->run(self->argument);
}

struct spawned *spawn_named(const char *name, void *(*body)(void *), void *argument) {
    struct thread_attributes small = {.stack_bytes = STACK_SIZE_BYTES,
                                      .guard_bytes = -1};
    struct spawned *spawned = malloc(sizeof *spawned);
    invariant(spawned != NULL);
    *spawned = (struct spawned){{.body = run, .name = name}, body, argument};
    int error;
    /* EAGAIN: other programs use up what the machine allows. It will pass. */
    while ((error = thread_start(&spawned->thread, &small)) == EAGAIN) {
        sched_yield();
    }
    must(error);
    return spawned;
}

struct spawned *spawn(void *(*body)(void *), void *argument) {
    return spawn_named("test", body, argument);
}

void join(struct spawned *thread) {
    thread_join(&thread->thread);
    free(thread);
}

void join_all(struct spawned **threads, int count) {
    for (int i = 0; i < count; i++) {
        join(threads[i]);
    }
}

static void ignore(int signal_number) {
    (void)signal_number;
}

void hear_shots(void) {
    struct sigaction action = {.sa_handler = ignore}; /* no SA_RESTART */
    sigaction(SIGUSR1, &action, NULL);
}

void shoot(pthread_t thread) {
    pthread_kill(thread, SIGUSR1);
    sched_yield();
}

int thread_count(void) {
    int64_t threads = limits_count_threads();
    invariant(threads > 0);
    return (int)threads;
}

void crowd_init(struct crowd *crowd) {
    crowd->count = 0;
}

void crowd_add(struct crowd *crowd, void *(*body)(void *), void *argument) {
    invariant(crowd->count < CROWD_MOST);
    crowd->members[crowd->count++] = (struct crowd_member){crowd, body, argument, NULL};
}

static void *run_member(void *argument) {
    struct crowd_member *member = argument;
    meet(&member->crowd->gate);
    return member->run(member->argument);
}

void crowd_start(struct crowd *crowd) {
    crowd->gate = (struct meeting){.expected = crowd->count};
    for (int i = 0; i < crowd->count; i++) {
        crowd->members[i].thread = spawn(run_member, &crowd->members[i]);
    }
}

void crowd_join(struct crowd *crowd) {
    for (int i = 0; i < crowd->count; i++) {
        join(crowd->members[i].thread);
    }
}

void crowd_start_all(struct crowd *crowd, int count, void *(*body)(void *),
                     void *argument) {
    crowd_init(crowd);
    for (int i = 0; i < count; i++) {
        crowd_add(crowd, body, argument);
    }
    crowd_start(crowd);
}

void crowd_run(int count, void *(*body)(void *), void *argument) {
    struct crowd crowd;
    crowd_start_all(&crowd, count, body, argument);
    crowd_join(&crowd);
}

void crowd_run_each(int count, void *(*body)(void *), void *arguments, size_t size) {
    struct crowd crowd;
    crowd_init(&crowd);
    for (int i = 0; i < count; i++) {
        crowd_add(&crowd, body, (char *)arguments + (size_t)i * size);
    }
    crowd_start(&crowd);
    crowd_join(&crowd);
}
