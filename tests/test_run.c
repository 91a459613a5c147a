/* A run and what the machine may refuse it: told as what it is. */
#include <sys/prctl.h>

#include "support/plain_run.h"
#include "support/suite.h"

static struct run run; /* 90 KB */

static int create_error; /* what thread_start() shall answer */

int __wrap_thread_start(struct thread *thread,
                        const struct thread_attributes *attributes);

int __wrap_thread_start(struct thread *thread,
                        const struct thread_attributes *attributes) {
    (void)thread, (void)attributes;
    for (int64_t began_ns = now_ns(); now_ns() == began_ns;) {
    }
    return create_error;
}

static void assert_explained(int error, const char *words, bool by_a_limit) {
    struct run_config config = plain_config(0);
    struct thread thread = {0};
    plain_run_start(&run, &config);
    create_error = error;
    assert_int_equal(run_start_thread(&run, &thread, false), error);
    create_error = error == EAGAIN ? EPERM : EAGAIN; /* the first reason stays */
    assert_int_equal(run_start_thread(&run, &thread, true), create_error);
    plain_run_end(&run);
    assert_int_equal(run.create_error, error);
    assert_non_null(strstr(run.limit, words));
    assert_int_equal(strstr(run.limit, " in use") != NULL, by_a_limit);
    assert_int_equal(run.tally.created_threads, 0);
    assert_true(run.tally.create_ns >= 2); /* it was tried */
    assert_int_equal(run.tally.threads.now, 0);
    assert_int_equal(gauge_peak(&run.tally.threads), 0);
    run_destroy(&run);
}

/* What is no limit must not be blamed on the fullest one. */
CLAIM(each_reason_why_no_thread_is_created_is_told_as_what_it_is) {
    assert_explained(EAGAIN, "", true);
    assert_explained(ENOMEM, "", true);
    assert_explained(EPERM, "Operation not permitted; a seccomp filter", false);
    assert_explained(EINVAL, "Invalid argument; is the stack too small", false);
    assert_explained(ENOSYS, "cannot create a thread: Function not implemented", false);
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

CLAIM(a_timer_slack_that_is_refused_is_not_told_as_if_it_were_there) {
    if (sizeof(time_t) > sizeof(long)) {
        skip(); /* then prctl() has another name there */
    }
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

/* Page tables shrink when threads end, so the most that was seen counts. */
CLAIM(what_is_read_later_lowers_no_peak) {
    const int64_t most = INT64_C(1) << 50;
    struct process_figures process = {
        .rss_peak_bytes = most, .virtual_peak_bytes = 1, .page_table_bytes = most};
    process_sample_memory(&process);
    assert_int_equal(process.rss_peak_bytes, most);
    assert_true(process.virtual_peak_bytes > 1);
    process_read(&process);
    assert_int_equal(process.page_table_bytes, most);
}
