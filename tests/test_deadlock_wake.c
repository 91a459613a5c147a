/*
 * A waker counts the sleeper in before the sleeper can run: else the sleeper, awake and
 * asleep again, would count itself out twice, and the detector see nobody awake.
 *
 * The linker puts a function of ours in front of deadlock_awake() (--wrap). It lets
 * some time pass and rouses everybody with a signal, so that a moment too late shows.
 */
#include <signal.h>
#include <time.h>

#include "support/suite.h"
#include "sync/deadlock.h"
#include "sync/wait_group.h"

/* Two threads that only ever wait for each other. */
struct pair {
    pthread_t threads[2];
    struct chan *there, *back;
    struct wait_group group;
};

static struct pair pair;

static _Atomic int woken; /* those that the linker has sent through here */

void __real_deadlock_awake(void);
void __wrap_deadlock_awake(void);

void __wrap_deadlock_awake(void) {
    woken++;
    pthread_kill(pair.threads[0], SIGUSR1);
    pthread_kill(pair.threads[1], SIGUSR1);
    nanosleep(&(struct timespec){.tv_nsec = 100 * NS_PER_US}, NULL);
    __real_deadlock_awake();
}

enum { ROUNDS = 200 };

static void begin(void *(*run)(void *)) {
    hear_shots();
    pair.there = chan_create(sizeof(int), 0);
    pair.back = chan_create(sizeof(int), 0);
    wait_group_init(&pair.group);
    deadlock_watch("main");
    pair.threads[0] = pthread_self();
    pair.threads[1] = spawn(run, NULL)->thread.kernel.handle;
}

static void *answer(void *unused) {
    int value;
    while (chan_receive(pair.there, &value, DEADLINE_NEVER) == CHAN_OK) {
        chan_send(pair.back, &value, DEADLINE_NEVER);
    }
    return unused;
}

static void ask_and_answer(void) {
    begin(answer);
    for (int i = 0; i < ROUNDS; i++) {
        int value = i;
        assert_int_equal(chan_send(pair.there, &value, DEADLINE_NEVER), CHAN_OK);
        assert_int_equal(chan_receive(pair.back, &value, DEADLINE_NEVER), CHAN_OK);
        assert_int_equal(value, i);
    }
    assert_true(woken > 0);
}

static void *do_work(void *unused) {
    while (chan_receive(pair.there, NULL, DEADLINE_NEVER) == CHAN_OK) {
        wait_group_done(&pair.group);
    }
    return unused;
}

static void hand_out_work(void) {
    begin(do_work);
    for (int i = 0; i < ROUNDS; i++) {
        wait_group_add(&pair.group, 1);
        assert_int_equal(chan_send(pair.there, &i, DEADLINE_NEVER), CHAN_OK);
        wait_group_wait(&pair.group);
    }
    assert_true(woken > 0);
}

CLAIM(a_slow_waker_on_a_channel_raises_no_alarm) {
    assert_child_ends(ask_and_answer, 0);
}

CLAIM(a_slow_waker_of_a_wait_group_raises_no_alarm) {
    assert_child_ends(hand_out_work, 0);
}
