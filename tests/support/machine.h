/*
 * A machine made of files: a folder of what /proc and /sys say, for those who look for
 * them below another root. No limit of it is near, but for what the files of a test
 * say.
 */
#ifndef FIVE_COOKS_MACHINE_H
#define FIVE_COOKS_MACHINE_H

#include <stdint.h>

struct machine_file {
    const char *path, *text;
};

/* Makes the folder, of which `root` is the pattern for mkdtemp(). A path of NULL ends
 * the files. */
void machine_make(char *root, const struct machine_file *files);
void machine_remove(const char *root);

/* What limits_explain() says there; `then` threads were there at the failure. */
const char *machine_limit(const struct machine_file *files, int64_t then,
                          int64_t thread_bytes);
void machine_assert_limit(const struct machine_file *files, int64_t then,
                          int64_t thread_bytes, const char *words);

#define ASSERT_LIMIT(then, thread_bytes, words, ...)                                   \
    machine_assert_limit((const struct machine_file[]){__VA_ARGS__, {NULL, NULL}},     \
                         then, thread_bytes, words)

/* Of a control group. */
#define IN "/sys/fs/cgroup"
#define BELOW(path, text)                                                              \
    { IN path, text }
#define PIDS(in, most, used)                                                           \
    BELOW(in "/pids.max", most), BELOW(in "/pids.current", used)

#endif
