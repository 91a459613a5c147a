/*
 * Which limit was it? Limits are set on a child process, just above what it uses, and
 * it is asked what one more thread would have run into; or a machine is made of files.
 */
#include <sys/resource.h>
#include <unistd.h>

#include "measure/limits.h"
#include "support/machine.h"
#include "support/suite.h"

enum { THREAD_BYTES = 8 << 20, ROOM_BYTES = 4 << 20 }; /* not enough for one more */

static void explain(void) {
    char text[320];
    limits_explain(text, sizeof text, limits_count_threads(), THREAD_BYTES);
    puts(text);
}

static const char NO_LIMIT[] = "limits are not kept here";

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
    invariant(getrlimit(resource, &limit) == 0);
    if (limit.rlim_cur != value) { /* qemu's user mode knows no limit of memory */
        puts(NO_LIMIT);
    }
}

static void run_out_of_address_space(void) {
    set_limit(RLIMIT_AS, status_bytes("VmSize: %llu kB") + ROOM_BYTES);
    explain();
}

static void run_out_of_data(void) {
    set_limit(RLIMIT_DATA, status_bytes("VmData: %llu kB") + ROOM_BYTES);
    explain();
}

static void may_have_no_process(void) {
    set_limit(RLIMIT_NPROC, 0);
    explain();
}

static void may_have_no_process_as_nobody(void) {
    invariant(getuid() != 0 || (setgid(65534) == 0 && setuid(65534) == 0));
    may_have_no_process();
}

static void assert_explained(void (*body)(void), const char *words) {
    struct child_end end = child_run(body);
    assert_ended(&end, 0);
    if (strstr(end.told, NO_LIMIT) != NULL) {
        skip();
    }
    if (strstr(end.told, words) == NULL) {
        fail_msg("'%s' is not in '%s'", words, end.told);
    }
}

CLAIM(the_limit_that_is_full_is_named) {
    assert_explained(run_out_of_address_space, "most likely RLIMIT_AS");
    assert_explained(run_out_of_data, "most likely RLIMIT_DATA");
    assert_explained(may_have_no_process_as_nobody, "most likely RLIMIT_NPROC");
}

CLAIM(a_limit_that_does_not_bind_root_is_not_named_to_root) {
    if (getuid() != 0) {
        skip();
    }
    struct child_end end = child_run(may_have_no_process);
    assert_ended(&end, 0);
    assert_null(strstr(end.told, "RLIMIT_NPROC"));
}

CLAIM(a_thread_is_one_of_all_and_takes_two_mappings) {
    ASSERT_LIMIT(3, 0, "threads-max): 100 of 101 in use",
                 {"/proc/sys/kernel/threads-max", "101\n"});
    ASSERT_LIMIT(3, 0, "map_count): 2 of 4 in use, and one more takes 2",
                 {"/proc/sys/vm/max_map_count", "4\n"});
}

CLAIM(a_limit_is_near_from_nine_tenths_on) {
    const struct machine_file group = {"/proc/self/cgroup", "0::/a\n"};
    ASSERT_LIMIT(3, 0, "no limit known here is near", group, PIDS("/a", "1000", "898"));
    ASSERT_LIMIT(3, 0, "most likely", group, PIDS("/a", "1000", "899"));
}

/* A limit of this process is needed, so it is set in a child. */
static struct machine_file us[] = {{NULL, NULL}, {NULL, NULL}};

static void be_who_that_file_says(void) {
    set_limit(RLIMIT_NPROC, 1);
    puts(machine_limit(us, 3, 0));
}

static void be_nobody_with_such_capabilities(void) {
    invariant(getuid() != 0 || (setgid(65534) == 0 && setuid(65534) == 0));
    be_who_that_file_says();
}

CLAIM(one_of_two_capabilities_frees_another_user_too) {
    static const int bits[] = {0, 20, 21, 22, 23, 24, 25, 40};
    us->path = "/proc/self/status";
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        char text[64];
        int bit = bits[i];
        bool frees = bit == 21 || bit == 24; /* CAP_SYS_ADMIN, CAP_SYS_RESOURCE */
        snprintf(text, sizeof text, "Threads:\t3\nCapEff:\t%016llx\n", 1ULL << bit);
        us->text = text;
        assert_explained(be_nobody_with_such_capabilities,
                         frees ? "no limit known here is near"
                               : "most likely RLIMIT_NPROC");
    }
}

