/*
 * Noise: random delays where threads meet, so that rare interleavings become common.
 *
 *   LD_PRELOAD=libnoise.so [SHIM_SEED=1] [NOISE_PERCENT=10] [NOISE_US=100] program ...
 *
 * Before and after taking or letting go of a lock, waiting, waking and starting a
 * thread, in NOISE_PERCENT of the calls, the thread yields or sleeps for at most
 * NOISE_US. It finds within a few runs what plain repetition finds in thousands.
 */
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "shims/shim.h"

static uint32_t noise_percent = 10;
static uint32_t longest_us = 100;

__attribute__((constructor)) static void read_settings(void) {
    noise_percent = (uint32_t)shim_setting("NOISE_PERCENT", noise_percent);
    longest_us = (uint32_t)shim_setting("NOISE_US", longest_us);
}

static void make_noise(void) {
    struct random *random = shim_random();
    if (random_below(random, 100) >= noise_percent) {
        return;
    }
    if (random_below(random, 2) == 0) {
        sched_yield();
        return;
    }
    long duration_ns = (long)random_below(random, longest_us + 1) * 1000;
    nanosleep(&(struct timespec){.tv_nsec = duration_ns}, NULL);
}

#define NOISY(name, parameters, ...)                                                   \
    int name parameters {                                                              \
        make_noise();                                                                  \
        int result = SHIM_REAL(name, __VA_ARGS__);                                     \
        make_noise();                                                                  \
        return result;                                                                 \
    }

NOISY(pthread_mutex_lock, (pthread_mutex_t * lock), lock)
NOISY(pthread_mutex_unlock, (pthread_mutex_t * lock), lock)
NOISY(pthread_cond_wait, (pthread_cond_t * cond, pthread_mutex_t *lock), cond, lock)
NOISY(pthread_cond_timedwait,
      (pthread_cond_t * cond, pthread_mutex_t *lock, const struct timespec *until),
      cond, lock, until)
NOISY(pthread_cond_signal, (pthread_cond_t * cond), cond)
NOISY(pthread_cond_broadcast, (pthread_cond_t * cond), cond)
NOISY(pthread_create,
      (pthread_t * thread, const pthread_attr_t *attributes, void *(*run)(void *),
       void *argument),
      thread, attributes, run, argument)

/* The futex of park.c comes this way. */
long syscall(long number, ...) {
    SHIM_SYSCALL_ARGUMENTS(a, number);
    make_noise();
    long result = SHIM_REAL(syscall, number, a[0], a[1], a[2], a[3], a[4], a[5]);
    if (result >= 0) {
        make_noise(); /* and never touch errno */
    }
    return result;
}
