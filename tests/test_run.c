/* A run's threads: created as the options say, and gone when they are joined. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "clock.h"
#include "must.h"
#include "support/plain_run.h"
#include "support/suite.h"
#include "support/threads.h"

static struct run run; /* 90 KB */

struct sizes {
    size_t stack_bytes;
    size_t guard_bytes;
    pid_t tid;
};

static void *look_at_own_sizes(void *argument) {
    struct sizes *sizes = argument;
    pthread_attr_t attributes;
    must(pthread_getattr_np(pthread_self(), &attributes));
    must(pthread_attr_getstacksize(&attributes, &sizes->stack_bytes));
    must(pthread_attr_getguardsize(&attributes, &sizes->guard_bytes));
    must(pthread_attr_destroy(&attributes));
    sizes->tid = gettid();
    tally_thread_ends(&run.tally);
    return NULL;
}

static struct sizes sizes_with(int64_t stack_bytes, int64_t guard_bytes) {
    struct run_config config = plain_config(0);
    struct sizes sizes = {0};
    pthread_t thread;
    config.runner.stack_bytes = stack_bytes;
    config.runner.guard_bytes = guard_bytes;
    plain_run_start(&run, &config);
    assert_int_equal(run_start_thread(&run, &thread, look_at_own_sizes, &sizes), 0);
    run_join_thread(thread, sizes.tid);
    plain_run_end(&run);
    assert_int_equal(run.tally.created_threads, 1);
    run_destroy(&run);
    return sizes;
}

static void a_thread_has_the_stack_and_the_guard_asked_for(void) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (size_t i = 1; i <= 4; i++) {
        struct sizes sizes = sizes_with((int64_t)(i << 20), (int64_t)(i * page));
        assert_int_equal(sizes.stack_bytes, i << 20);
        assert_int_equal(sizes.guard_bytes, i * page);
    }
    assert_int_equal(sizes_with(1 << 20, 0).guard_bytes, 0);
}

/* For the kernel, too: or one more could be one too many under a limit. */
static void a_thread_that_is_joined_is_gone(void) {
    for (int i = 0; i < 300; i++) {
        int before = thread_count();
        struct sizes sizes = sizes_with(1 << 20, 0);
        assert_int_equal(tgkill(getpid(), sizes.tid, 0), -1);
        assert_int_equal(errno, ESRCH);
        assert_int_equal(thread_count(), before);
    }
}

/* ---- what a machine may refuse ---- */

static int create_error; /* what pthread_create() shall answer; 0: what it does */

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*body)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*body)(void *), void *argument);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*body)(void *), void *argument) {
    return create_error != 0
               ? create_error
               : __real_pthread_create(thread, attributes, body, argument);
}

static void assert_explained(int error, const char *words, bool by_a_limit) {
    struct run_config config = plain_config(0);
    pthread_t thread;
    plain_run_start(&run, &config);
    create_error = error;
    int told = run_start_thread(&run, &thread, look_at_own_sizes, NULL);
    create_error = EAGAIN; /* the first reason stays */
    run_start_thread(&run, &thread, look_at_own_sizes, NULL);
    create_error = 0;
    plain_run_end(&run);
    assert_int_equal(told, error);
    assert_int_equal(run.create_error, error);
    assert_non_null(strstr(run.limit, words));
    assert_int_equal(strstr(run.limit, " in use") != NULL, by_a_limit);
    assert_int_equal(run.tally.created_threads, 0);
    run_destroy(&run);
}

/* What is no limit must not be blamed on the fullest one. */
static void each_reason_why_no_thread_is_created_is_told_as_what_it_is(void) {
    assert_explained(EAGAIN, "", true);
    assert_explained(ENOMEM, "", true);
    assert_explained(EPERM, "Operation not permitted; a seccomp filter", false);
    assert_explained(EINVAL, "Invalid argument; is the stack too small", false);
    assert_explained(ENOSYS, "pthread_create: Function not implemented", false);
}

static int slack_error; /* of prctl(); 0: none */

int __real_prctl(int option, unsigned long a, unsigned long b, unsigned long c,
                 unsigned long d);
int __wrap_prctl(int option, unsigned long a, unsigned long b, unsigned long c,
                 unsigned long d);

int __wrap_prctl(int option, unsigned long a, unsigned long b, unsigned long c,
                 unsigned long d) {
    errno = slack_error;
    return slack_error != 0 ? -1 : __real_prctl(option, a, b, c, d);
}

static void a_timer_slack_that_is_refused_is_not_told_as_if_it_were_there(void) {
    struct run_config config = plain_config(0);
    config.timer_slack_ns = 12345;
    plain_run_start(&run, &config);
    assert_int_equal(config.timer_slack_ns, 12345);
    plain_run_end(&run);
    run_destroy(&run);
    slack_error = EINVAL;
    plain_run_start(&run, &config);
    slack_error = 0;
    assert_int_equal(config.timer_slack_ns, -1);
    plain_run_end(&run);
    run_destroy(&run);
}

static const struct claim claims[] = {
    CLAIM(a_thread_has_the_stack_and_the_guard_asked_for),
    CLAIM(a_thread_that_is_joined_is_gone),
    CLAIM(each_reason_why_no_thread_is_created_is_told_as_what_it_is),
    CLAIM(a_timer_slack_that_is_refused_is_not_told_as_if_it_were_there),
};

int main(int argc, char **argv) {
    return SUITE_RUN(argc, argv, claims);
}
