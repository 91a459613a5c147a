/*
 * A wake that reads nothing, for helgrind: whoever sleeps on a futex looks for itself
 * every millisecond instead.
 *
 * A waker ends its use of a park with a system call that names the park's address, and
 * by then the sleeper may be gone and its stack in use for something else (see
 * park_wake). To the kernel this is a number. Valgrind takes it for a read of what is
 * there, and so helgrind would report a race with anything that is written there next.
 */
#include <errno.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <time.h>
#include <unistd.h>

#include "shims/shim.h"
#include "sync/futex.h"

static int64_t clock_ns(void) { /* now_ns() is the program's, and not to be had here */
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static long sleep_a_moment(const struct futex_time *until) {
    const struct timespec moment = {0, NS_PER_MS};
    if (until != NULL && clock_ns() >= until->s * NS_PER_S + until->ns) {
        errno = ETIMEDOUT;
        return -1;
    }
    nanosleep(&moment, NULL);
    return 0; /* as if for no reason: futex_wait() says that this may happen */
}

long syscall(long number, ...) {
    long given[6];
    va_list arguments;
    va_start(arguments, number);
    for (int i = 0; i < 6; i++) {
        given[i] = va_arg(arguments, long);
    }
    va_end(arguments);
    if (number != FUTEX_CALL) {
        return SHIM_REAL(syscall, number, given[0], given[1], given[2], given[3],
                         given[4], given[5]);
    }
    int operation = (int)given[1] & FUTEX_CMD_MASK;
    return operation == FUTEX_WAKE ? 0
                                   : sleep_a_moment((const struct futex_time *)given[3]);
}