CLAIM(root_of_a_user_namespace_is_bound_as_others_are) {
    if (getuid() != 0) {
        skip();
    }
    us->path = "/proc/self/uid_map";
    us->text = "         0          0 4294967295\n"; /* the machine */
    assert_explained(be_who_that_file_says, "no limit known here is near");
    us->text = "         0     100000      65536\n"; /* a container */
    assert_explained(be_who_that_file_says, "most likely RLIMIT_NPROC");
    us->text = "         0          0      65536\n"; /* a part */
    assert_explained(be_who_that_file_says, "most likely RLIMIT_NPROC");
}

/* They are gone in microseconds, and looking at all this takes milliseconds. */
CLAIM(threads_that_have_ended_meanwhile_are_counted) {
    const struct machine_file cgroup = {"/proc/self/cgroup", "0::/a\n"};
    ASSERT_LIMIT(3, 0, "no limit known here is near", cgroup, PIDS("/a", "100", "5"));
    ASSERT_LIMIT(98, 0, "/a/pids.max: 100 of 100", cgroup, PIDS("/a", "100", "5"));
    ASSERT_LIMIT(32000, 0, "kernel.pid_max (/proc/sys/kernel/pid_max): 32097 of",
                 {"/proc/self/cgroup", ""});
}

/* Of 1 000 000 kB: sizes are told in the units of the file they were read from. */
CLAIM(memory_is_compared_in_one_unit) {
    const int64_t gb = 1000000000;
    const struct machine_file heuristic = {"/proc/sys/vm/overcommit_memory", "0\n"};
    const struct machine_file strict = {"/proc/sys/vm/overcommit_memory", "2\n"};
    ASSERT_LIMIT(3, 8 << 20, "no limit known here is near", heuristic);
    ASSERT_LIMIT(3, 2 * gb, "most likely RAM and swap in kB", heuristic);
    ASSERT_LIMIT(3, 2 * gb, "no limit known here is near", heuristic,
                 {"/proc/meminfo", "MemTotal: 1000000 kB\nSwapTotal: 2000000 kB\n"});
    ASSERT_LIMIT(3, 2 * gb, "no limit known here is near", heuristic,
                 {"/proc/meminfo", "MemTotal: 1000000 kB\n"});
    ASSERT_LIMIT(3, 2 * gb, "no limit known here is near", heuristic,
                 {"/proc/meminfo", "SwapTotal: 1000000 kB\n"});
    ASSERT_LIMIT(3, 4096, "no limit known here is near", strict,
                 {"/proc/meminfo", "CommitLimit: 3 kB\n"}); /* used: unknown */
    ASSERT_LIMIT(3, 4096, ": 480000 of 500000 in use, and one more takes 4", strict);
    ASSERT_LIMIT(3, 8 << 20, "no limit known here is near", strict,
                 {"/proc/meminfo", "CommitLimit: 500000 kB\nCommitted_AS: 4 kB\n"});
}

CLAIM(what_cannot_be_read_is_no_limit) {
    char text[320];
    struct rlimit any; /* this user's own would be one */
    if (getrlimit(RLIMIT_NPROC, &any) == 0 && any.rlim_cur != RLIM_INFINITY &&
        geteuid() != 0) {
        skip();
    }
    ASSERT_LIMIT(3, 0, "no limit could be read", {"/proc/sys/kernel/pid_max", ""},
                 {"/proc/sys/kernel/threads-max", ""},
                 {"/proc/sys/vm/max_map_count", "max\n"});
    limits_explain_below("/dev/null", text, sizeof text, 1, 0);
    assert_string_equal(text, "no limit could be read");
}

CLAIM(a_short_text_is_cut_and_not_overrun) {
    char text[16];
    int free_before = dup(STDIN_FILENO);
    close(free_before);
    memset(text, 'x', sizeof text);
    limits_explain(text, 8, 1, THREAD_BYTES);
    assert_between(strlen(text), 1, 7);
    assert_int_equal(text[8], 'x');
    assert_int_equal(dup(STDIN_FILENO), free_before); /* no file is left open */
}
