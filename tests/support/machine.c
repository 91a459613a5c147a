#include "support/machine.h"

#include <ftw.h>
#include <sys/stat.h>

#include "measure/limits.h"
#include "support/suite.h"

static const struct machine_file usual[] = {
    {"/proc/self/status", "VmSize:\t 1000 kB\nVmData:\t 500 kB\nThreads:\t3\n"},
    {"/proc/loadavg", "0.1 0.1 0.1 1/100 4711\n"},
    {"/proc/self/maps", "one\ntwo\n"},
    {"/proc/sys/kernel/pid_max", "32768\n"},
    {"/proc/sys/kernel/threads-max", "190000\n"},
    {"/proc/sys/vm/max_map_count", "65530\n"},
    {"/proc/sys/vm/overcommit_memory", "1\n"},
    {"/proc/meminfo", "MemTotal: 1000000 kB\nSwapTotal: 0 kB\n"
                      "CommitLimit: 500000 kB\nCommitted_AS: 480000 kB\n"},
};

static void make_file(const char *root, const struct machine_file *file) {
    char path[8192];
    snprintf(path, sizeof path, "%s%s", root, file->path);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(file->text, out);
    fclose(out);
}

static int remove_one(const char *path, const struct stat *what, int flag,
                      struct FTW *where) {
    (void)what, (void)flag, (void)where;
    return remove(path);
}

void machine_make(char *root, const struct machine_file *files) {
    assert_non_null(mkdtemp(root));
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        make_file(root, &usual[i]);
    }
    for (; files->path != NULL; files++) {
        make_file(root, files);
    }
}

void machine_remove(const char *root) {
    nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *machine_limit(const struct machine_file *files, int64_t then,
                          int64_t thread_bytes) {
    static char text[8192];
    char root[] = "/tmp/five-cooks-XXXXXX";
    machine_make(root, files);
    limits_explain_below(root, text, sizeof text, then, thread_bytes);
    machine_remove(root);
    return text;
}

void machine_assert_limit(const struct machine_file *files, int64_t then,
                          int64_t thread_bytes, const char *words) {
    const char *text = machine_limit(files, then, thread_bytes);
    if (strstr(text, words) == NULL) {
        fail_msg("'%s' is not in '%s'", words, text);
    }
}
