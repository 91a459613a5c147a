/* Kernel threads: created as asked for, and gone when they are joined. */
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "support/suite.h"

struct sizes {
    struct thread thread;
    size_t stack_bytes;
    size_t guard_bytes;
};

static void look_at_own_sizes(struct thread *thread) {
    struct sizes *sizes = (struct sizes *)thread;
    pthread_attr_t attributes;
    must(pthread_getattr_np(pthread_self(), &attributes));
    must(pthread_attr_getstacksize(&attributes, &sizes->stack_bytes));
    must(pthread_attr_getguardsize(&attributes, &sizes->guard_bytes));
    must(pthread_attr_destroy(&attributes));
}

static struct sizes sizes_with(int64_t stack_bytes, int64_t guard_bytes) {
    struct thread_attributes attributes = {stack_bytes, guard_bytes, false};
    struct sizes sizes = {.thread = {.body = look_at_own_sizes, .name = "test"}};
    assert_int_equal(thread_start(&sizes.thread, &attributes), 0);
    thread_join(&sizes.thread);
    return sizes;
}

CLAIM(a_thread_has_the_stack_and_the_guard_asked_for) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (size_t i = 1; i <= 4; i++) {
        struct sizes sizes = sizes_with((int64_t)(i << 20), (int64_t)(i * page));
        assert_int_equal(sizes.stack_bytes, i << 20);
        assert_int_equal(sizes.guard_bytes, i * page);
    }
    assert_int_equal(sizes_with(1 << 20, 0).guard_bytes, 0);
}

CLAIM(without_a_wish_it_has_the_systems) {
    struct thread_attributes defaults;
    thread_default_sizes(&defaults);
    struct sizes sizes = sizes_with(0, -1);
    assert_int_equal(sizes.stack_bytes, defaults.stack_bytes);
    assert_int_equal(sizes.guard_bytes, defaults.guard_bytes);
}

/* Its last act in the kernel, after it has left our memory, is to close the files that
 * are its alone. */
static void leave_slowly(struct thread *thread) {
    (void)thread;
    if (unshare(CLONE_FILES) == 0) { /* a container may forbid it */
        for (int i = 0; i < 500 && eventfd(0, 0) >= 0; i++) {
        }
    }
}

/* For the kernel, too: or one more could be one too many under a limit. */
CLAIM(a_thread_that_is_joined_is_gone) {
    struct thread_attributes attributes = {0, -1, false};
    int before = thread_count();
    for (int i = 0; i < 20; i++) {
        struct thread thread = {.body = leave_slowly, .name = "test"};
        assert_int_equal(thread_start(&thread, &attributes), 0);
        thread_join(&thread);
        assert_int_equal(tgkill(getpid(), thread.kernel.tid, 0), -1);
        assert_int_equal(errno, ESRCH);
        assert_int_equal(thread_count(), before);
    }
}

static _Atomic bool has_begun;

static void begin(struct thread *thread) {
    (void)thread;
    has_begun = true;
}

/* The kernel gives a number again, and whoever has it now may outlive us. */
CLAIM(another_thread_with_its_number_keeps_no_join_waiting) {
    struct thread_attributes attributes = {0, -1, false};
    struct thread thread = {.body = begin, .name = "test"};
    assert_int_equal(thread_start(&thread, &attributes), 0);
    UNTIL(has_begun);
    thread.kernel.tid = gettid();
    thread_join(&thread);
}

/* One that nobody joins and that is not detached keeps its stack for ever. */
static _Atomic int detach_state = -1;

static void look_whether_detached(struct thread *thread) {
    pthread_attr_t attributes;
    int state;
    (void)thread;
    must(pthread_getattr_np(pthread_self(), &attributes));
    must(pthread_attr_getdetachstate(&attributes, &state));
    must(pthread_attr_destroy(&attributes));
    detach_state = state;
}

CLAIM(a_thread_is_detached_whatever_else_was_asked_for) {
    static const struct thread_attributes all[] = {{0, -1, true}, {1 << 20, 0, true}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        static struct thread thread;
        int before = thread_count();
        thread = (struct thread){.body = look_whether_detached, .name = "test"};
        detach_state = -1;
        assert_int_equal(thread_start(&thread, &all[i]), 0);
        UNTIL(detach_state != -1);
        assert_int_equal(detach_state, PTHREAD_CREATE_DETACHED);
        UNTIL(thread_count() == before);
    }
}

CLAIM(a_stack_too_small_is_refused) {
    struct thread_attributes tiny = {1, -1, false};
    struct sizes sizes = {.thread = {.body = look_at_own_sizes, .name = "test"}};
    assert_int_equal(thread_start(&sizes.thread, &tiny), EINVAL);
}

static _Atomic int64_t moment_ns;

static void sleep_until_soon(struct thread *thread) {
    (void)thread;
    moment_ns = now_ns() + 20 * NS_PER_MS;
    thread_sleep_until(moment_ns);
    assert_true(now_ns() >= moment_ns);
    thread_sleep_until(moment_ns); /* it has been */
    thread_sleep_until(-1);        /* long ago */
}

CLAIM(no_signal_ends_a_sleep_before_its_moment) {
    struct thread_attributes attributes = {0, -1, false};
    struct thread thread = {.body = sleep_until_soon, .name = "test"};
    hear_shots();
    assert_int_equal(thread_start(&thread, &attributes), 0);
    UNTIL(moment_ns != 0);
    while (!is_past(moment_ns)) {
        shoot(thread.kernel.handle);
    }
    thread_join(&thread);
}
