/* Select and the queues of channels: duplicates, leaving from anywhere, many cases. */
#include <time.h>

#include "support/chooser.h"
#include "support/suite.h"

enum { WAITERS = 4 };

/* Threads that wait on a popular channel, and among them, as number `place`, a select.
 */
static void queue_up(struct operation *waits, int *values, struct chooser *chooser,
                     int place) {
    const struct chan_case *popular = &chooser->cases[0];
    for (int i = 0; i <= WAITERS; i++) {
        if (i == place) {
            chooser_park(chooser);
        }
        if (i < WAITERS) {
            values[i] = 10 + i;
            waits[i] = operation_of(popular->chan, popular->direction, &values[i],
                                    STYLE_PLAIN);
            operation_park(&waits[i]);
        }
    }
}

/* Serves them all, in the order promised: each keeps, or gets, the value 10 + i. */
static void serve(struct operation *waits, const int *values) {
    struct chan *chan = waits[0].chan;
    for (int i = 0; i < WAITERS; i++) {
        int value = 10 + WAITERS - 1 - i; /* receivers: the latest first */
        if (waits[0].direction == CHAN_SEND) {
            assert_int_equal(try_receive(chan, &value), CHAN_OK);
            assert_int_equal(value, 10 + i);
        } else {
            assert_int_equal(try_send(chan, &value), CHAN_OK);
        }
    }
    for (int i = 0; i < WAITERS; i++) {
        assert_int_equal(operation_join(&waits[i]), CHAN_OK);
        assert_int_equal(values[i], 10 + i);
    }
}

/* Go's select6.go (issue 2075), with the losing select at each place of the queue. */
CLAIM(a_select_that_loses_leaves_the_queue_whole) {
    for (int d = CHAN_SEND; d <= CHAN_RECEIVE; d++) {
        enum chan_direction direction = (enum chan_direction)d;
        for (int place = 0; place <= WAITERS; place++) {
            struct chan *popular = ints(0);
            struct chan *other = ints(0);
            int values[WAITERS];
            struct operation waits[WAITERS];
            struct chooser chooser = {.count = 2};
            chooser.cases[0] = (struct chan_case){popular, direction, &(int){0}, 0};
            chooser.cases[1] = (struct chan_case){other, CHAN_RECEIVE, NULL, 0};
            queue_up(waits, values, &chooser, place);
            assert_int_equal(try_send(other, &(int){1}), CHAN_OK);
            assert_int_equal(chooser_join(&chooser), 1);
            assert_int_equal(chan_waiters(popular, direction), WAITERS);
            serve(waits, values);
            chan_free(other);
            chan_free(popular);
        }
    }
}

/* Go's TestSelectDuplicateChannel. */
CLAIM(a_channel_named_twice_is_left_twice) {
    struct chan *twice = ints(0);
    struct chan *once = ints(0);
    struct chooser chooser = {.count = 3};
    int got = -1;
    chooser.cases[0] = (struct chan_case){twice, CHAN_RECEIVE, NULL, 0};
    chooser.cases[1] = (struct chan_case){twice, CHAN_RECEIVE, NULL, 0};
    chooser.cases[2] = (struct chan_case){once, CHAN_RECEIVE, NULL, 0};
    chooser_park(&chooser);
    struct operation other = operation_of(twice, CHAN_RECEIVE, &got, STYLE_PLAIN);
    operation_park(&other);
    assert_int_equal(try_send(once, &(int){1}), CHAN_OK);
    assert_int_equal(chooser_join(&chooser), 2);
    assert_int_equal(chan_waiters(twice, CHAN_RECEIVE), 1);
    assert_int_equal(try_send(twice, &(int){8}), CHAN_OK);
    assert_int_equal(operation_join(&other), CHAN_OK);
    assert_int_equal(got, 8);
    assert_int_equal(try_send(twice, &(int){9}), CHAN_TIMED_OUT);
    chan_free(once);
    chan_free(twice);
}

/* ... and is one partner only, for a parked select as for one that finds it ready. */
CLAIM(a_channel_named_often_gives_one_value) {
    for (size_t capacity = 0; capacity <= 2; capacity++) {
        struct chan *chan = ints(capacity);
        int got[CASES_MOST] = {0};
        struct chooser chooser = {.count = CASES_MOST};
        for (int i = 0; i < CASES_MOST; i++) {
            chooser.cases[i] = (struct chan_case){chan, CHAN_RECEIVE, &got[i], 0};
        }
        chooser_park(&chooser);
        assert_int_equal(try_send(chan, &(int){5}), CHAN_OK);
        enum chan_result second = try_send(chan, &(int){6});
        assert_int_equal(second, capacity == 0 ? CHAN_TIMED_OUT : CHAN_OK);
        join(chooser.thread);
        for (int i = 0; i < CASES_MOST; i++) {
            assert_int_equal(got[i], i == chooser.chosen ? 5 : 0);
        }
        assert_int_equal(chan_length(chan), capacity == 0 ? 0 : 1);
        assert_int_equal(chan_waiters(chan, CHAN_RECEIVE), 0);
        chan_free(chan);
    }
}

