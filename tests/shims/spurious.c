/*
 * Spurious wake-ups: waits that end for no reason, as POSIX and the kernel allow.
 *
 *   LD_PRELOAD=libspurious.so [SHIM_SEED=1] [SPURIOUS_PERCENT=50] program ...
 *
 * In SPURIOUS_PERCENT of the calls a wait on a condition variable returns at once, with
 * the lock let go of and taken again; a wait on a futex returns as if woken, as if
 * interrupted, or as if the value had changed. Who looks again each time does not mind.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shims/shim.h"
#include "sync/futex.h"

static bool strikes(void) {
    static _Atomic long percent = -1;
    if (atomic_load(&percent) < 0) {
        atomic_store(&percent, shim_setting("SPURIOUS_PERCENT", 50));
    }
    return random_below(shim_random(), 100) < (uint32_t)atomic_load(&percent);
}

static int wake_at_once(pthread_mutex_t *lock) {
    pthread_mutex_unlock(lock);
    sched_yield();
    return pthread_mutex_lock(lock);
}

int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock) {
    return strikes() ? wake_at_once(lock) : SHIM_REAL(pthread_cond_wait, cond, lock);
}

int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *lock,
                           const struct timespec *until) {
    return strikes() ? wake_at_once(lock)
                     : SHIM_REAL(pthread_cond_timedwait, cond, lock, until);
}

static long wait_ends_for_no_reason(void) {
    const int reasons[] = {0, EINTR, EAGAIN};
    errno = reasons[random_below(shim_random(), 3)];
    return errno == 0 ? 0 : -1;
}

long syscall(long number, ...) {
    SHIM_SYSCALL_ARGUMENTS(a, number);
    if (number == FUTEX_CALL && a[1] == FUTEX_WAIT_UNTIL && strikes()) {
        return wait_ends_for_no_reason();
    }
    return SHIM_REAL(syscall, number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
