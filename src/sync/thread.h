/*
 * A thread: what a task, a worker or a feeder runs on.
 *
 *   struct thread worker = {.body = work, .name = "worker"};
 *   thread_start(&worker, &attributes)   0, or an error number
 *   thread_join(&worker)                 once, unless it is detached
 *
 * The struct belongs to whoever starts the thread and must stay until the thread has
 * been joined or, if it is detached, until its body has made its last use of it. A body
 * that needs more than its struct puts the struct first in a larger one.
 *
 * Everything that blocks in this project waits here or in park.h. So does everything
 * built on these two: channels, contexts, wait groups, sleeping.
 */
#ifndef FIVE_COOKS_THREAD_H
#define FIVE_COOKS_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct thread {
    /* set by whoever starts it: */
    void (*body)(struct thread *self);
    const char *name; /* for the deadlock report; must outlive the thread */

    /* for kernel_thread.c: */
    pthread_t handle;
    pid_t tid; /* the kernel's number of it; set by the thread itself */
};

struct thread_attributes {
    int64_t stack_bytes; /* 0: the system's default */
    int64_t guard_bytes; /* below the stack; -1: the system's default */
    bool detached;
};

/* In practice EAGAIN (some limit of the machine) or EINVAL (a stack too small). */
int thread_start(struct thread *thread, const struct thread_attributes *attributes);

/* When it returns, the kernel has stopped counting the thread, too: another one can
 * take its place under every limit. */
void thread_join(struct thread *thread);

/* What the system gives a thread for which nothing is asked. */
void thread_default_sizes(struct thread_attributes *attributes);

void thread_sleep_until(int64_t moment_ns);

#endif
