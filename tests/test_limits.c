/*
 * Which limit was it? Limits are set on a child process, just above what it uses, and
 * it is asked what one more thread would have run into.
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "must.h"
#include "program/limits.h"
#include "support/child.h"
#include "support/suite.h"

enum { THREAD_BYTES = 8 << 20, ROOM_BYTES = 4 << 20 }; /* not enough for one more */

static void explain(void) {
    char text[320];
    limits_explain(text, sizeof text, THREAD_BYTES);
    puts(text);
}

/* A line of /proc/self/status, in kB. */
static rlim_t status_bytes(const char *format) {
    char line[256];
    unsigned long long kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "r");
    invariant(status != NULL);
    while (fgets(line, sizeof line, status) != NULL &&
           sscanf(line, format, &kilobytes) != 1) {
    }
    fclose(status);
    invariant(kilobytes > 0);
    return (rlim_t)kilobytes * 1024;
}

static void set_limit(int resource, rlim_t value) {
    struct rlimit limit = {value, value};
    invariant(setrlimit(resource, &limit) == 0);
}

static void run_out_of_address_space(void) {
    set_limit(RLIMIT_AS, status_bytes("VmSize: %llu kB") + ROOM_BYTES);
    explain();
}

static void run_out_of_data(void) {
    set_limit(RLIMIT_DATA, status_bytes("VmData: %llu kB") + ROOM_BYTES);
    explain();
}

static void may_have_one_process(void) {
    set_limit(RLIMIT_NPROC, 1);
    explain();
}

static void may_have_one_process_as_nobody(void) {
    if (getuid() == 0) {
        invariant(setgid(65534) == 0 && setuid(65534) == 0);
    }
    may_have_one_process();
}

static void assert_explained(void (*body)(void), const char *words) {
    struct child_end end = child_run(body);
    assert_ended(&end, 0);
    if (strstr(end.told, words) == NULL) {
        fail_msg("'%s' is not in '%s'", words, end.told);
    }
}

static void the_limit_that_is_full_is_named(void) {
    assert_explained(run_out_of_address_space, "most likely RLIMIT_AS");
    assert_explained(run_out_of_data, "most likely RLIMIT_DATA");
    assert_explained(may_have_one_process_as_nobody, "most likely RLIMIT_NPROC");
}

static void a_limit_that_does_not_bind_root_is_not_named_to_root(void) {
    if (getuid() != 0) {
        skip();
    }
    struct child_end end = child_run(may_have_one_process);
    assert_ended(&end, 0);
    assert_null(strstr(end.told, "RLIMIT_NPROC"));
}

static void a_short_text_is_cut_and_not_overrun(void) {
    char text[16];
    memset(text, 'x', sizeof text);
    limits_explain(text, 8, THREAD_BYTES);
    assert_in_range(strlen(text), 1, 7);
    assert_int_equal(text[8], 'x');
}

static const struct claim claims[] = {
    CLAIM(the_limit_that_is_full_is_named),
    CLAIM(a_limit_that_does_not_bind_root_is_not_named_to_root),
    CLAIM(a_short_text_is_cut_and_not_overrun),
};

int main(int argc, char **argv) {
    return SUITE_RUN(argc, argv, claims);
}
