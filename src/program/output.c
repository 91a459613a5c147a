#include "program/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync/must.h"

static bool stdout_was_closed; /* set once, by output_guard_standard_files() */

static bool is_closed(int fd) {
    return fcntl(fd, F_GETFD) == -1 && errno == EBADF; /* a sandbox says EPERM */
}

void output_guard_standard_files(void) {
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow (ulimit -f) is an error */
    stdout_was_closed = is_closed(STDOUT_FILENO);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (is_closed(fd)) {
            int opened = open("/dev/null", O_RDWR); /* the lowest free number: fd */
            invariant(opened == fd);
        }
    }
}

void output_complain(const char *before, const char *path, const char *after) {
    fprintf(stderr, "%s: %s ", program_invocation_short_name, before);
    for (const char *c = strcmp(path, "-") == 0 ? "standard output" : path; *c; c++) {
        fputc((unsigned char)*c < ' ' ? '?' : *c, stderr);
    }
    fprintf(stderr, "%s\n", after);
}

static bool complain(const char *path, int error) {
    char after[128];
    snprintf(after, sizeof after, ": %s", strerror(error));
    output_complain("cannot write", path, after);
    return false;
}

/* stdio calls this when its buffer is full. It wants 0, not -1, for an error, and takes
 * less than all for one, too; but a write may be interrupted half way (Ctrl-Z, fg). */
static ssize_t write_and_note(void *cookie, const char *bytes, size_t count) {
    struct output *output = cookie;
    for (size_t done = 0; done < count;) {
        ssize_t written = write(output->fd, bytes + done, count - done);
        if (written < 0 && errno == EAGAIN) { /* we were given one that does not wait */
            ppoll(&(struct pollfd){.fd = output->fd, .events = POLLOUT}, 1, NULL, NULL);
        } else if (written < 0 && errno != EINTR) {
            output->error = output->error != 0 ? output->error : errno;
            return 0;
        }
        done += written < 0 ? 0 : (size_t)written;
    }
    return (ssize_t)count;
}

bool output_open(struct output *output, const char *path) {
    bool to_stdout = strcmp(path, "-") == 0;
    *output = (struct output){.path = path, .fd = STDOUT_FILENO};
    if (to_stdout && stdout_was_closed) {
        return complain(path, EBADF);
    }
    if (!to_stdout) {
        signal(SIGPIPE, SIG_IGN); /* one reader that goes must not cost the others */
        output->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    }
    if (output->fd >= 0) {
        output->file =
            fopencookie(output, "w", (cookie_io_functions_t){.write = write_and_note});
    }
    return output->file != NULL || complain(path, errno);
}

bool output_close(struct output *output) {
    if (output->file == NULL) {
        return true;
    }
    if (fclose(output->file) != 0 && output->error == 0) {
        output->error = errno;
    }
    if (output->fd != STDOUT_FILENO && close(output->fd) != 0 && output->error == 0) {
        output->error = errno;
    }
    output->file = NULL;
    return output->error == 0 || complain(output->path, output->error);
}

static bool find_place(const char *path, struct stat *place) {
    return (strcmp(path, "-") == 0 ? fstat(STDOUT_FILENO, place) : stat(path, place)) ==
           0;
}

bool output_is_one_place(const char *path, const char *other) {
    struct stat one;
    struct stat two;
    return strcmp(path, other) == 0 ||
           (find_place(path, &one) && find_place(other, &two) &&
            one.st_dev == two.st_dev && one.st_ino == two.st_ino);
}

bool output_is_behind_stdout(const char *path) {
    struct stat place;
    return strcmp(path, "-") != 0 && find_place("-", &place) &&
           S_ISREG(place.st_mode) && output_is_one_place("-", path);
}
