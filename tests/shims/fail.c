/*
 * Failures on demand: the k-th call of one function fails, as it might on a bad day.
 *
 *   LD_PRELOAD=libfail.so FAIL=pthread_create|malloc|write FAIL_AT=k program ...
 *
 * FAIL_EVERY=n fails each n-th call as well. "malloc" counts calloc, realloc and
 * posix_memalign, too; "write" counts fflush and fclose, through which stdio's writes
 * come. What is reported is what Linux reports: EAGAIN, ENOMEM, ENOSPC.
 *
 * A sweep over k = 1, 2, 3 ... ends when the program no longer makes so many calls: the
 * first that fails makes the file FAIL_MARK, if there is to be one. A test that is run
 * under the shim may choose for itself with fail_arm().
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shims/shim.h"

enum kind { NOTHING, THREAD, MEMORY, OUTPUT };

static enum kind fails;
static _Atomic long fail_at, fail_every;
static _Atomic long calls;
static const char *mark;

long fail_arm(const char *what, long at);

/* From now on the `at`-th call of `what` fails; none if 0. Returns how many calls there
 * were of what failed so far. */
long fail_arm(const char *what, long at) {
    fails = strcmp(what, "pthread_create") == 0 ? THREAD
            : strcmp(what, "malloc") == 0       ? MEMORY
            : strcmp(what, "write") == 0        ? OUTPUT
                                                : NOTHING;
    atomic_store(&fail_at, at);
    return atomic_exchange(&calls, 0);
}

__attribute__((constructor)) static void read_settings(void) {
    const char *what = getenv("FAIL");
    mark = getenv("FAIL_MARK");
    fail_every = shim_setting("FAIL_EVERY", 0);
    fail_arm(what != NULL ? what : "", shim_setting("FAIL_AT", 0));
}

static bool strikes(enum kind kind) {
    if (kind != fails) {
        return false;
    }
    long call = atomic_fetch_add(&calls, 1) + 1;
    long every = atomic_load(&fail_every);
    bool now = call == atomic_load(&fail_at) || (every > 0 && call % every == 0);
    if (now && mark != NULL) {
        close(open(mark, O_CREAT | O_WRONLY, 0600));
    }
    return now;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                   void *(*run)(void *), void *argument) {
    return strikes(THREAD)
               ? EAGAIN
               : SHIM_REAL(pthread_create, thread, attributes, run, argument);
}

/* Looking up a function allocates memory: so these are called by glibc's own names. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

static void *no_memory(void) {
    errno = ENOMEM;
    return NULL;
}

void *malloc(size_t size) {
    return strikes(MEMORY) ? no_memory() : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return strikes(MEMORY) ? no_memory() : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    return strikes(MEMORY) ? no_memory() : __libc_realloc(memory, size);
}

void *__libc_memalign(size_t alignment, size_t size);

int posix_memalign(void **memory, size_t alignment, size_t size) {
    if (strikes(MEMORY)) {
        return ENOMEM; /* it tells its error, and leaves errno alone */
    }
    *memory = __libc_memalign(alignment, size);
    return *memory == NULL ? ENOMEM : 0;
}

static int no_space(void) {
    errno = ENOSPC;
    return -1;
}

ssize_t write(int file, const void *bytes, size_t count) {
    return strikes(OUTPUT) ? no_space() : SHIM_REAL(write, file, bytes, count);
}

int fflush(FILE *file) {
    return strikes(OUTPUT) ? no_space() : SHIM_REAL(fflush, file);
}

int fclose(FILE *file) {
    bool fail = strikes(OUTPUT);
    int result = SHIM_REAL(fclose, file);
    return fail ? no_space() : result;
}
