/* Closing, by hand and by the clock. */
#include "support/suite.h"

enum { CAPACITY_MOST = 20 };

static void assert_closed_and_empty(struct chan *chan) {
    for (int style = 0; style < STYLE_COUNT; style++) {
        int got = -1;
        assert_int_equal(operate(chan, CHAN_RECEIVE, &got, (enum style)style),
                         CHAN_CLOSED);
        assert_int_equal(got, 0);
        assert_int_equal(operate(chan, CHAN_SEND, &(int){1}, (enum style)style),
                         CHAN_CLOSED);
        assert_int_equal(chan_length(chan), 0);
    }
}

/* Go's test/chan/closedchan.go. */
CLAIM(a_closed_channel_is_drained_and_then_closed_for_ever) {
    for (size_t capacity = 0; capacity <= CAPACITY_MOST; capacity++) {
        for (int style = 0; style < STYLE_COUNT; style++) {
            struct chan *chan = ints(capacity);
            fill(chan);
            chan_close(chan);
            for (int i = 0; i < (int)capacity; i++) {
                int got = -1;
                assert_int_equal(try_send(chan, &(int){-2}), CHAN_CLOSED);
                assert_int_equal(operate(chan, CHAN_RECEIVE, &got, (enum style)style),
                                 CHAN_OK);
                assert_int_equal(got, i);
            }
            assert_closed_and_empty(chan);
            chan_free(chan);
        }
    }
}

enum { CROWD = 8 };

/* Values that wait to be sent are dropped; what is buffered is not. */
CLAIM(close_wakes_all_who_are_blocked) {
    for (size_t capacity = 0; capacity <= CAPACITY_MOST; capacity++) {
        for (int d = CHAN_SEND; d <= CHAN_RECEIVE; d++) {
            struct chan *chan = ints(capacity);
            struct operation blocked[CROWD];
            int values[CROWD];
            int buffered = d == CHAN_SEND ? (int)capacity : 0;
            for (int i = 0; i < buffered; i++) {
                assert_int_equal(try_send(chan, &(int){i + 1}), CHAN_OK);
            }
            for (int i = 0; i < CROWD; i++) {
                values[i] = 100 + i;
                blocked[i] = operation_of(chan, (enum chan_direction)d, &values[i],
                                          i % 2 == 0 ? STYLE_PLAIN : STYLE_SELECT);
                operation_park(&blocked[i]);
            }
            chan_close(chan);
            for (int i = 0; i < CROWD; i++) {
                assert_int_equal(operation_join(&blocked[i]), CHAN_CLOSED);
                assert_int_equal(values[i], d == CHAN_SEND ? 100 + i : 0);
            }
            for (int i = 0; i < buffered; i++) {
                int got = -1;
                assert_int_equal(try_receive(chan, &got), CHAN_OK);
                assert_int_equal(got, i + 1);
            }
            assert_closed_and_empty(chan);
            chan_free(chan);
        }
    }
}

/* Overwrites where a call made just now had its variables. */
__attribute__((noinline)) static void overwrite_stack(void) {
    unsigned char used[4096];
    memset(used, 0x5a, sizeof used);
    __asm__ volatile("" : : "r"(used) : "memory"); /* or the compiler leaves it out */
}

static void *receive_and_overwrite(void *chan) {
    assert_int_equal(chan_receive(chan, NULL, DEADLINE_NEVER), CHAN_CLOSED);
    overwrite_stack();
    return NULL;
}

/* What a waiter queued lies on its stack, and is gone once the waiter is awake. */
CLAIM(close_touches_no_waiter_that_it_has_woken) {
    for (int round = 0; round < scaled(200); round++) {
        struct chan *chan = ints(0);
        struct spawned *threads[CROWD];
        for (int i = 0; i < CROWD; i++) {
            threads[i] = spawn(receive_and_overwrite, chan);
        }
        UNTIL(chan_waiters(chan, CHAN_RECEIVE) == CROWD);
        chan_close(chan);
        join_all(threads, CROWD);
        chan_free(chan);
    }
}

/* ---- by the clock ---- */

