/*
 * The moment of a deadline itself, to the nanosecond, seen with a clock that stands
 * still: this program has a clock_gettime() of its own.
 */
#include <sys/syscall.h>
#include <unistd.h>

#include "support/suite.h"
#include "sync/ctx.h"

static _Atomic int64_t stands_at_ns; /* 0: it runs */

/* The kernel's time is not libc's struct timespec where that has another width. */
static struct timespec ask_kernel(clockid_t clock) {
#ifdef SYS_clock_gettime64
    struct {
        int64_t s, ns;
    } now;
    syscall(SYS_clock_gettime64, clock, &now);
#else
    struct {
        long s, ns;
    } now;
    syscall(SYS_clock_gettime, clock, &now);
#endif
    return to_timespec(now.s * NS_PER_S + now.ns);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int64_t ns = atomic_load(&stands_at_ns);
    *now = ns == 0 ? ask_kernel(clock) : to_timespec(ns);
    return 0;
}

static void stop_clock_at(int64_t ns) {
    atomic_store(&stands_at_ns, ns);
}

static void let_clock_run(void) {
    atomic_store(&stands_at_ns, 0);
}

CLAIM(now_is_the_time_of_the_monotonic_clock) {
    struct timespec before = ask_kernel(CLOCK_MONOTONIC);
    int64_t ns = now_ns();
    struct timespec after = ask_kernel(CLOCK_MONOTONIC);
    assert_true(ns >= before.tv_sec * NS_PER_S + before.tv_nsec);
    assert_true(ns <= after.tv_sec * NS_PER_S + after.tv_nsec);
}

CLAIM(a_moment_is_past_from_itself_on) {
    stop_clock_at(1000);
    assert_true(is_past(INT64_MIN));
    assert_true(is_past(DEADLINE_NOW));
    assert_true(is_past(999));
    assert_true(is_past(1000));
    assert_false(is_past(1001));
    assert_false(is_past(DEADLINE_NEVER - 1));
    assert_false(is_past(DEADLINE_NEVER));
    let_clock_run();
}

CLAIM(a_try_at_its_very_deadline_does_not_block) {
    struct chan *chan = chan_create(sizeof(int), 0);
    int value = 1;
    struct chan_case cases[] = {{chan, CHAN_RECEIVE, &value, CHAN_OK},
                                {chan, CHAN_SEND, &value, CHAN_OK}};
    int64_t moment_ns = now_ns();
    stop_clock_at(moment_ns);
    assert_int_equal(chan_send(chan, &value, moment_ns), CHAN_TIMED_OUT);
    assert_int_equal(chan_receive(chan, &value, moment_ns), CHAN_TIMED_OUT);
    assert_int_equal(chan_select(cases, 2, moment_ns), -1);
    let_clock_run();
    chan_free(chan);
}

CLAIM(a_channel_is_closed_from_its_moment_on) {
    struct chan *chan = chan_create(sizeof(int), 1);
    int64_t moment_ns = now_ns() + NS_PER_S;
    chan_close_at(chan, moment_ns);
    stop_clock_at(moment_ns - 1);
    assert_int_equal(try_receive(chan, NULL), CHAN_TIMED_OUT);
    assert_int_equal(try_send(chan, &(int){5}), CHAN_OK);
    stop_clock_at(moment_ns);
    assert_int_equal(try_send(chan, &(int){6}), CHAN_CLOSED);
    assert_int_equal(try_receive(chan, NULL), CHAN_OK);
    assert_int_equal(try_receive(chan, NULL), CHAN_CLOSED);
    let_clock_run();
    chan_free(chan);
}

CLAIM(a_context_is_done_from_its_moment_on) {
    int64_t moment_ns = now_ns() + NS_PER_S;
    struct ctx *parent = ctx_with_cancel(ctx_background());
    struct ctx *ctx = ctx_with_deadline(parent, moment_ns);
    struct ctx *cancelled = ctx_with_deadline(parent, moment_ns);
    stop_clock_at(moment_ns - 1);
    assert_int_equal(ctx_reason(ctx), CTX_ALIVE);
    assert_int_equal(try_receive(ctx_done(ctx), NULL), CHAN_TIMED_OUT);
    assert_int_equal(ctx_children(parent), 2);
    stop_clock_at(moment_ns);
    assert_int_equal(ctx_children(parent), 0);
    ctx_cancel(cancelled); /* too late to be the cause */
    assert_int_equal(ctx_reason(cancelled), CTX_DEADLINE_EXCEEDED);
    assert_int_equal(try_receive(ctx_done(ctx), NULL), CHAN_CLOSED);
    assert_int_equal(ctx_reason(ctx), CTX_DEADLINE_EXCEEDED);
    let_clock_run();
    ctx_free(cancelled);
    ctx_free(ctx);
    ctx_free(parent);
}

CLAIM(threads_have_no_virtual_time) {
    assert_ends_program(clock_make_virtual);
}

/* A machine that has been up for 63 years: nothing may overflow. */
CLAIM(a_huge_clock_makes_no_difference) {
    int64_t moment_ns = INT64_C(2000000000) * NS_PER_S;
    stop_clock_at(moment_ns);
    struct ctx *alive = ctx_with_timeout(ctx_background(), NS_PER_S);
    struct ctx *never = ctx_with_timeout(ctx_background(), INT64_MAX);
    struct ctx *past = ctx_with_timeout(ctx_background(), 0);
    assert_int_equal(ctx_deadline_ns(alive), moment_ns + NS_PER_S);
    assert_int_equal(ctx_deadline_ns(never), DEADLINE_NEVER);
    assert_int_equal(ctx_reason(alive), CTX_ALIVE);
    assert_int_equal(ctx_reason(never), CTX_ALIVE);
    assert_int_equal(ctx_reason(past), CTX_DEADLINE_EXCEEDED);
    let_clock_run();
    ctx_free(past);
    ctx_free(never);
    ctx_free(alive);
}
