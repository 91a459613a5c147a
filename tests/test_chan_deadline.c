/* Deadlines: never too early, never for ever, and nothing is left behind. */
#include "support/suite.h"

static const enum chan_direction directions[] = {CHAN_SEND, CHAN_RECEIVE};

/* Does the one operation that blocks on this channel: a send if it is full. */
static enum chan_result block_until(struct chan *chan, enum chan_direction direction,
                                    int64_t deadline_ns) {
    int value = 1;
    return direction == CHAN_SEND ? chan_send(chan, &value, deadline_ns)
                                  : chan_receive(chan, &value, deadline_ns);
}

CLAIM(a_wait_ends_at_its_deadline_and_not_before) {
    for (int d = 0; d < 2; d++) {
        for (int style = 0; style < STYLE_COUNT; style++) {
            struct chan *chan = ints(0);
            int64_t begin_ns = now_ns();
            int value = 3;
            struct operation operation = {.chan = chan,
                                          .direction = directions[d],
                                          .value = &value,
                                          .style = (enum style)style,
                                          .gives_up_after_ns = 2 * NS_PER_MS};
            assert_int_equal(operation_run(&operation), CHAN_TIMED_OUT);
            assert_true(now_ns() >= begin_ns + 2 * NS_PER_MS);
            assert_int_equal(value, 3); /* left alone */
            chan_free(chan);
        }
    }
}

CLAIM(a_deadline_in_the_past_never_blocks) {
    const int64_t past_ns[] = {DEADLINE_NOW, -1, INT64_MIN, 1, now_ns()};
    for (size_t i = 0; i < sizeof past_ns / sizeof past_ns[0]; i++) {
        struct chan *chan = ints(0);
        assert_int_equal(block_until(chan, CHAN_SEND, past_ns[i]), CHAN_TIMED_OUT);
        assert_int_equal(block_until(chan, CHAN_RECEIVE, past_ns[i]), CHAN_TIMED_OUT);
        chan_free(chan);
    }
}

struct patient {
    struct chan *chan;
    int64_t deadline_ns;
    enum chan_result result;
    _Atomic bool has_waited; /* the first time */
};

static void *wait_patiently(void *argument) {
    struct patient *patient = argument;
    patient->result = chan_receive(patient->chan, NULL, patient->deadline_ns);
    return NULL;
}

/* Go's TestOverflowSleep. Time enough is given for a wrapped deadline to fire. */
CLAIM(a_deadline_at_the_end_of_time_does_not_fire) {
    const int64_t far_ns[] = {DEADLINE_NEVER, DEADLINE_NEVER - 1,
                              DEADLINE_NEVER - NS_PER_S, INT64_C(1) << 62};
    for (size_t i = 0; i < sizeof far_ns / sizeof far_ns[0]; i++) {
        struct patient patient = {ints(0), far_ns[i], CHAN_TIMED_OUT, false};
        struct chan *clock = ints(0);
        struct spawned *thread = spawn(wait_patiently, &patient);
        UNTIL(chan_waiters(patient.chan, CHAN_RECEIVE) == 1);
        chan_receive(clock, NULL, now_ns() + 5 * NS_PER_MS);
        assert_int_equal(chan_waiters(patient.chan, CHAN_RECEIVE), 1);
        assert_true(chan_has_waiter(patient.chan, CHAN_RECEIVE));
        assert_false(chan_has_waiter(patient.chan, CHAN_SEND));
        assert_int_equal(try_send(patient.chan, &(int){1}), CHAN_OK);
        join(thread);
        assert_int_equal(patient.result, CHAN_OK);
        chan_free(clock);
        chan_free(patient.chan);
    }
}

