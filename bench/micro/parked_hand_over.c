/*
 * A task for a worker that is parked: what a large pool pays for each of its tasks.
 *
 * Many workers wait in the article's select, and a producer hands one job after the
 * other to them, unbuffered. Who gets one is woken up, sleeps for a moment as a call
 * does, is woken up again and goes back to wait. There are so many workers that one is
 * always free; as the newest is served first (chan.h), most never get a job, and those
 * that do have waited for a while, nearly all parked in the kernel. So neither their
 * number nor, as the last sleep is taken off, the length of one is in the figure, only
 * the work around them: handing over, two wake-ups, parking. All CPUs share it. This is
 * the constant h of the theory: no pool does N tasks in less than N h, however large.
 */
#include "operation.h"
#include "sync/chan.h"
#include "sync/clock.h"
#include "sync/ctx.h"
#include "sync/must.h"
#include "sync/sleep.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/prctl.h>

#define WORKERS        1000
#define TASKS          2000
#define NAP_NS         (1 * NS_PER_MS)
#define TIMER_SLACK_NS 1UL

struct kitchen {
    struct chan *jobs;
    struct ctx *ctx;
    unsigned long old_slack_ns; /* put back at the end: threads inherit it */
    int workers;                /* started */
    pthread_t threads[WORKERS];

    _Atomic int64_t cooking; /* tasks of this batch that have not ended */
    sem_t all_done;          /* posted by whoever ends the last of them */
    int64_t last_nap_ns;     /* its own, set before that */
};

static void cook(struct kitchen *kitchen) {
    int64_t began_ns = now_ns();
    sleep_until(began_ns + NAP_NS, NULL);
    int64_t nap_ns = now_ns() - began_ns;
    if (atomic_fetch_sub(&kitchen->cooking, 1) == 1) {
        kitchen->last_nap_ns = nap_ns;
        must(sem_post(&kitchen->all_done) == 0 ? 0 : EINVAL);
    }
}

static void *worker_main(void *argument) {
    struct kitchen *kitchen = argument;
    int64_t job;
    struct chan_case cases[] = {
        {.chan = ctx_done(kitchen->ctx), .direction = CHAN_RECEIVE},
        {.chan = kitchen->jobs, .direction = CHAN_RECEIVE, .value = &job},
    };
    while (chan_select(cases, 2, DEADLINE_NEVER) == 1 && cases[1].result == CHAN_OK) {
        cook(kitchen);
    }
    return NULL;
}

static void stop(void *subject) {
    struct kitchen *kitchen = subject;
    chan_close(kitchen->jobs);
    for (int i = 0; i < kitchen->workers; i++) {
        must(pthread_join(kitchen->threads[i], NULL));
    }
    prctl(PR_SET_TIMERSLACK, kitchen->old_slack_ns);
    ctx_free(kitchen->ctx);
    chan_free(kitchen->jobs);
    sem_destroy(&kitchen->all_done);
    free(kitchen);
}

static void *start(const struct operation *operation) {
    struct kitchen *kitchen = calloc(1, sizeof *kitchen);
    int slack_ns = prctl(PR_GET_TIMERSLACK);
    invariant(kitchen != NULL && slack_ns >= 0);
    kitchen->old_slack_ns = (unsigned long)slack_ns;
    kitchen->jobs = chan_create(sizeof(int64_t), 0);
    kitchen->ctx = ctx_with_cancel(ctx_background());
    invariant(kitchen->jobs != NULL && kitchen->ctx != NULL);
    must(sem_init(&kitchen->all_done, 0, 0) == 0 ? 0 : EINVAL);
    prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
    while (kitchen->workers < operation->workers) {
        pthread_t *thread = &kitchen->threads[kitchen->workers];
        if (pthread_create(thread, NULL, worker_main, kitchen) != 0) {
            stop(kitchen);
            return NULL;
        }
        kitchen->workers++;
    }
    return kitchen;
}

static int64_t hand_over(void *subject, int64_t count) {
    struct kitchen *kitchen = subject;
    atomic_store(&kitchen->cooking, count);
    int64_t began_ns = now_ns();
    for (int64_t job = 0; job < count; job++) {
        invariant(chan_send(kitchen->jobs, &job, DEADLINE_NEVER) == CHAN_OK);
    }
    while (sem_wait(&kitchen->all_done) != 0) {
        invariant(errno == EINTR);
    }
    /* While the last one naps nobody works. */
    return now_ns() - began_ns - kitchen->last_nap_ns;
}

const struct operation parked_hand_over[] = {
    {.name = "parked_hand_over/workers:1000/sleeping:1ms",
     .batch = TASKS,
     .batches = 1,
     .workers = WORKERS,
     .start = start,
     .run = hand_over,
     .stop = stop},
    END_OF_TABLE,
};