CLAIM(a_channel_closes_itself_at_its_moment_and_not_before) {
    for (int style = 0; style < STYLE_COUNT; style++) {
        struct chan *chan = ints(0);
        int64_t moment_ns = now_ns() + 5 * NS_PER_MS;
        chan_close_at(chan, moment_ns);
        int got = -1;
        assert_int_equal(operate(chan, CHAN_RECEIVE, &got, (enum style)style),
                         CHAN_CLOSED);
        assert_true(now_ns() >= moment_ns);
        assert_int_equal(got, 0);
        assert_closed_and_empty(chan);
        chan_free(chan);
    }
}

CLAIM(the_clock_wakes_everyone_who_waits) {
    for (size_t full = 0; full <= 1; full++) {
        enum chan_direction direction = full ? CHAN_SEND : CHAN_RECEIVE;
        struct chan *chan = ints(1);
        int64_t moment_ns = now_ns() + 50 * NS_PER_MS;
        chan_close_at(chan, moment_ns);
        if (full) {
            assert_int_equal(try_send(chan, &(int){1}), CHAN_OK);
        }
        struct operation operations[CROWD];
        int values[CROWD];
        for (int i = 0; i < CROWD; i++) {
            values[i] = 100 + i;
            operations[i] = operation_of(chan, direction, &values[i],
                                         (enum style)(i % STYLE_COUNT));
            operation_start(&operations[i]);
        }
        for (int i = 0; i < CROWD; i++) {
            assert_int_equal(operation_join(&operations[i]), CHAN_CLOSED);
            assert_true(full || values[i] == 0);
        }
        assert_true(now_ns() >= moment_ns);
        assert_int_equal(try_receive(chan, NULL), full ? CHAN_OK : CHAN_CLOSED);
        assert_closed_and_empty(chan);
        chan_free(chan);
    }
}

CLAIM(a_moment_in_the_past_means_closed_from_the_start) {
    const int64_t moments_ns[] = {DEADLINE_NOW, -1, INT64_MIN, now_ns()};
    for (size_t i = 0; i < sizeof moments_ns / sizeof moments_ns[0]; i++) {
        struct chan *chan = ints(2);
        chan_close_at(chan, moments_ns[i]);
        assert_closed_and_empty(chan);
        chan_free(chan);
    }
}

CLAIM(a_moment_far_away_closes_nothing) {
    const int64_t moments_ns[] = {DEADLINE_NEVER, DEADLINE_NEVER - 1};
    for (size_t i = 0; i < sizeof moments_ns / sizeof moments_ns[0]; i++) {
        struct chan *chan = ints(0);
        chan_close_at(chan, moments_ns[i]);
        struct operation receive = operation_of(chan, CHAN_RECEIVE, NULL, STYLE_PLAIN);
        operation_park(&receive);
        assert_int_equal(try_send(chan, &(int){1}), CHAN_OK);
        assert_int_equal(operation_join(&receive), CHAN_OK);
        chan_free(chan);
    }
}

CLAIM(what_is_buffered_outlives_the_moment) {
    struct chan *chan = ints(2);
    int64_t moment_ns = now_ns() + NS_PER_MS;
    chan_close_at(chan, moment_ns);
    enum chan_result sent = try_send(chan, &(int){8});
    UNTIL(is_past(moment_ns));
    int got = -1;
    assert_int_equal(try_receive(chan, &got), sent);
    assert_int_equal(got, sent == CHAN_OK ? 8 : 0);
    assert_closed_and_empty(chan);
    chan_free(chan);
}

CLAIM(closing_by_hand_before_or_after_the_moment_is_fine) {
    struct chan *before = ints(0);
    chan_close_at(before, DEADLINE_NEVER - 1);
    struct operation receive = operation_of(before, CHAN_RECEIVE, NULL, STYLE_PLAIN);
    operation_park(&receive);
    chan_close(before);
    assert_int_equal(operation_join(&receive), CHAN_CLOSED);
    assert_closed_and_empty(before);
    chan_free(before);

    struct chan *after = ints(0);
    chan_close_at(after, DEADLINE_NOW);
    assert_closed_and_empty(after);
    chan_close(after);
    assert_closed_and_empty(after);
    chan_free(after);
}
