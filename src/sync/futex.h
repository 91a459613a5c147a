/*
 * A futex: sleeping in the kernel while a word has a value, and waking whoever does.
 */
#ifndef FIVE_COOKS_FUTEX_H
#define FIVE_COOKS_FUTEX_H

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "must.h"

/* The kernel's numbers. Its header is not where musl's compiler looks. */
enum {
    FUTEX_OF_THIS_PROCESS = 128,
    FUTEX_WAKE_ONE = 1 | FUTEX_OF_THIS_PROCESS,
    FUTEX_WAIT_UNTIL = 9 | FUTEX_OF_THIS_PROCESS /* FUTEX_WAIT_BITSET */
};
#define FUTEX_ANY_BIT UINT32_MAX

/* What the system call reads is not libc's struct timespec, whose time may have 64 bits
 * on a machine of 32. */
#ifdef SYS_futex_time64
#define FUTEX_CALL SYS_futex_time64
struct futex_time {
    int64_t s, ns;
};
#else
#define FUTEX_CALL SYS_futex
struct futex_time {
    long s, ns;
};
#endif

/* Sleeps while *word is `value`. It may also return for no reason at all, so check
 * again. False when the deadline passed. */
static inline bool futex_wait(_Atomic uint32_t *word, uint32_t value,
                              int64_t deadline_ns) {
    struct futex_time deadline;
    deadline.s = deadline_ns / NS_PER_S;
    deadline.ns = deadline_ns % NS_PER_S;
    struct futex_time *until = deadline_ns == DEADLINE_NEVER ? NULL : &deadline;
    /* FUTEX_WAIT_BITSET is the one whose timeout is a moment of CLOCK_MONOTONIC. */
    long error =
        syscall(FUTEX_CALL, word, FUTEX_WAIT_UNTIL, value, until, NULL, FUTEX_ANY_BIT);
    if (error == 0 || errno == EAGAIN || errno == EINTR) {
        return true;
    }
    invariant(errno == ETIMEDOUT);
    return false;
}

/* Wakes one. The kernel only gets an address: the word itself may be gone already. */
static inline void futex_wake(_Atomic uint32_t *word) {
    syscall(FUTEX_CALL, word, FUTEX_WAKE_ONE, 1, NULL, NULL, 0);
}

#endif
