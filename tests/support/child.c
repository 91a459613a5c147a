#include "support/child.h"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/suite.h"
#include "support/watchdog.h"

_Noreturn static void become(void (*body)(void), int out, int err) {
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    alarm((unsigned)watchdog_limit_s());
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    signal(SIGSEGV, SIG_DFL); /* cmocka catches it: here it shall be seen */
    body();
    fflush(NULL);
    _exit(0);
}

/* What does not fit is read, too, so that the child does not block, and dropped. */
static bool take_some(int from, char *text, size_t size) {
    char some[512];
    ssize_t length = read(from, some, sizeof some);
    size_t have = strlen(text);
    if (length <= 0) {
        return false;
    }
    size_t room = size - 1 - have;
    size_t fits = (size_t)length < room ? (size_t)length : room;
    memcpy(text + have, some, fits);
    text[have + fits] = '\0';
    return true;
}

static void listen_to(int out, int err, struct child_end *end) {
    struct pollfd ends[] = {{.fd = out, .events = POLLIN},
                            {.fd = err, .events = POLLIN}};
    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        poll(ends, 2, -1);
        if (ends[0].revents != 0 && !take_some(out, end->told, sizeof end->told)) {
            ends[0].fd = -1;
        }
        if (ends[1].revents != 0 && !take_some(err, end->said, sizeof end->said)) {
            ends[1].fd = -1;
        }
    }
}

struct child_end child_run(void (*body)(void)) {
    struct child_end end = {.status = -1};
    int out[2];
    int err[2];
    invariant(pipe(out) == 0 && pipe(err) == 0);
    fflush(NULL);
    pid_t child = fork();
    invariant(child >= 0);
    if (child == 0) {
        close(out[0]);
        close(err[0]);
        become(body, out[1], err[1]);
    }
    close(out[1]);
    close(err[1]);
    listen_to(out[0], err[0], &end);
    close(out[0]);
    close(err[0]);
    int status;
    invariant(waitpid(child, &status, 0) == child);
    end.status = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    return end;
}

void assert_ended(const struct child_end *end, int status) {
    if (end->status != status) {
        fail_msg("status %d instead of %d; it said '%s'", end->status, status,
                 end->said);
    }
}

void assert_child_ends(void (*body)(void), int status) {
    struct child_end end = child_run(body);
    assert_ended(&end, status);
}

void assert_ends_program(void (*misuse)(void)) {
    struct child_end end = child_run(misuse);
    if (end.status != -SIGABRT || end.said[0] == '\0') {
        fail_msg("status %d, it said '%s'", end.status, end.said);
    }
}
