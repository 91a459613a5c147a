/* Fibers: how they share one thread of the kernel, and what wakes that. */
#include <signal.h>
#include <unistd.h>

#include "support/suite.h"
#include "sync/deadlock.h"
#include "sync/sleep.h"

static char turns[64];

static void *take_turns(void *argument) {
    for (int i = 0; i < 3; i++) {
        strcat(turns, argument);
        thread_yield();
    }
    return NULL;
}

/* ---- a stack that is too small ---- */

/* Inlined in itself its frames could be larger than the guard, and jump over it. */
static __attribute__((noinline)) int deeper(int levels) {
    volatile char here[512];
    here[0] = (char)levels;
    return levels == 0 ? 0 : deeper(levels - 1) + here[0];
}

static void overflow(struct thread *thread) {
    (void)thread;
    deeper(1000000);
}

static void end_at_once(struct thread *thread) {
    (void)thread;
}

static int64_t overflowing_bytes, overflowing_guard = -1;

static void overflow_in_a_fiber(void) {
    struct thread_attributes attributes = {overflowing_bytes, overflowing_guard, false};
    struct thread usual = {.body = end_at_once, .name = "usual"};
    struct thread neighbour = {.body = end_at_once, .name = "neighbour"};
    struct thread thread = {.body = overflow, .name = "glutton"};
    must(thread_start(&usual, &(struct thread_attributes){.guard_bytes = -1}));
    thread_join(&usual); /* its stack is as large, and not for one without a guard */
    must(thread_start(&thread, &attributes));
    /* of another size: its guards lie below the stacks that the glutton's is one of */
    must(thread_start(&neighbour, &(struct thread_attributes){48 * 1024, -1, false}));
    thread_join(&thread);
}

static void overflow_in_main(void) {
    join(spawn(take_turns, "")); /* so that there is a fiber */
    overflow(NULL);
}

/* A riddle otherwise: the program is ended by SIGSEGV, but says first what to do. The
 * first claim: the handler comes with the first fiber, and a child takes it away. */
CLAIM(an_overflow_is_said_to_be_one) {
    for (int kib = 16; kib <= 256; kib *= 4) {
        char words[80];
        overflowing_bytes = kib == 16 ? 0 : kib * 1024 - 1; /* pages are whole */
        snprintf(words, sizeof words,
                 "has overflowed its stack of %d bytes; --stack-size", kib * 1024);
        struct child_end end = child_run(overflow_in_a_fiber);
        assert_ended(&end, -SIGSEGV);
        assert_non_null(strstr(end.said, words));
    }
    overflowing_bytes = overflowing_guard = 0; /* then nobody can tell */
    struct child_end unguarded = child_run(overflow_in_a_fiber);
    assert_ended(&unguarded, -SIGSEGV);
    assert_null(strstr(unguarded.said, "overflowed"));
    struct child_end end = child_run(overflow_in_main);
    assert_ended(&end, -SIGSEGV);
    assert_null(strstr(end.said, "fiber")); /* it was none */
}

static void sleep_for_ever(void) {
    deadlock_watch("main");
    thread_sleep_until(DEADLINE_NEVER);
}

/* With no line that waits: this one is nobody's call of a channel. */
CLAIM(who_sleeps_for_ever_is_reported) {
    struct child_end end = child_run(sleep_for_ever);
    assert_ended(&end, 2);
    assert_non_null(strstr(end.said, "  main [sleep]\n"));
}

/* ---- turns ---- */

/* Nobody is interrupted, and who is ready for longest comes first. */
CLAIM(fibers_run_one_after_the_other_until_they_yield) {
    turns[0] = '\0';
    struct spawned *threads[] = {spawn(take_turns, "a"), spawn(take_turns, "b"),
                                 spawn(take_turns, "c")};
    assert_string_equal(turns, ""); /* a new fiber waits for its turn, too */
    join_all(threads, 3);
    assert_string_equal(turns, "abcabcabc");
}

struct sleeper {
    int64_t moment_ns;
    int number;
};

static int woken[100];
static int woken_count;

static void *sleep_there(void *argument) {
    struct sleeper *sleeper = argument;
    thread_sleep_until(sleeper->moment_ns);
    assert_true(now_ns() >= sleeper->moment_ns);
    woken[woken_count++] = sleeper->number;
    return NULL;
}

/* In whatever order they fell asleep. */
CLAIM(sleepers_wake_in_the_order_of_their_moments) {
    enum { COUNT = 100 };
    struct sleeper sleepers[COUNT];
    struct spawned *threads[COUNT];
    woken_count = 0;
    for (int i = 0; i < COUNT; i++) {
        threads[i] = spawn(sleep_there, &sleepers[i]);
    }
    int64_t soon_ns = now_ns() + 500 * NS_PER_MS; /* all sleep by then */
    for (int i = 0; i < COUNT; i++) {
        int place = i * 37 % COUNT; /* each place once */
        sleepers[i] = (struct sleeper){soon_ns + place / 10 * NS_PER_MS, place};
    }
    join_all(threads, COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(woken[i] / 10, i / 10);
    }
}

static struct chan *never;

static void *wait_and_be_let_go(void *argument) {
    int64_t *deadline_ns = argument;
    assert_int_equal(chan_receive(never, NULL, *deadline_ns), CHAN_CLOSED);
    return NULL;
}