/* A waiter that gave up must not be found by anyone: its stack is gone. */
CLAIM(who_gave_up_has_left_no_trace) {
    for (size_t capacity = 0; capacity <= 1; capacity++) {
        struct chan *chan = ints(capacity);
        for (int i = 0; i < 20; i++) {
            int64_t soon_ns = now_ns() + i * 20 * NS_PER_US;
            assert_int_equal(block_until(chan, CHAN_RECEIVE, soon_ns), CHAN_TIMED_OUT);
        }
        assert_int_equal(chan_waiters(chan, CHAN_RECEIVE), 0);
        assert_false(chan_has_waiter(chan, CHAN_RECEIVE));
        if (capacity == 1) {
            assert_int_equal(try_send(chan, &(int){1}), CHAN_OK);
        }
        assert_int_equal(try_send(chan, &(int){2}), CHAN_TIMED_OUT);
        for (int i = 0; i < 20; i++) {
            int64_t soon_ns = now_ns() + i * 20 * NS_PER_US;
            assert_int_equal(block_until(chan, CHAN_SEND, soon_ns), CHAN_TIMED_OUT);
        }
        assert_int_equal(chan_waiters(chan, CHAN_SEND), 0);
        assert_int_equal(try_receive(chan, NULL), capacity ? CHAN_OK : CHAN_TIMED_OUT);
        chan_free(chan);
    }
}

static void *send_until_deadline(void *argument) {
    struct patient *patient = argument;
    patient->result = chan_send(patient->chan, &(int){11}, patient->deadline_ns);
    atomic_store(&patient->has_waited, true);
    return NULL;
}

/* Three senders queue up, and the one in the middle gives up. False: it did so before
 * the third had come, so there was no middle. */
static bool leave_the_middle(int64_t patience_ns) {
    struct patient middle = {ints(0), now_ns() + patience_ns, CHAN_OK, false};
    struct chan *chan = middle.chan;
    struct operation first = operation_of(chan, CHAN_SEND, &(int){10}, STYLE_PLAIN);
    struct operation third = operation_of(chan, CHAN_SEND, &(int){12}, STYLE_PLAIN);
    operation_park(&first);
    struct spawned *thread = spawn(send_until_deadline, &middle);
    UNTIL(chan_waiters(chan, CHAN_SEND) == 2 || atomic_load(&middle.has_waited));
    operation_start(&third);
    UNTIL(chan_waiters(chan, CHAN_SEND) == 3 || atomic_load(&middle.has_waited));
    bool in_time = !is_past(middle.deadline_ns);
    join(thread);
    assert_int_equal(middle.result, CHAN_TIMED_OUT);
    for (int expected = 10; expected <= 12; expected += 2) {
        int got = 0;
        assert_int_equal(chan_receive(chan, &got, DEADLINE_NEVER), CHAN_OK);
        assert_int_equal(got, expected);
    }
    assert_int_equal(try_receive(chan, NULL), CHAN_TIMED_OUT);
    assert_int_equal(operation_join(&first), CHAN_OK);
    assert_int_equal(operation_join(&third), CHAN_OK);
    chan_free(chan);
    return in_time;
}

CLAIM(who_gives_up_leaves_the_others_in_their_place) {
    int64_t patience_ns = NS_PER_MS;
    while (!leave_the_middle(patience_ns)) {
        patience_ns *= 2;
    }
}

static void *wait_twice(void *argument) {
    struct patient *patient = argument;
    patient->result = chan_receive(patient->chan, NULL, patient->deadline_ns);
    assert_int_equal(patient->result, CHAN_TIMED_OUT);
    assert_true(now_ns() >= patient->deadline_ns);
    atomic_store(&patient->has_waited, true);
    patient->result = chan_receive(patient->chan, NULL, DEADLINE_NEVER);
    return NULL;
}

/* Signals interrupt system calls: neither a wait nor a deadline may notice. */
CLAIM(signals_end_no_wait) {
    if (thread_is_fiber()) {
        skip(); /* they sleep together, see test_fiber */
    }
    hear_shots();
    struct patient patient = {ints(0), now_ns() + 20 * NS_PER_MS, CHAN_OK, false};
    struct spawned *thread = spawn(wait_twice, &patient);
    int shots = scaled(2000);
    while (!is_past(patient.deadline_ns) || shots-- > 0) {
        shoot(thread->thread.kernel.handle);
    }
    UNTIL(atomic_load(&patient.has_waited));
    UNTIL(chan_waiters(patient.chan, CHAN_RECEIVE) == 1);
    assert_int_equal(try_send(patient.chan, &(int){1}), CHAN_OK);
    join(thread);
    assert_int_equal(patient.result, CHAN_OK);
    chan_free(patient.chan);
}
