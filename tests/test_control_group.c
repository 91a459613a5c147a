/*
 * What control groups allow: of either version and at any depth, on machines that are
 * made of files. What is said of it is limits.c's.
 */
#include "measure/limits.h"
#include "support/machine.h"
#include "support/suite.h"

CLAIM(every_control_group_above_counts_too) {
    ASSERT_LIMIT(3, 0, "most likely /sys/fs/cgroup/pids/a/pids.max: 30 of 31 in use",
                 {"/proc/self/cgroup", "5:cpu:/x\n4:pids:/a/b/c\n"},
                 PIDS("/pids/a/b/c", "max", "3"), PIDS("/pids/a", "31", "30"));
    ASSERT_LIMIT(3, 0, "most likely /sys/fs/cgroup/a:b/pids.max: 9 of 9 in use",
                 {"/proc/self/cgroup", "0::/a:b/c\n"}, PIDS("/a:b", "9", "9"));
    ASSERT_LIMIT(3, 0, "most likely /sys/fs/cgroup/a/pids.max: 1 of 0 in use",
                 {"/proc/self/cgroup", "0::/a\n"}, PIDS("/a", "0", "1"));
}

CLAIM(control_groups_of_either_version_are_found) {
    ASSERT_LIMIT(3, 0, "most likely /sys/fs/cgroup/cpu,pids/a/pids.max: 9 of 9",
                 {"/proc/self/cgroup", "7:cpu,pids:/a\n"},
                 PIDS("/cpu,pids/a", "9", "9"));
    ASSERT_LIMIT(3, 0, "no limit known here is near",
                 {"/proc/self/cgroup", "7:rapids,pidsx:/a\n"},
                 PIDS("/rapids,pidsx/a", "9", "9"));
    ASSERT_LIMIT(3, 0, "most likely /sys/fs/cgroup/pids.max: 7 of 7",
                 {"/proc/self/cgroup", "0::/../../other\n"},
                 {"/sys/fs/pids.max", "1\n"}, {"/sys/fs/pids.current", "1\n"},
                 PIDS("", "7", "7"));
    ASSERT_LIMIT(3, 0, "no limit known here is near",
                 {"/proc/self/cgroup", "rubbish\n\n0::/a\n"}, PIDS("/a", "many", "9"));
}

/* As of a pod in a container in a virtual machine. */
#define FIVE "/slice-of-slice/slice-of-slice/slice-of-slice/slice-of-slice/slice"

CLAIM(a_control_group_may_have_a_long_path) {
    ASSERT_LIMIT(3, 0, ": 31 of 31 in use",
                 {"/proc/self/cgroup", "0::" FIVE FIVE FIVE FIVE FIVE "\n"},
                 PIDS(FIVE FIVE FIVE FIVE FIVE, "31", "31"));
}

/* Of either version; a cache of files is given back before it is full. */
CLAIM(the_memory_of_a_control_group_is_a_limit_too) {
    const struct machine_file group = {"/proc/self/cgroup", "4:memory:/b\n0::/a/c\n"};
    const struct machine_file most = {IN "/a/memory.max", "67000000\n"};
    const struct machine_file used = {IN "/a/memory.current", "66000000\n"};
    const struct machine_file idle = {IN "/a/memory.stat", "inactive_file 33000000\n"};
    ASSERT_LIMIT(3, 0, "/a/memory.max: 66000000 of", group, most, used);
    ASSERT_LIMIT(3, 0, "no limit known here is near", group, most, used, idle);
    ASSERT_LIMIT(903, 0, "/a/memory.max: 65400000 of", group, most, used, idle);
    ASSERT_LIMIT(3, 0, "/memory/b/memory.limit_in_bytes", group,
                 {IN "/memory/b/memory.limit_in_bytes", "9000000\n"},
                 {IN "/memory/b/memory.usage_in_bytes", "8500000\n"});
}

/* So many bytes more fit, and not one above that; -1: any number does. */
static void assert_holds(const struct machine_file *files, int64_t bytes,
                         const char *words) {
    char text[512] = "";
    char root[] = "/tmp/five-cooks-XXXXXX";
    machine_make(root, files);
    assert_true(
        limits_hold_below(root, text, sizeof text, bytes < 0 ? INT64_MAX : bytes));
    assert_string_equal(text, "");
    if (bytes >= 0) {
        assert_false(limits_hold_below(root, text, sizeof text, bytes + 1));
        if (strstr(text, words) == NULL) {
            fail_msg("'%s' is not in '%s'", words, text);
        }
    }
    machine_remove(root);
}

#define ASSERT_HOLDS(bytes, words, ...)                                                \
    assert_holds((const struct machine_file[]){__VA_ARGS__, {NULL, NULL}}, bytes, words)

CLAIM(the_tightest_control_group_holds_what_it_has_left_and_swap) {
    const struct machine_file group = {"/proc/self/cgroup", "4:memory:/b\n0::/a/c\n"};
    const struct machine_file most = {IN "/a/memory.max", "64000\n"};
    const struct machine_file used = {IN "/a/memory.current", "50000\n"};
    const struct machine_file files = {IN "/a/memory.stat",
                                       "inactive_file 9000\nactive_file 1000\n"};
    const struct machine_file swap = {"/proc/meminfo", "SwapFree: 10 kB\n"};
    ASSERT_HOLDS(-1, "", group);
    ASSERT_HOLDS(-1, "", group, most);
    ASSERT_HOLDS(14000, "/a/memory.max leaves 14000 of 64000", group, most, used);
    ASSERT_HOLDS(24000, "/a/memory.max", group, most, used, files);
    ASSERT_HOLDS(55000, "", group, most, files, {IN "/a/memory.current", "9000\n"});
    ASSERT_HOLDS(14000 + 10240, "", group, most, used, swap);
    ASSERT_HOLDS(14100, "", group, most, used, swap,
                 {IN "/a/memory.swap.max", "100\n"});
    ASSERT_HOLDS(14000, "", group, most, used, swap, {IN "/a/memory.swap.max", "0\n"});
    ASSERT_HOLDS(14000 + 10240, "", group, most, used, swap,
                 {IN "/a/memory.swap.max", "10241\n"});
    ASSERT_HOLDS(14000 + 10240, "", group, most, used, swap,
                 {IN "/a/memory.swap.max", "max\n"});
    ASSERT_HOLDS(14030, "", group, most, used, swap, {IN "/a/memory.swap.max", "99\n"},
                 {IN "/a/memory.swap.current", "69\n"});
    ASSERT_HOLDS(14000, "", group, most, used, swap, {IN "/a/memory.swap.max", "9\n"},
                 {IN "/a/memory.swap.current", "69\n"});
    ASSERT_HOLDS(0, "/a/memory.max leaves 0 of 40000", group, used,
                 {IN "/a/memory.max", "40000\n"});
    ASSERT_HOLDS(300, "/a/c/memory.max leaves 300 of 400", group, most, used,
                 {IN "/a/c/memory.max", "400\n"}, {IN "/a/c/memory.current", "100\n"});
    ASSERT_HOLDS(500, "/memory/b/memory.limit_in_bytes", group,
                 {IN "/memory/b/memory.limit_in_bytes", "900\n"},
                 {IN "/memory/b/memory.usage_in_bytes", "400\n"});
    ASSERT_HOLDS(-1, "", group, swap,
                 {IN "/memory/b/memory.limit_in_bytes", "9223372036854771712\n"},
                 {IN "/memory/b/memory.usage_in_bytes", "1\n"});
}
