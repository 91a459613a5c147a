#include "program/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "must.h"

bool output_guard_standard_files(void) {
    bool stdout_open = fcntl(STDOUT_FILENO, F_GETFD) != -1;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) == -1) {
            int opened = open("/dev/null", O_RDWR); /* the lowest free number: fd */
            invariant(opened == fd);
        }
    }
    return stdout_open;
}

static void complain(const char *path) {
    fprintf(stderr, "cannot write %s: %s\n",
            strcmp(path, "-") == 0 ? "standard output" : path, strerror(errno));
}

FILE *output_open(const char *path) {
    FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
    if (file == NULL) {
        complain(path);
    }
    return file;
}

bool output_close(FILE *file, const char *path) {
    if (file == NULL) {
        return true;
    }
    bool failed = ferror(file) != 0;
    if (file == stdout) {
        failed = fflush(file) != 0 || failed;
    } else {
        failed = fclose(file) != 0 || failed;
    }
    if (failed) {
        complain(path);
    }
    return !failed;
}
