/* Values arrive whole, whatever their size and whichever way they take. */
#include "support/suite.h"
#include "support/value.h"

/* A value with a guard behind it that no copy may touch. */
struct slot {
    unsigned char value[VALUE_SIZE_MOST + 16];
};

static void slot_make(struct slot *slot, size_t size, uint32_t number) {
    memset(slot, 0xa5, sizeof *slot);
    value_make(slot->value, size, number);
}

static void assert_slot(const struct slot *slot, size_t size, uint32_t number) {
    assert_true(value_is(slot->value, size, number));
    for (size_t i = size; i < sizeof slot->value; i++) {
        assert_int_equal(slot->value[i], 0xa5);
    }
}

CLAIM(a_value_goes_whole_through_the_buffer) {
    for (int s = 0; s < VALUE_SIZE_COUNT; s++) {
        struct chan *chan = chan_of(value_sizes[s], 3);
        struct slot in, out;
        for (uint32_t i = 0; i < 10; i++) {
            slot_make(&in, value_sizes[s], i);
            slot_make(&out, value_sizes[s], 99);
            assert_int_equal(try_send(chan, in.value), CHAN_OK);
            slot_make(&in, value_sizes[s], 98); /* what was sent was a copy */
            assert_int_equal(try_receive(chan, out.value), CHAN_OK);
            assert_slot(&out, value_sizes[s], i);
        }
        chan_free(chan);
    }
}

/* Every pair of styles: go's nonblock.go, for both who is there first. */
static void hand_over(size_t size, size_t capacity, enum style sends,
                      enum style receives, bool sender_first, bool discard) {
    struct chan *chan = chan_of(size, capacity);
    struct slot in, out;
    slot_make(&in, size, 4711);
    slot_make(&out, size, 99);
    struct operation send = operation_of(chan, CHAN_SEND, in.value, sends);
    struct operation receive =
        operation_of(chan, CHAN_RECEIVE, discard ? NULL : out.value, receives);
    struct operation *first = sender_first ? &send : &receive;
    struct operation *second = sender_first ? &receive : &send;
    bool parks = first->style != STYLE_POLL && (capacity == 0 || !sender_first);
    if (parks) {
        operation_park(first);
    } else {
        operation_start(first);
    }
    assert_int_equal(operation_run(second), CHAN_OK);
    assert_int_equal(operation_join(first), CHAN_OK);
    assert_slot(&in, size, 4711);
    assert_slot(&out, size, discard ? 99 : 4711);
    chan_free(chan);
}

static void hand_over_in_every_style(bool discard) {
    for (int s = 0; s < VALUE_SIZE_COUNT; s++) {
        for (size_t capacity = 0; capacity <= 1; capacity++) {
            for (int pair = 0; pair < STYLE_COUNT * STYLE_COUNT; pair++) {
                enum style sends = (enum style)(pair / STYLE_COUNT);
                enum style receives = (enum style)(pair % STYLE_COUNT);
                if (capacity == 0 && sends == STYLE_POLL && receives == STYLE_POLL) {
                    continue; /* two that never wait never meet */
                }
                hand_over(value_sizes[s], capacity, sends, receives, true, discard);
                hand_over(value_sizes[s], capacity, sends, receives, false, discard);
            }
        }
    }
}

CLAIM(a_value_goes_whole_from_hand_to_hand_in_every_style) {
    hand_over_in_every_style(false);
}

/* Go's test/chan/select7.go. */
CLAIM(a_value_may_be_discarded_in_every_style) {
    hand_over_in_every_style(true);
}

CLAIM(a_value_of_no_size_needs_no_memory) {
    for (size_t capacity = 0; capacity <= 2; capacity++) {
        struct chan *chan = chan_of(0, capacity);
        for (size_t i = 0; i < capacity; i++) {
            assert_int_equal(try_send(chan, NULL), CHAN_OK);
        }
        struct operation send = operation_of(chan, CHAN_SEND, NULL, STYLE_PLAIN);
        operation_park(&send);
        for (size_t i = 0; i <= capacity; i++) {
            assert_int_equal(try_receive(chan, NULL), CHAN_OK);
        }
        assert_int_equal(operation_join(&send), CHAN_OK);
        assert_int_equal(try_receive(chan, NULL), CHAN_TIMED_OUT);
        chan_close(chan);
        assert_int_equal(try_receive(chan, NULL), CHAN_CLOSED);
        chan_free(chan);
    }
}