/* The accepted half of Go's reflect.TestSelectMaxCases. */
CLAIM(as_many_cases_as_promised_are_accepted) {
    struct chan_case *cases = calloc(SELECT_MAX, sizeof cases[0]);
    for (int i = 0; i < SELECT_MAX; i++) {
        cases[i] = (struct chan_case){ints(0), CHAN_RECEIVE, NULL, CHAN_TIMED_OUT};
    }
    struct random random = chance(0);
    assert_int_equal(chan_select(cases, SELECT_MAX, now_ns() + NS_PER_MS), -1);
    for (int i = 0; i < 3; i++) {
        int closed = (int)random_below(&random, SELECT_MAX);
        chan_close(cases[closed].chan);
        assert_int_equal(chan_select(cases, SELECT_MAX, DEADLINE_NEVER), closed);
        assert_int_equal(cases[closed].result, CHAN_CLOSED);
        assert_int_equal(chan_waiters(cases[closed].chan, CHAN_RECEIVE), 0);
        chan_free(cases[closed].chan);
        cases[closed].chan = NULL;
    }
    for (int i = 0; i < SELECT_MAX; i++) {
        chan_free(cases[i].chan);
    }
    free(cases);
}

static int64_t thread_cpu_ns(void) {
    struct timespec spent;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return (int64_t)spent.tv_sec * NS_PER_S + spent.tv_nsec;
}

/* CPU time of leaving the queue of `popular` 100 times, at its end. */
static int64_t cost_of_leaving_ns(struct chan *popular, struct chan *other) {
    int64_t begin_ns = thread_cpu_ns();
    for (int i = 0; i < 100; i++) {
        int value = 1;
        struct chan_case cases[] = {{popular, CHAN_SEND, &value, 0},
                                    {other, CHAN_RECEIVE, NULL, 0}};
        assert_int_equal(chan_select(cases, 2, now_ns() + NS_PER_US), -1);
    }
    return thread_cpu_ns() - begin_ns;
}

static void *choose_among_many(void *argument) {
    struct chan **chans = argument;
    int never_sent = 0;
    struct chan_case *cases = calloc(SELECT_MAX, sizeof cases[0]);
    cases[0] = (struct chan_case){chans[1], CHAN_RECEIVE, NULL, CHAN_TIMED_OUT};
    for (int i = 1; i < SELECT_MAX; i++) {
        cases[i] = (struct chan_case){chans[0], CHAN_SEND, &never_sent, CHAN_TIMED_OUT};
    }
    assert_int_equal(chan_select(cases, SELECT_MAX, DEADLINE_NEVER), 0);
    free(cases);
    return NULL;
}

/* Go's test/chanlinear.go. Walking past 65 535 others would cost a hundred times more;
 * CPU time of this thread alone, so other load does not matter. */
CLAIM(leaving_a_long_queue_costs_the_same_as_a_short_one) {
    struct chan *chans[] = {ints(0), ints(0)};
    cost_of_leaving_ns(chans[0], chans[1]); /* warm up */
    int64_t alone_ns = cost_of_leaving_ns(chans[0], chans[1]);
    struct spawned *thread = spawn(choose_among_many, chans);
    UNTIL(chan_waiters(chans[1], CHAN_RECEIVE) == 1);
    struct chan *other = ints(0);
    int64_t behind_many_ns = cost_of_leaving_ns(chans[0], other);
    assert_int_equal(try_send(chans[1], &(int){1}), CHAN_OK);
    join(thread);
    assert_true(behind_many_ns < 10 * alone_ns);
    chan_free(other);
    chan_free(chans[0]);
    chan_free(chans[1]);
}

/* Of two channels that are always ready, which were taken: a bit for each time. */
static uint64_t taken_with(uint64_t seed) {
    struct chan *chans[] = {chan_create(0, 0), chan_create(0, 0)};
    struct chan_case cases[] = {{chans[0], CHAN_RECEIVE, NULL, CHAN_OK},
                                {chans[1], CHAN_RECEIVE, NULL, CHAN_OK}};
    uint64_t taken = 0;
    chan_close(chans[0]);
    chan_close(chans[1]);
    chan_select_seed(seed);
    for (int i = 0; i < 64; i++) {
        taken = taken << 1 | (unsigned)chan_select(cases, 2, DEADLINE_NOW);
    }
    chan_free(chans[0]);
    chan_free(chans[1]);
    return taken;
}

CLAIM(the_seed_decides_which_are_taken) {
    uint64_t taken = taken_with(5);
    assert_true(taken == taken_with(5));
    assert_true(taken != taken_with(6));
}
