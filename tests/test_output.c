/* Files for output: the first failure counts. All else: tests/programs/test_output.py.
 */
#include <fcntl.h>
#include <unistd.h>

#include "program/output.h"
#include "support/suite.h"

/* A child ends with 0 if all went well and 1 if the module said that it did not. */

/* More than a buffer: the write fails long before the close does. */
static void fill_disk_early(void) {
    struct output output;
    output_open(&output, "/dev/full");
    for (int i = 0; i < 100000; i++) {
        fputs("five cooks\n", output.file);
    }
    errno = EEXIST; /* as something else may have failed since */
    _exit(output_close(&output) ? 0 : 1);
}

/* The disk is full for a moment, and then not any more: the first write was lost. */
static void fill_disk_for_a_moment(void) {
    struct output output;
    output_open(&output, "/dev/null");
    int null = output.fd;
    output.fd = open("/dev/full", O_WRONLY);
    fputs("lost\n", output.file);
    fflush(output.file);
    output.fd = null;
    fputs("five cooks\n", output.file);
    _exit(output_close(&output) ? 0 : 1);
}

/* Some file systems say only then that they could not keep what was written. */
static void fail_to_close(void) {
    struct output output;
    output_open(&output, "/dev/null");
    close(output.fd);
    _exit(output_close(&output) ? 0 : 1);
}

static void assert_complains(void (*body)(void), const char *named) {
    struct child_end end = child_run(body);
    assert_ended(&end, 1);
    char *line_end = strchr(end.said, '\n');
    assert_non_null(line_end);
    assert_int_equal(line_end[1], '\0'); /* one line */
    assert_non_null(strstr(end.said, named));
}

CLAIM(the_first_failure_is_said_in_one_line) {
    assert_complains(fill_disk_early, "/dev/full: No space left");
    assert_complains(fill_disk_for_a_moment, "/dev/null: No space left");
    assert_complains(fail_to_close, "/dev/null: Bad file descriptor");
}

CLAIM(no_file_closes_well) {
    struct output none = {0};
    assert_true(output_close(&none));
}
