#include "program/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "must.h"

static bool stdout_was_closed; /* set once, by output_guard_standard_files() */

void output_guard_standard_files(void) {
    stdout_was_closed = fcntl(STDOUT_FILENO, F_GETFD) == -1;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) == -1) {
            int opened = open("/dev/null", O_RDWR); /* the lowest free number: fd */
            invariant(opened == fd);
        }
    }
}

static void complain(const char *path, int error) {
    fprintf(stderr, "%s: cannot write %s: %s\n", program_invocation_short_name,
            strcmp(path, "-") == 0 ? "standard output" : path, strerror(error));
}

FILE *output_open(const char *path) {
    bool to_stdout = strcmp(path, "-") == 0;
    errno = EBADF;
    FILE *file = !to_stdout ? fopen(path, "we") : stdout_was_closed ? NULL : stdout;
    if (file == NULL) {
        complain(path, errno);
    }
    return file;
}

bool output_close(FILE *file, const char *path) {
    if (file == NULL) {
        return true;
    }
    /* A write that failed long ago has left its mark, but not its reason. */
    int error = ferror(file) ? EIO : 0;
    if ((file == stdout ? fflush(file) : fclose(file)) != 0) {
        error = errno;
    }
    if (error != 0) {
        complain(path, error);
    }
    return error == 0;
}
