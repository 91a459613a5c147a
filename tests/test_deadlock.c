/*
 * The deadlock detector: a real deadlock ends the program with status 2 and a report; a
 * run that still can go on is left alone. Each claim is tried in a child process, as
 * the detector cannot be turned off again.
 */
#include <sched.h>

#include "support/suite.h"
#include "sync/ctx.h"
#include "sync/deadlock.h"
#include "sync/sleep.h"
#include "sync/wait_group.h"

enum { DEADLOCK = 2 };

static void assert_deadlock(void (*body)(void), const char *const *words) {
    struct child_end end = child_run(body);
    assert_ended(&end, DEADLOCK);
    assert_non_null(strstr(end.said, thread_is_fiber()
                                         ? "all fibers are asleep - deadlock!"
                                         : "all threads are asleep - deadlock!"));
    for (; *words != NULL; words++) {
        if (strstr(end.said, *words) == NULL) {
            fail_msg("'%s' is not in '%s'", *words, end.said);
        }
    }
}

#define ASSERT_DEADLOCK(body, ...)                                                     \
    assert_deadlock(body, (const char *const[]){__VA_ARGS__, NULL})

/* ---- threads that the detector counts ---- */

struct counted {
    const char *name;
    void (*body)(struct chan *chan);
    struct chan *chan;
};

static void *run_counted(void *argument) {
    struct counted *counted = argument;
    counted->body(counted->chan);
    return NULL;
}

static struct spawned *start_counted(struct counted *counted) {
    return spawn_named(counted->name, run_counted, counted);
}

/* A thread of whose existence the detector knows nothing. */
static void start_uncounted(void *(*run)(void *), void *argument) {
    pthread_t thread;
    must(pthread_create(&thread, NULL, run, argument));
}

static struct chan *named(const char *name, size_t capacity) {
    struct chan *chan = chan_create(sizeof(int), capacity);
    chan_set_name(chan, name);
    return chan;
}

static void receive_for_ever(struct chan *chan) {
    while (chan_receive(chan, NULL, DEADLINE_NEVER) == CHAN_OK) {
    }
}

static void return_at_once(struct chan *chan) {
    (void)chan;
}

static void sleep_and_send(struct chan *chan) {
    sleep_until(now_ns() + 20 * NS_PER_MS, NULL);
    chan_send(chan, &(int){1}, DEADLINE_NEVER);
}

/* ---- deadlocks ---- */

static void receive_alone(void) {
    deadlock_watch("main");
    receive_for_ever(named("orders", 0));
}

static void send_alone(void) {
    struct chan *chan = named("orders", 1);
    deadlock_watch("main");
    chan_send(chan, &(int){1}, DEADLINE_NEVER);
    chan_send(chan, &(int){2}, DEADLINE_NEVER);
}

static void select_alone(void) {
    struct chan_case cases[] = {
        {.chan = named("orders", 0), .direction = CHAN_RECEIVE},
        {.chan = NULL, .direction = CHAN_RECEIVE},
        {.chan = named("bills", 0), .direction = CHAN_SEND, .value = &(int){1}}};
    deadlock_watch("main");
    chan_select(cases, 3, DEADLINE_NEVER);
}

static void select_nothing(void) {
    deadlock_watch("main");
    chan_select(NULL, 0, DEADLINE_NEVER);
}

/* The article's: the channel is not closed, so the workers wait for ever, and main for
 * the workers. */
static void forget_to_close(void) {
    struct counted cook = {"cook", receive_for_ever, named("orders", 0)};
    struct wait_group all_done;
    wait_group_init(&all_done);
    deadlock_watch("main");
    wait_group_add(&all_done, 2);
    start_counted(&cook);
    start_counted(&cook);
    for (int i = 0; i < 10; i++) {
        chan_send(cook.chan, &i, DEADLINE_NEVER);
    }
    wait_group_wait(&all_done);
}

static void forget_to_close_for_many(void) {
    struct counted cook = {"cook", receive_for_ever, named("orders", 0)};
    deadlock_watch("main");
    for (int i = 0; i < 120; i++) {
        start_counted(&cook);
    }
    receive_for_ever(cook.chan);
}

/* The last who was awake does not fall asleep but ends. */
static void end_and_leave_others_waiting(void) {
    struct counted idle = {"idler", return_at_once, NULL};
    deadlock_watch("main");
    start_counted(&idle);
    receive_for_ever(named("orders", 0));
}

static void be_refused_a_thread(void) {
    struct thread_attributes attributes = {INT64_C(1) << 60, -1, false};
    struct thread thread = {.name = "none"};
    deadlock_watch("main");
    invariant(thread_start(&thread, &attributes) != 0); /* no machine has that */
    receive_for_ever(named("orders", 0));
}