/* Each of them leaves the heap of timers from another place. */
CLAIM(sleepers_may_be_woken_before_their_moment_in_any_order) {
    enum { COUNT = 200 };
    int64_t deadlines_ns[COUNT];
    struct spawned *threads[COUNT];
    for (int round = 0; round < 5; round++) {
        struct chan *chans[COUNT];
        for (int i = 0; i < COUNT; i++) {
            never = chans[i] = chan_create(0, 0);
            deadlines_ns[i] = now_ns() + (1000 + i * 7919 % 1000) * NS_PER_S;
            threads[i] = spawn(wait_and_be_let_go, &deadlines_ns[i]);
            thread_yield();
        }
        for (int i = 0; i < COUNT; i++) {
            chan_close(chans[i * 77 % COUNT]);
        }
        for (int i = 0; i < COUNT; i++) {
            join(threads[i]);
            chan_free(chans[i]);
        }
    }
}

/* ---- other threads of the kernel ---- */

struct outsider {
    struct chan *closed;
    pthread_t thread;
};

static void *close_soon(void *argument) {
    struct outsider *outsider = argument;
    usleep(2000); /* of no importance: before they sleep, or while they do */
    chan_close(outsider->closed);
    return NULL;
}

static int let_go; /* how many of these are */

static void *wait_until_closed(void *argument) {
    assert_int_equal(chan_receive(argument, NULL, DEADLINE_NEVER), CHAN_CLOSED);
    let_go++;
    return NULL;
}

/* More than the mailbox holds; home looks into it when it is full, or before. */
CLAIM(another_kernel_thread_wakes_every_fiber) {
    enum { FIBERS = 400 };
    for (int round = 0; round < scaled(8); round++) {
        struct outsider outsider = {.closed = chan_create(0, 0)};
        struct spawned *threads[FIBERS];
        if (round % 2 == 1) {
            must(pthread_create(&outsider.thread, NULL, close_soon, &outsider));
        }
        for (int i = 0; i < FIBERS; i++) {
            threads[i] = spawn(wait_until_closed, outsider.closed);
        }
        if (round % 2 == 0) {
            thread_yield();
            must(pthread_create(&outsider.thread, NULL, close_soon, &outsider));
            usleep(20 * 1000); /* home sleeps, and every fiber with it */
        }
        join_all(threads, FIBERS);
        must(pthread_join(outsider.thread, NULL));
        chan_free(outsider.closed);
    }
}

/* Home never has nothing to do here, and looks all the same. */
CLAIM(wakes_and_deadlines_come_through_while_others_run) {
    struct outsider outsider = {.closed = chan_create(0, 0)};
    struct spawned *woken_from_outside = spawn(wait_until_closed, outsider.closed);
    int64_t moment_ns = now_ns() + NS_PER_MS;
    struct sleeper sleeper = {moment_ns, 0};
    struct spawned *woken_by_time = spawn(sleep_there, &sleeper);
    woken_count = let_go = 0;
    thread_yield();
    must(pthread_create(&outsider.thread, NULL, close_soon, &outsider));
    UNTIL(let_go == 1 && woken_count == 1);
    join(woken_from_outside);
    join(woken_by_time);
    must(pthread_join(outsider.thread, NULL));
    chan_free(outsider.closed);
}

static void *close_each(void *argument) {
    struct chan **chans = argument;
    for (; *chans != NULL; chans++) {
        chan_close(*chans);
    }
    return NULL;
}

/* One wake after the other, at every moment: before the fiber sleeps, while home falls
 * asleep, or long after. */
CLAIM(no_wake_from_outside_is_lost_whenever_it_comes) {
    enum { COUNT = 2000 };
    static struct chan *chans[COUNT + 1];
    pthread_t thread;
    for (int i = 0; i < COUNT; i++) {
        chans[i] = chan_create(0, 0);
    }
    must(pthread_create(&thread, NULL, close_each, chans));
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(chan_receive(chans[i], NULL, DEADLINE_NEVER), CHAN_CLOSED);
    }
    must(pthread_join(thread, NULL));
    for (int i = 0; i < COUNT; i++) {
        chan_free(chans[i]);
    }
}

static pthread_t home;
static _Atomic bool quiet;

static void *send_signals(void *unused) {
    while (!atomic_load(&quiet)) {
        shoot(home);
    }
    return unused;
}

CLAIM(no_signal_ends_a_sleep_before_its_moment) {
    pthread_t thread;
    hear_shots();
    home = pthread_self();
    must(pthread_create(&thread, NULL, send_signals, NULL));
    for (int i = 0; i < 5; i++) {
        int64_t moment_ns = now_ns() + 5 * NS_PER_MS;
        thread_sleep_until(moment_ns);
        assert_true(now_ns() >= moment_ns);
    }
    atomic_store(&quiet, true);
    must(pthread_join(thread, NULL));
}

/* ---- stacks ---- */

static void *fill_stack(void *argument) {
    volatile char filled[12 * 1024];
    for (size_t i = 0; i < sizeof filled; i++) {
        filled[i] = *(char *)argument;
    }
    thread_yield();
    for (size_t i = 0; i < sizeof filled; i++) {
        assert_int_equal(filled[i], *(char *)argument);
    }
    return NULL;
}

CLAIM(each_fiber_has_its_stack_to_itself) {
    enum { AT_ONCE = 1024, MORE = 2000 }; /* so many are guarded in one step */
    static char marks[AT_ONCE + MORE];
    static struct spawned *threads[AT_ONCE + MORE];
    int count = AT_ONCE + MORE;
#if defined(__SANITIZE_THREAD__) /* of which each fiber takes 2 MB */
    count = scaled(AT_ONCE);
#endif
    for (int i = 0; i < count; i++) {
        marks[i] = (char)i;
        threads[i] = spawn(fill_stack, &marks[i]);
    }
    join_all(threads, count);
}
