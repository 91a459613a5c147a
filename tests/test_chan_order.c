/*
 * What is visible to whom: the edges of Go's memory model, and the tests of its
 * runtime/race/testdata that must be free of races (named beside each).
 *
 * `shared` is a plain variable on purpose. A missing edge is a data race, which
 * ThreadSanitizer reports; without it, the values at least must be right.
 */
#include "support/suite.h"

static int shared;

static void *write_then_send(void *chan) {
    shared = 1;
    assert_int_equal(chan_send(chan, NULL, DEADLINE_NEVER), CHAN_OK);
    return NULL;
}

static void *write_then_receive(void *chan) {
    shared = 1;
    assert_int_equal(chan_receive(chan, NULL, DEADLINE_NEVER), CHAN_OK);
    return NULL;
}

static void *write_then_close(void *chan) {
    shared = 1;
    chan_close(chan);
    return NULL;
}

static void assert_seen(void *(*writer)(void *), size_t capacity,
                        enum chan_direction direction, enum style style,
                        enum chan_result expected) {
    for (int i = 0; i < scaled(200); i++) {
        struct chan *chan = chan_of(0, capacity);
        shared = 0;
        struct spawned *thread = spawn(writer, chan);
        assert_int_equal(operate(chan, direction, NULL, style), expected);
        assert_int_equal(shared, 1);
        join(thread);
        chan_free(chan);
    }
}

/* ChanSync, ChanAsync, ChanPtr, ElemSize0. */
CLAIM(what_was_written_before_a_send_is_seen_after_its_receive) {
    for (size_t capacity = 0; capacity <= 2; capacity++) {
        for (int style = 0; style < STYLE_COUNT; style++) {
            assert_seen(write_then_send, capacity, CHAN_RECEIVE, (enum style)style,
                        CHAN_OK);
        }
    }
}

/* ChanSyncRev. */
CLAIM(unbuffered_what_was_written_before_a_receive_is_seen_after_its_send) {
    for (int style = 0; style < STYLE_COUNT; style++) {
        assert_seen(write_then_receive, 0, CHAN_SEND, (enum style)style, CHAN_OK);
    }
}

/* SyncCloseRecv 1-3, AsyncCloseRecv 1-3, CloseHappensBeforeRead (issue 36714). */
CLAIM(what_was_written_before_a_close_is_seen_by_who_finds_it_closed) {
    for (size_t capacity = 0; capacity <= 2; capacity++) {
        for (int style = 0; style < STYLE_COUNT; style++) {
            assert_seen(write_then_close, capacity, CHAN_RECEIVE, (enum style)style,
                        CHAN_CLOSED);
        }
    }
    assert_seen(write_then_close, 0, CHAN_SEND, STYLE_PLAIN, CHAN_CLOSED);
}

struct mutex_user {
    struct chan *mutex;
    enum style style;
    int rounds;
    int *inside;
};

static void enter_or_leave(const struct mutex_user *user,
                           enum chan_direction direction) {
    assert_int_equal(operate(user->mutex, direction, NULL, user->style), CHAN_OK);
}

static void *use_mutex(void *argument) {
    struct mutex_user *user = argument;
    for (int i = 0; i < user->rounds; i++) {
        enter_or_leave(user, CHAN_SEND);
        assert_int_equal(++*user->inside, 1);
        shared++;
        --*user->inside;
        enter_or_leave(user, CHAN_RECEIVE);
    }
    return NULL;
}

/* ChanMutex, SelectMutex: receive number k is seen by send number k + capacity. */
CLAIM(a_channel_with_room_for_one_is_a_mutex) {
    enum { USERS = 6 };
    struct chan *mutex = chan_of(0, 1);
    struct mutex_user users[USERS];
    int inside = 0;
    shared = 0;
    for (int i = 0; i < USERS; i++) {
        users[i] = (struct mutex_user){mutex, i % 2 ? STYLE_SELECT : STYLE_PLAIN,
                                       scaled(5000), &inside};
    }
    crowd_run_each(USERS, use_mutex, users, sizeof users[0]);
    assert_int_equal(shared, USERS * users[0].rounds);
    chan_free(mutex);
}
