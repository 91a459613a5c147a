/*
 * Threads: what it costs to start one that does nothing, and to join it.
 *
 * thread_create is the time spent inside pthread_create alone, many in a row, of
 * threads that do nothing. Of those that sleep for a task's time first it is the
 * constant c of thread-per-task: then threads that wake and end compete with the
 * creation of the next ones. thread_create_join starts and joins one at a time, so it
 * also holds the wake-up of the thread and of its joiner.
 */
#include "operation.h"
#include "sync/clock.h"
#include "sync/must.h"
#include "sync/sleep.h"

#include <pthread.h>
#include <stdlib.h>

#define THREADS_PER_BATCH 50
#define BATCHES           4
#define SLEEPERS          1000
#define SLEEP_NS          (10 * NS_PER_MS)

static void *do_nothing(void *argument) {
    return argument;
}

static void *sleep_once(void *argument) {
    sleep_until(now_ns() + SLEEP_NS, NULL);
    return argument;
}

static void *start(const struct operation *operation) {
    pthread_attr_t *attributes = malloc(sizeof *attributes);
    invariant(attributes != NULL);
    must(pthread_attr_init(attributes));
    if (operation->size > 0) {
        must(pthread_attr_setstacksize(attributes, (size_t)operation->size));
    }
    return attributes;
}

static void stop(void *subject) {
    must(pthread_attr_destroy(subject));
    free(subject);
}

static int64_t create_and_join(void *attributes, int64_t count) {
    int64_t began_ns = now_ns();
    for (int64_t i = 0; i < count; i++) {
        pthread_t thread;
        if (pthread_create(&thread, attributes, do_nothing, NULL) != 0) {
            return -1;
        }
        must(pthread_join(thread, NULL));
    }
    return now_ns() - began_ns;
}

static int64_t create_many(void *attributes, int64_t count, void *(*life)(void *)) {
    pthread_t threads[SLEEPERS];
    int64_t created = 0;
    invariant(count <= SLEEPERS);
    int64_t began_ns = now_ns();
    while (created < count &&
           pthread_create(&threads[created], attributes, life, NULL) == 0) {
        created++;
    }
    int64_t took_ns = now_ns() - began_ns;
    for (int64_t i = 0; i < created; i++) {
        must(pthread_join(threads[i], NULL));
    }
    return created == count ? took_ns : -1;
}

static int64_t create_only(void *attributes, int64_t count) {
    return create_many(attributes, count, do_nothing);
}

static int64_t create_sleepers(void *attributes, int64_t count) {
    return create_many(attributes, count, sleep_once);
}

#define THREADS(what, stack, bytes, run_it)                                            \
    {                                                                                  \
        .name = what "/stack:" stack, .batch = THREADS_PER_BATCH, .batches = BATCHES,  \
        .size = bytes, .start = start, .run = run_it, .stop = stop                     \
    }

const struct operation thread_create[] = {
    THREADS("thread_create", "default", 0, create_only),
    THREADS("thread_create", "64KiB", 64 * 1024, create_only),
    {.name = "thread_create/sleeping:10ms/stack:default",
     .batch = SLEEPERS,
     .batches = 1,
     .start = start,
     .run = create_sleepers,
     .stop = stop},
    THREADS("thread_create_join", "default", 0, create_and_join),
    THREADS("thread_create_join", "64KiB", 64 * 1024, create_and_join),
    END_OF_TABLE,
};
