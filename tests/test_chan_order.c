/*
 * What is visible to whom: the edges of Go's memory model, and the tests of its
 * runtime/race/testdata that must be free of races (named beside each).
 *
 * `shared` is a plain variable on purpose. A missing edge is a data race, which
 * ThreadSanitizer reports; without it, the values at least must be right.
 */
#include <sched.h>
#include <stdatomic.h>

#include "support/operation.h"
#include "support/scale.h"
#include "support/suite.h"
#include "support/threads.h"
#include "sync/chan.h"
#include "sync/clock.h"
#include "sync/wait_group.h"

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

struct semaphore_user {
    struct chan *semaphore;
    int rounds;
    _Atomic int *inside;
    _Atomic int *most;
};

static void *use_semaphore(void *argument) {
    struct semaphore_user *user = argument;
    for (int i = 0; i < user->rounds; i++) {
        assert_int_equal(chan_send(user->semaphore, NULL, DEADLINE_NEVER), CHAN_OK);
        int inside = ++*user->inside;
        int most = *user->most;
        while (inside > most &&
               !atomic_compare_exchange_weak(user->most, &most, inside)) {
        }
        thread_yield();
        sched_yield();
        --*user->inside;
        assert_int_equal(chan_receive(user->semaphore, NULL, DEADLINE_NEVER), CHAN_OK);
    }
    return NULL;
}

CLAIM(a_channel_with_room_for_k_lets_in_k) {
    enum { USERS = 8 };
    for (size_t capacity = 1; capacity <= 4; capacity++) {
        struct chan *semaphore = chan_of(0, capacity);
        _Atomic int inside = 0;
        _Atomic int most = 0;
        struct semaphore_user user = {semaphore, scaled(1000), &inside, &most};
        crowd_run(USERS, use_semaphore, &user);
        assert_between(most, 1, capacity);
        chan_free(semaphore);
    }
}

struct relay {
    struct chan *chan;
    struct wait_group *group;
    int *written;
};

static void *write_send_done(void *argument) {
    struct relay *relay = argument;
    *relay->written = 1;
    assert_int_equal(chan_send(relay->chan, NULL, DEADLINE_NEVER), CHAN_OK);
    *relay->written = 2;
    wait_group_done(relay->group);
    return NULL;
}

/* ChanWaitGroup, BlockedSendSync. */
CLAIM(a_wait_group_and_a_channel_keep_their_edges_together) {
    for (int i = 0; i < scaled(500); i++) {
        struct chan *chan = chan_of(0, 0);
        struct wait_group group;
        int written = 0;
        struct relay relay = {chan, &group, &written};
        wait_group_init(&group);
        wait_group_add(&group, 1);
        struct spawned *thread = spawn(write_send_done, &relay);
        assert_int_equal(chan_receive(chan, NULL, DEADLINE_NEVER), CHAN_OK);
        wait_group_wait(&group);
        assert_int_equal(written, 2);
        wait_group_destroy(&group);
        join(thread);
        chan_free(chan);
    }
}
