/* Files for output: what cannot be written is found, and said, before it matters. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "must.h"
#include "program/output.h"
#include "support/child.h"
#include "support/suite.h"

/* Children end with 0 if all went well and 1 if the module said that it did not. */

static void write_to(const char *path) {
    struct output output;
    output_guard_standard_files();
    if (!output_open(&output, path)) {
        _exit(1);
    }
    fputs("five cooks\n", output.file);
    _exit(output_close(&output) ? 0 : 1);
}

static void write_to_stdout(void) {
    write_to("-");
}

static void write_to_full_disk(void) {
    write_to("/dev/full");
}

static void write_to_no_folder(void) {
    write_to("/nonexistent/record.json");
}

static void write_to_folder(void) {
    write_to("/");
}

static void write_to_closed_stdout(void) {
    close(STDOUT_FILENO);
    write_to("-");
}

static void write_to_full_stdout(void) {
    int full = open("/dev/full", O_WRONLY);
    dup2(full, STDOUT_FILENO);
    write_to("-");
}

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

static void what_is_written_arrives(void) {
    struct child_end end = child_run(write_to_stdout);
    assert_ended(&end, 0);
    assert_string_equal(end.told, "five cooks\n");
}

static void assert_complains(void (*body)(void), const char *named) {
    struct child_end end = child_run(body);
    assert_ended(&end, 1);
    char *line_end = strchr(end.said, '\n');
    assert_non_null(line_end);
    assert_int_equal(line_end[1], '\0'); /* one line */
    assert_non_null(strstr(end.said, named));
}

static void what_cannot_be_written_is_said_in_one_line(void) {
    assert_complains(write_to_full_disk, "/dev/full: No space left");
    assert_complains(fill_disk_early, "/dev/full: No space left");
    assert_complains(fill_disk_for_a_moment, "/dev/null: No space left");
    assert_complains(write_to_no_folder, "/nonexistent/record.json");
    assert_complains(write_to_folder, "/");
    assert_complains(write_to_closed_stdout, "standard output");
    assert_complains(write_to_full_stdout, "standard output");
}

static void open_with_all_closed(void) {
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
    output_guard_standard_files();
    struct output output;
    _exit(output_open(&output, "/dev/null") && output.fd > STDERR_FILENO ? 0 : 1);
}

/* Or an error message would end up in the middle of the record. */
static void no_file_becomes_a_standard_one(void) {
    assert_child_ends(open_with_all_closed, 0);
}

static void no_file_closes_well(void) {
    struct output none = {0};
    assert_true(output_close(&none));
}

static const struct claim claims[] = {
    CLAIM(what_is_written_arrives),
    CLAIM(what_cannot_be_written_is_said_in_one_line),
    CLAIM(no_file_becomes_a_standard_one),
    CLAIM(no_file_closes_well),
};

int main(int argc, char **argv) {
    return SUITE_RUN(argc, argv, claims);
}
