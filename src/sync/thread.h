/*
 * A thread: what a task, a worker or a feeder runs on. There are two implementations,
 * each one object file, and a program is linked with either:
 *
 *   kernel_thread.c   a thread of the kernel for each of ours (1:1)
 *   fiber.c           all of ours on one thread of the kernel (M:1)
 *
 *   struct thread worker = {.body = work, .name = "worker"};
 *   thread_start(&worker, &attributes)   0, or an error number
 *   thread_join(&worker)                 once, unless it is detached
 *
 * The struct belongs to whoever starts the thread and must stay until the thread has
 * been joined or, if it is detached, until its body has made its last use of it. A body
 * that needs more than its struct puts the struct first in a larger one.
 *
 * Whatever both kinds of thread can run blocks here or in park.h alone: channels,
 * contexts, wait groups and sleeping are built on these two.
 *
 * A goroutine is neither of the two. Go runs its goroutines on as many kernel threads
 * as there are CPUs (M:N), takes the CPU away from one that computes for more than 10
 * ms, and gives each a stack that grows. A fiber of ours runs on one kernel thread
 * together with all others, goes on until it waits or yields, and has a stack of fixed
 * size. What it shares with a goroutine is what matters here: to create one, to switch
 * to another and to let it wait costs no call of the kernel.
 */
#ifndef FIVE_COOKS_THREAD_H
#define FIVE_COOKS_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "park.h"

struct thread {
    /* set by whoever starts it: */
    void (*body)(struct thread *self);
    const char *name; /* for reports; must outlive the thread */

    union {
        struct { /* for kernel_thread.c: */
            pthread_t handle;
            pid_t tid; /* the kernel's number of it; set by the thread itself */
        } kernel;
        struct park ended; /* for fiber.c: where its end is waited for */
    };
};

struct thread_attributes {
    int64_t stack_bytes; /* 0: the default */
    int64_t guard_bytes; /* below the stack; -1: the default */
    bool detached;
};

/* In practice EAGAIN (some limit of the machine), ENOMEM or EINVAL (a bad stack). */
int thread_start(struct thread *thread, const struct thread_attributes *attributes);

/* When it returns, the kernel has stopped counting the thread, too, unless it takes
 * over 0.1 s for that: another one can take its place under every limit. */
void thread_join(struct thread *thread);

/* Lets the others run that are ready to. Kernel threads do not need that: the kernel
 * interrupts them. So for them it does nothing. */
void thread_yield(void);

void thread_sleep_until(int64_t moment_ns);

/* For a thread that was not started by thread_start() and is about to wake others, for
 * outside reasons such as a signal: before and after. Meanwhile nobody is taken for
 * waiting in vain, and virtual time stands still. */
void thread_outsider_begins(void);
void thread_outsider_ends(void);

/* What a thread gets for which nothing is asked. */
void thread_default_sizes(struct thread_attributes *attributes);

bool thread_is_fiber(void); /* which of the two this program is linked with */

#endif
