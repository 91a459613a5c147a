/* A channel's everyday rules: who blocks, who does not, and in which order. */
#include "support/suite.h"

enum { CAPACITY_MOST = 20 };

CLAIM(a_size_that_overflows_is_refused) {
    const size_t sizes[][2] = {{SIZE_MAX, 1},           {1, SIZE_MAX},
                               {8, SIZE_MAX / 8},       {SIZE_MAX / 2, 3},
                               {16, SIZE_MAX / 16 + 1}, {1, (size_t)PTRDIFF_MAX}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        errno = 0;
        assert_null(chan_create(sizes[i][0], sizes[i][1]));
        assert_int_equal(errno, EINVAL);
    }
}

CLAIM(a_size_that_memory_cannot_hold_is_refused) {
    if (PTRDIFF_MAX < INT64_MAX) {
        skip(); /* with 32 bits there is memory for any size that is counted */
    }
    errno = 0;
    assert_null(chan_create(1, (size_t)PTRDIFF_MAX / 2));
    assert_int_equal(errno, ENOMEM);
}

CLAIM(freeing_no_channel_is_fine) {
    chan_free(NULL);
}

CLAIM(length_and_capacity_are_told) {
    for (size_t capacity = 0; capacity <= CAPACITY_MOST; capacity++) {
        struct chan *chan = ints(capacity);
        assert_int_equal(chan_capacity(chan), capacity);
        for (size_t i = 0; i < capacity; i++) {
            assert_int_equal(chan_length(chan), i);
            assert_int_equal(try_send(chan, &(int){0}), CHAN_OK);
        }
        assert_int_equal(chan_length(chan), capacity);
        assert_int_equal(try_send(chan, &(int){0}), CHAN_TIMED_OUT);
        assert_int_equal(chan_length(chan), capacity);
        for (size_t i = capacity; i > 0; i--) {
            assert_int_equal(try_receive(chan, NULL), CHAN_OK);
            assert_int_equal(chan_length(chan), i - 1);
        }
        chan_free(chan);
    }
}

CLAIM(a_send_to_a_full_channel_blocks_until_a_receive) {
    for (size_t capacity = 0; capacity <= CAPACITY_MOST; capacity++) {
        struct chan *chan = ints(capacity);
        fill(chan);
        struct operation send =
            operation_of(chan, CHAN_SEND, &(int){(int)capacity}, STYLE_PLAIN);
        operation_park(&send);
        assert_int_equal(chan_length(chan), capacity);
        assert_int_equal(chan_waiters(chan, CHAN_SEND), 1);
        for (int i = 0; i <= (int)capacity; i++) {
            int got = -1;
            assert_int_equal(chan_receive(chan, &got, DEADLINE_NEVER), CHAN_OK);
            assert_int_equal(got, i);
            if (i == 0) { /* there is room, or it was the sender's own */
                assert_int_equal(operation_join(&send), CHAN_OK);
                assert_int_equal(chan_length(chan), capacity);
            }
        }
        assert_int_equal(try_receive(chan, NULL), CHAN_TIMED_OUT);
        chan_free(chan);
    }
}

/* Goes round the buffer several times, at every fill. */
CLAIM(values_come_out_in_the_order_sent) {
    for (size_t capacity = 1; capacity <= CAPACITY_MOST; capacity++) {
        for (size_t kept = 0; kept < capacity; kept++) {
            struct chan *chan = ints(capacity);
            for (int i = 0; i < (int)kept; i++) {
                assert_int_equal(try_send(chan, &i), CHAN_OK);
            }
            for (int i = 0; i < 3 * (int)capacity; i++) {
                int got = -1;
                assert_int_equal(try_send(chan, &(int){i + (int)kept}), CHAN_OK);
                assert_int_equal(try_receive(chan, &got), CHAN_OK);
                assert_int_equal(got, i);
            }
            chan_free(chan);
        }
    }
}

CLAIM(blocked_senders_are_served_in_order) {
    enum { SENDERS = 10 };
    for (size_t capacity = 0; capacity <= 3; capacity++) {
        struct chan *chan = ints(capacity);
        fill(chan);
        int values[SENDERS];
        struct operation sends[SENDERS];
        for (int i = 0; i < SENDERS; i++) {
            values[i] = (int)capacity + i;
            sends[i] = operation_of(chan, CHAN_SEND, &values[i], STYLE_PLAIN);
            operation_park(&sends[i]);
        }
        for (int i = 0; i < SENDERS + (int)capacity; i++) {
            int got = -1;
            assert_int_equal(try_receive(chan, &got), CHAN_OK);
            assert_int_equal(got, i);
        }
        for (int i = 0; i < SENDERS; i++) {
            assert_int_equal(operation_join(&sends[i]), CHAN_OK);
        }
        chan_free(chan);
    }
}

CLAIM(blocked_receivers_are_served_the_most_recent_first) {
    enum { RECEIVERS = 10 };
    struct chan *chan = ints(0);
    int values[RECEIVERS];
    struct operation receives[RECEIVERS];
    for (int i = 0; i < RECEIVERS; i++) {
        receives[i] = operation_of(chan, CHAN_RECEIVE, &values[i], STYLE_PLAIN);
        operation_park(&receives[i]);
        assert_int_equal(chan_waiters(chan, CHAN_SEND), 0);
    }
    for (int i = RECEIVERS - 1; i >= 0; i--) {
        assert_int_equal(try_send(chan, &i), CHAN_OK);
        assert_int_equal(chan_waiters(chan, CHAN_RECEIVE), i);
    }
    for (int i = 0; i < RECEIVERS; i++) {
        assert_int_equal(operation_join(&receives[i]), CHAN_OK);
        assert_int_equal(values[i], i);
    }
    chan_free(chan);
}

struct link {
    struct chan *from, *to;
    struct spawned *thread;
};

static void *pass_on(void *argument) {
    struct link *link = argument;
    int value;
    assert_int_equal(chan_receive(link->from, &value, DEADLINE_NEVER), CHAN_OK);
    value++;
    assert_int_equal(chan_send(link->to, &value, DEADLINE_NEVER), CHAN_OK);
    return NULL;
}

/* Go's test/chan/goroutines.go; its fifo.go's daisy chain with more links. */
CLAIM(a_value_passes_through_a_thousand_threads) {
    int count = scaled(1000);
    struct link *links = calloc((size_t)count, sizeof links[0]);
    struct chan *first = ints(0);
    struct chan *last = first;
    for (int i = 0; i < count; i++) {
        links[i].from = last;
        links[i].to = last = ints(0);
        links[i].thread = spawn(pass_on, &links[i]);
    }
    int value = 0;
    assert_int_equal(chan_send(first, &value, DEADLINE_NEVER), CHAN_OK);
    assert_int_equal(chan_receive(last, &value, DEADLINE_NEVER), CHAN_OK);
    assert_int_equal(value, count);
    for (int i = 0; i < count; i++) {
        join(links[i].thread);
        chan_free(links[i].from);
    }
    chan_free(last);
    free(links);
}