/* Go's test/chan/sendstmt.go. */
CLAIM(a_channel_may_travel_through_a_channel) {
    struct chan *post = chan_of(sizeof(struct chan *), 0);
    struct chan *reply = chan_of(sizeof(int), 1);
    struct chan *delivered = NULL;
    struct operation receive =
        operation_of(post, CHAN_RECEIVE, &delivered, STYLE_PLAIN);
    operation_park(&receive);
    assert_int_equal(chan_send(post, &reply, DEADLINE_NEVER), CHAN_OK);
    assert_int_equal(operation_join(&receive), CHAN_OK);
    assert_int_equal(try_send(delivered, &(int){3}), CHAN_OK);
    int got = 0;
    assert_int_equal(try_receive(reply, &got), CHAN_OK);
    assert_int_equal(got, 3);
    chan_free(reply);
    chan_free(post);
}

CLAIM(closing_zeroes_what_a_receiver_gets_and_no_byte_more) {
    for (int s = 0; s < VALUE_SIZE_COUNT; s++) {
        for (size_t capacity = 0; capacity <= 1; capacity++) {
            struct chan *chan = chan_of(value_sizes[s], capacity);
            struct slot parked, later;
            slot_make(&parked, value_sizes[s], 1);
            slot_make(&later, value_sizes[s], 2);
            struct operation receive =
                operation_of(chan, CHAN_RECEIVE, parked.value, STYLE_PLAIN);
            operation_park(&receive);
            chan_close(chan);
            assert_int_equal(operation_join(&receive), CHAN_CLOSED);
            assert_int_equal(try_receive(chan, later.value), CHAN_CLOSED);
            assert_true(value_is_zero(parked.value, value_sizes[s]));
            assert_true(value_is_zero(later.value, value_sizes[s]));
            assert_int_equal(parked.value[value_sizes[s]], 0xa5);
            assert_int_equal(later.value[value_sizes[s]], 0xa5);
            chan_free(chan);
        }
    }
}

/* A select of three sends, or three receives: each value has a place of its own. */
struct three {
    struct chan *chans[3];
    struct slot slots[3];
    enum chan_direction direction;
};

static void *select_one_of_three(void *argument) {
    struct three *three = argument;
    struct chan_case cases[3];
    for (int i = 0; i < 3; i++) {
        cases[i] = (struct chan_case){three->chans[i], three->direction,
                                      three->slots[i].value, CHAN_TIMED_OUT};
    }
    int chosen = chan_select(cases, 3, DEADLINE_NEVER);
    assert_int_equal(cases[chosen].result, CHAN_OK);
    return NULL;
}

static void wait_with_three(size_t size, enum chan_direction direction, int partner) {
    struct three three = {.direction = direction};
    struct slot slot;
    for (int i = 0; i < 3; i++) {
        three.chans[i] = chan_of(size, 0);
        slot_make(&three.slots[i], size, 10 + (uint32_t)i);
    }
    struct spawned *thread = spawn(select_one_of_three, &three);
    UNTIL(chan_waiters(three.chans[2], direction) == 1);
    slot_make(&slot, size, 99);
    if (direction == CHAN_SEND) {
        assert_int_equal(try_receive(three.chans[partner], slot.value), CHAN_OK);
        assert_slot(&slot, size, 10 + (uint32_t)partner);
    } else {
        assert_int_equal(try_send(three.chans[partner], slot.value), CHAN_OK);
    }
    join(thread);
    for (int i = 0; i < 3; i++) {
        bool received = direction == CHAN_RECEIVE && i == partner;
        assert_slot(&three.slots[i], size, received ? 99 : 10 + (uint32_t)i);
        chan_free(three.chans[i]);
    }
}

CLAIM(values_that_wait_side_by_side_do_not_mix) {
    for (int s = 0; s < VALUE_SIZE_COUNT; s++) {
        for (int partner = 0; partner < 3; partner++) {
            wait_with_three(value_sizes[s], CHAN_SEND, partner);
            wait_with_three(value_sizes[s], CHAN_RECEIVE, partner);
        }
    }
}
