/* Many threads, many values: each arrives once, in its sender's order. */
#include <stdbool.h>
#include <string.h>

#include "support/ledger.h"
#include "support/operation.h"
#include "support/scale.h"
#include "support/suite.h"
#include "support/threads.h"
#include "support/value.h"
#include "sync/chan.h"
#include "sync/clock.h"
#include "sync/wait_group.h"

enum { SENDERS_MOST = 64, RECEIVERS_MOST = 64 };

/* A crowd of senders and one of receivers on one channel. */
struct traffic {
    struct chan *chan;
    size_t value_size; /* 0: counted only */
    int senders, receivers, values_each;
    enum style style;
    struct ledger ledger;
    _Atomic int received;
};

struct lane {
    struct traffic *traffic;
    int number;
};

static enum style style_of(const struct lane *lane) {
    enum style style = lane->traffic->style;
    return style == STYLE_COUNT ? (enum style)(lane->number % STYLE_COUNT) : style;
}

static void *send_values(void *argument) {
    struct lane *lane = argument;
    struct traffic *traffic = lane->traffic;
    unsigned char value[VALUE_SIZE_MOST];
    for (int i = 0; i < traffic->values_each; i++) {
        int number = lane->number * traffic->values_each + i;
        value_make(value, traffic->value_size, (uint32_t)number);
        assert_int_equal(operate(traffic->chan, CHAN_SEND, value, style_of(lane)),
                         CHAN_OK);
    }
    return NULL;
}

/* Every value was sent, is whole, and is later than the sender's last one here. */
static void check_value(struct traffic *traffic, const unsigned char *value,
                        int *latest) {
    uint32_t number = 0;
    if (traffic->value_size < sizeof number) {
        return; /* too small to hold a number: these are counted */
    }
    memcpy(&number, value, sizeof number);
    assert_true(value_is(value, traffic->value_size, number));
    ledger_mark(&traffic->ledger, (int)number);
    int sender = (int)number / traffic->values_each;
    assert_true((int)number > latest[sender]);
    latest[sender] = (int)number;
}

static void *receive_values(void *argument) {
    struct lane *lane = argument;
    struct traffic *traffic = lane->traffic;
    unsigned char value[VALUE_SIZE_MOST];
    int latest[SENDERS_MOST];
    memset(latest, -1, sizeof latest);
    struct operation receive =
        operation_of(traffic->chan, CHAN_RECEIVE, value, style_of(lane));
    while (operation_run(&receive) == CHAN_OK) {
        check_value(traffic, value, latest);
        atomic_fetch_add_explicit(&traffic->received, 1, memory_order_relaxed);
    }
    return NULL;
}

/* Runs it, closes the channel when all is sent, and sees that all arrived. */
static void run_traffic(struct traffic *traffic, size_t capacity) {
    int total = traffic->senders * traffic->values_each;
    struct crowd senders, receivers;
    struct lane lanes[SENDERS_MOST];
    traffic->chan = chan_create(traffic->value_size, capacity);
    ledger_init(&traffic->ledger, total);
    crowd_init(&senders);
    crowd_init(&receivers);
    for (int i = 0; i < SENDERS_MOST; i++) {
        lanes[i] = (struct lane){traffic, i};
    }
    for (int i = 0; i < traffic->receivers; i++) {
        crowd_add(&receivers, receive_values, &lanes[i]);
    }
    for (int i = 0; i < traffic->senders; i++) {
        crowd_add(&senders, send_values, &lanes[i]);
    }
    crowd_start(&receivers);
    crowd_start(&senders);
    crowd_join(&senders);
    chan_close(traffic->chan);
    crowd_join(&receivers);
    assert_int_equal(traffic->received, total);
    if (traffic->value_size >= sizeof(uint32_t)) {
        assert_int_equal(ledger_marks(&traffic->ledger), total);
    }
    assert_int_equal(chan_length(traffic->chan), 0);
    ledger_destroy(&traffic->ledger);
    chan_free(traffic->chan);
}

/* Each with channels of capacity 0 and up. */
static void run_at_capacities(size_t most, struct traffic traffic) {
    for (size_t capacity = 0; capacity <= most; capacity++) {
        struct traffic fresh = traffic;
        run_traffic(&fresh, capacity);
    }
}

