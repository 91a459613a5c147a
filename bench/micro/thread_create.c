/*
 * Threads: what it costs to start one that does nothing, and to join it.
 *
 * thread_create and create are the time spent inside thread_start() alone, many in a
 * row, of threads that do nothing. Of those that sleep for a task's time first it is
 * the constant c of thread-per-task: then threads that wake and end compete with the
 * creation of the next ones. thread_create_join starts and joins one at a time, so it
 * also holds the wake-up of the thread and of its joiner.
 *
 * worker is what a pool pays for each of its workers besides their work: creating many
 * that wait at a channel, and, when it is closed, waking and joining them. It is the
 * constant w of the theory. Not in it: until all of them wait.
 *
 * memory is bytes, not nanoseconds: what each of many threads that wait has added to
 * the resident memory of the process, when it is measured for the first time.
 */
#include "operation.h"
#include "sync/chan.h"
#include "sync/clock.h"
#include "sync/must.h"
#include "sync/sleep.h"
#include "sync/thread.h"

#include <stdlib.h>
#include <unistd.h>

#define THREADS_PER_BATCH 50
#define BATCHES           4
#define SLEEPERS          1000
#define SLEEP_NS          (10 * NS_PER_MS)
#define WAITERS           10000
#define WORKERS           50

static void do_nothing(struct thread *self) {
    (void)self;
}

static void sleep_once(struct thread *self) {
    (void)self;
    sleep_until(now_ns() + SLEEP_NS, NULL);
}

static void *start(const struct operation *operation) {
    struct thread_attributes *attributes = malloc(sizeof *attributes);
    invariant(attributes != NULL);
    *attributes =
        (struct thread_attributes){.stack_bytes = operation->size, .guard_bytes = -1};
    return attributes;
}

static int64_t create_and_join(void *attributes, int64_t count) {
    int64_t began_ns = now_ns();
    for (int64_t i = 0; i < count; i++) {
        struct thread thread = {.body = do_nothing, .name = "idle"};
        if (thread_start(&thread, attributes) != 0) {
            return -1;
        }
        thread_join(&thread);
    }
    return now_ns() - began_ns;
}

static int64_t create_many(void *attributes, int64_t count,
                           void (*life)(struct thread *)) {
    struct thread threads[SLEEPERS];
    int64_t created = 0;
    invariant(count <= SLEEPERS);
    for (int64_t i = 0; i < count; i++) {
        threads[i] = (struct thread){.body = life, .name = "short-lived"};
    }
    int64_t began_ns = now_ns();
    while (created < count && thread_start(&threads[created], attributes) == 0) {
        created++;
    }
    int64_t took_ns = now_ns() - began_ns;
    for (int64_t i = 0; i < created; i++) {
        thread_join(&threads[i]);
    }
    return created == count ? took_ns : -1;
}

static int64_t create_only(void *attributes, int64_t count) {
    return create_many(attributes, count, do_nothing);
}

static int64_t create_sleepers(void *attributes, int64_t count) {
    return create_many(attributes, count, sleep_once);
}

/* ---- a crowd that waits ---- */

struct crowd {
    int64_t bytes; /* of each; 0: not measured yet */
    int64_t size;  /* created */
    struct chan *closed_at_the_end;
    struct waiter {
        struct thread thread; /* first, so that a pointer to it is one to us */
        struct crowd *crowd;
    } waiters[WAITERS];
};

static void wait_for_the_end(struct thread *thread) {
    struct waiter *waiter = (struct waiter *)thread;
    chan_receive(waiter->crowd->closed_at_the_end, NULL, DEADLINE_NEVER);
}

static void *start_crowd(const struct operation *operation) {
    (void)operation;
    struct crowd *crowd = calloc(1, sizeof *crowd);
    invariant(crowd != NULL);
    for (int i = 0; i < WAITERS; i++) { /* and so touches its memory, too */
        crowd->waiters[i] =
            (struct waiter){{.body = wait_for_the_end, .name = "waiter"}, crowd};
    }
    return crowd;
}

/* Until there are `count`, or the machine has no more. */
static void gather(struct crowd *crowd, int64_t count) {
    struct thread_attributes attributes = {.guard_bytes = -1};
    crowd->closed_at_the_end = chan_create(0, 0);
    invariant(crowd->closed_at_the_end != NULL && count <= WAITERS);
    crowd->size = 0;
    while (crowd->size < count &&
           thread_start(&crowd->waiters[crowd->size].thread, &attributes) == 0) {
        crowd->size++;
    }
}

static void let_all_wait(struct crowd *crowd) {
    while (chan_waiters(crowd->closed_at_the_end, CHAN_RECEIVE) < (size_t)crowd->size) {
        thread_yield();
    }
}

static void dismiss(struct crowd *crowd) {
    chan_close(crowd->closed_at_the_end);
    for (int64_t i = 0; i < crowd->size; i++) {
        thread_join(&crowd->waiters[i].thread);
    }
    chan_free(crowd->closed_at_the_end);
}

static int64_t gather_and_dismiss(void *subject, int64_t count) {
    struct crowd *crowd = subject;
    int64_t began_ns = now_ns();
    gather(crowd, count);
    int64_t took_ns = now_ns() - began_ns;
    let_all_wait(crowd);
    began_ns = now_ns();
    dismiss(crowd);
    took_ns += now_ns() - began_ns;
    return crowd->size == count ? took_ns : -1;
}

static int64_t resident_bytes(void) {
    long total;
    long resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    invariant(file != NULL && fscanf(file, "%ld %ld", &total, &resident) == 2);
    fclose(file);
    return resident * sysconf(_SC_PAGESIZE);
}

static int64_t measure_crowd(struct crowd *crowd) {
    int64_t before = resident_bytes();
    gather(crowd, WAITERS);
    let_all_wait(crowd);
    int64_t after = resident_bytes();
    dismiss(crowd);
    return crowd->size < WAITERS ? -1 : (after - before) / WAITERS;
}

static int64_t bytes_of_each(void *subject, int64_t count) {
    struct crowd *crowd = subject;
    if (crowd->bytes == 0) {
        crowd->bytes = measure_crowd(crowd);
    }
    return crowd->bytes < 0 ? -1 : crowd->bytes * count;
}

#define THREADS(named, bytes, run_it)                                                  \
    {                                                                                  \
        .name = named, .batch = THREADS_PER_BATCH, .batches = BATCHES, .size = bytes,  \
        .start = start, .run = run_it, .stop = free                                    \
    }

const struct operation thread_create[] = {
    THREADS("thread_create/stack:default", 0, create_only),
    THREADS("thread_create/stack:64KiB", 64 * 1024, create_only),
    {.name = "thread_create/sleeping:10ms/stack:default",
     .batch = SLEEPERS,
     .batches = 1,
     .start = start,
     .run = create_sleepers,
     .stop = free},
    THREADS("thread_create_join/stack:default", 0, create_and_join),
    THREADS("thread_create_join/stack:64KiB", 64 * 1024, create_and_join),
    THREADS("create/five-cooks", 0, create_only),
    {.name = "worker/waiting/stack:default",
     .batch = WORKERS,
     .batches = BATCHES,
     .start = start_crowd,
     .run = gather_and_dismiss,
     .stop = free},
    END_OF_TABLE,
};

/* For a process of its own: what other operations have left would be used again. */
const struct operation thread_memory[] = {
    {.name = "memory/waiting:10000/bytes/five-cooks",
     .batch = 1,
     .batches = 1,
     .start = start_crowd,
     .run = bytes_of_each,
     .stop = free},
    END_OF_TABLE,
};