static void be_woken_and_then_stuck(void) {
    struct counted sender = {"sender", sleep_and_send, named("orders", 0)};
    deadlock_watch("main");
    start_counted(&sender);
    receive_for_ever(sender.chan);
}

/* A thread that does not count came to wake somebody, as a signal does, and wakes
 * nobody: by the time it leaves, main sleeps for ever. */
static void *come_and_leave(void *argument) {
    struct chan *chan = argument;
    while (chan_waiters(chan, CHAN_RECEIVE) == 0) {
        sched_yield(); /* UNTIL yields as a fiber, which this thread is not */
    }
    thread_outsider_ends();
    return NULL;
}

static void be_left_by_a_thread_that_does_not_count(void) {
    struct chan *chan = named("orders", 0);
    deadlock_watch("main");
    thread_outsider_begins(); /* before main can sleep */
    start_uncounted(come_and_leave, chan);
    receive_for_ever(chan);
}

CLAIM(a_deadlock_ends_the_program_and_says_who_waits_for_what) {
    ASSERT_DEADLOCK(receive_alone, "main [chan receive orders, 0 of 0 buffered, open]");
    ASSERT_DEADLOCK(send_alone, "main [chan send orders, 1 of 1 buffered, open]");
    ASSERT_DEADLOCK(select_alone, "main [select", "receive orders", "send bills");
    ASSERT_DEADLOCK(select_nothing, "main [select]");
    ASSERT_DEADLOCK(forget_to_close, "main [wait group]", "cook [chan receive orders");
    ASSERT_DEADLOCK(forget_to_close_for_many, "main [chan", "  ... and 21 more\n");
}

CLAIM(the_count_is_right_after_threads_have_come_and_gone) {
    ASSERT_DEADLOCK(end_and_leave_others_waiting, "main [chan receive");
    ASSERT_DEADLOCK(be_refused_a_thread, "main [chan receive");
    ASSERT_DEADLOCK(be_woken_and_then_stuck, "main [chan receive");
    ASSERT_DEADLOCK(be_left_by_a_thread_that_does_not_count, "main [chan receive");
}

/* ---- no deadlocks ---- */

static void wait_until_a_deadline(void) {
    struct chan *chan = named("orders", 0);
    deadlock_watch("main");
    assert_int_equal(chan_receive(chan, NULL, now_ns() + NS_PER_MS), CHAN_TIMED_OUT);
}

static void wait_until_a_channel_closes_by_the_clock(void) {
    struct ctx *ctx = ctx_with_timeout(ctx_background(), 5 * NS_PER_MS);
    deadlock_watch("main");
    assert_int_equal(chan_receive(ctx_done(ctx), NULL, DEADLINE_NEVER), CHAN_CLOSED);
}

static void wait_for_a_sleeper(void) {
    struct counted sender = {"sender", sleep_and_send, named("orders", 0)};
    deadlock_watch("main");
    start_counted(&sender);
    assert_int_equal(chan_receive(sender.chan, NULL, DEADLINE_NEVER), CHAN_OK);
}

/* Without waiting, which such a thread may not do where the others are fibers. */
static void *send_uncounted(void *argument) {
    while (chan_send(argument, &(int){1}, DEADLINE_NOW) != CHAN_OK) {
        sched_yield();
    }
    return NULL;
}

static void wait_for_a_thread_that_does_not_count(void) {
    struct chan *chan = named("orders", 0);
    deadlock_watch("main");
    thread_outsider_begins(); /* it announces itself for as long as it acts */
    start_uncounted(send_uncounted, chan);
    assert_int_equal(chan_receive(chan, NULL, DEADLINE_NEVER), CHAN_OK);
    thread_outsider_ends();
}

static void end_all_threads(void) {
    struct counted idle = {"idler", return_at_once, NULL};
    deadlock_watch("main");
    struct spawned *threads[10];
    for (int i = 0; i < 10; i++) {
        threads[i] = start_counted(&idle);
    }
    deadlock_thread_ends(); /* main, too: nobody is left to be stuck */
    join_all(threads, 10);
}

static void wait_unwatched(void) {
    struct counted sender = {"sender", sleep_and_send, named("orders", 0)};
    start_counted(&sender); /* nobody has called deadlock_watch() */
    assert_int_equal(chan_receive(sender.chan, NULL, DEADLINE_NEVER), CHAN_OK);
}

CLAIM(who_will_go_on_by_himself_is_left_alone) {
    assert_child_ends(wait_until_a_deadline, 0);
    assert_child_ends(wait_until_a_channel_closes_by_the_clock, 0);
    assert_child_ends(wait_for_a_sleeper, 0);
    assert_child_ends(wait_for_a_thread_that_does_not_count, 0);
    assert_child_ends(end_all_threads, 0);
    assert_child_ends(wait_unwatched, 0);
}