/* Go's TestChan, the half with many threads. */
CLAIM(four_senders_and_four_receivers_at_every_capacity) {
    run_at_capacities(20, (struct traffic){.value_size = 4,
                                           .senders = 4,
                                           .receivers = 4,
                                           .values_each = scaled(1000)});
}

CLAIM(values_of_every_size_arrive_whole) {
    for (int s = 0; s < VALUE_SIZE_COUNT; s++) {
        run_at_capacities(3, (struct traffic){.value_size = value_sizes[s],
                                              .senders = 3,
                                              .receivers = 3,
                                              .values_each = scaled(500)});
    }
}

/* Go's test/ken/chan1.go. */
CLAIM(one_sender_and_ten_receivers) {
    run_at_capacities(1, (struct traffic){.value_size = 8,
                                          .senders = 1,
                                          .receivers = 10,
                                          .values_each = scaled(20000)});
}

CLAIM(fifty_senders_and_one_receiver) {
    run_at_capacities(1, (struct traffic){.value_size = 8,
                                          .senders = 50,
                                          .receivers = 1,
                                          .values_each = scaled(400)});
}

/* Where tylertreat/chan once got stuck: its wake-ups met the wrong threads. */
CLAIM(fifty_senders_and_fifty_receivers_do_not_get_stuck) {
    run_at_capacities(2, (struct traffic){.value_size = 8,
                                          .senders = 50,
                                          .receivers = 50,
                                          .values_each = scaled(200)});
}

/* Threads that block, select and poll on the same channel, all at once. */
CLAIM(every_style_beside_every_other) {
    run_at_capacities(4, (struct traffic){.value_size = 16,
                                          .senders = 6,
                                          .receivers = 6,
                                          .values_each = scaled(1000),
                                          .style = STYLE_COUNT});
}

/* ---- the pool itself ---- */

struct pool {
    struct chan *jobs, *results;
    struct wait_group workers;
    int job_count;
};

/* A few steps of some work whose result can be known beforehand. */
static int work(int job) {
    for (int divisor = 2; divisor <= 7; divisor++) {
        job = job % divisor == 0 ? job / divisor : job;
    }
    return job;
}

static void *work_off_jobs(void *argument) {
    struct pool *pool = argument;
    int job;
    while (chan_receive(pool->jobs, &job, DEADLINE_NEVER) == CHAN_OK) {
        int result = work(job);
        assert_int_equal(chan_send(pool->results, &result, DEADLINE_NEVER), CHAN_OK);
    }
    wait_group_done(&pool->workers);
    return NULL;
}

static void *feed_and_close(void *argument) {
    struct pool *pool = argument;
    for (int job = 0; job < pool->job_count; job++) {
        assert_int_equal(chan_send(pool->jobs, &job, DEADLINE_NEVER), CHAN_OK);
    }
    chan_close(pool->jobs);
    wait_group_wait(&pool->workers);
    chan_close(pool->results);
    return NULL;
}

/* Go's TestMultiConsumer: the jobs close, then the workers end, then the results. */
CLAIM(a_pool_of_23_workers_does_each_job_once) {
    enum { WORKERS = 23 };
    struct pool pool = {.job_count = scaled(30000)};
    struct crowd crowd;
    pool.jobs = chan_create(sizeof(int), WORKERS * 2);
    pool.results = chan_create(sizeof(int), WORKERS * 2);
    wait_group_init(&pool.workers);
    wait_group_add(&pool.workers, WORKERS);
    crowd_init(&crowd);
    for (int i = 0; i < WORKERS; i++) {
        crowd_add(&crowd, work_off_jobs, &pool);
    }
    crowd_add(&crowd, feed_and_close, &pool);
    crowd_start(&crowd);
    int64_t sum = 0;
    int count = 0;
    int result;
    while (chan_receive(pool.results, &result, DEADLINE_NEVER) == CHAN_OK) {
        sum += result;
        count++;
    }
    crowd_join(&crowd);
    for (int job = 0; job < pool.job_count; job++) {
        sum -= work(job);
    }
    assert_int_equal(count, pool.job_count);
    assert_int_equal(sum, 0);
    wait_group_destroy(&pool.workers);
    chan_free(pool.results);
    chan_free(pool.jobs);
}
