/*
 * What the preloaded libraries share: the real functions behind theirs, settings from
 * the environment, and random numbers for each thread from one seed.
 */
#ifndef TEST_SHIM_H
#define TEST_SHIM_H

#include <dlfcn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "sync/random.h"

/* The function of that name behind this library. The condition variables of glibc have
 * two versions, and a plain dlsym() may find the old one, whose layout differs. */
static inline void *shim_next(const char *name) {
#ifdef __GLIBC__
    void *found = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
    if (found != NULL) {
        return found;
    }
#endif
    return dlsym(RTLD_NEXT, name);
}

/* Calls the real function, found once. */
#define SHIM_REAL(name, ...)                                                           \
    __extension__({                                                                    \
        static _Atomic(void *) found;                                                  \
        if (atomic_load(&found) == NULL) {                                             \
            atomic_store(&found, shim_next(#name));                                    \
        }                                                                              \
        ((__typeof__(&name))atomic_load(&found))(__VA_ARGS__);                         \
    })

/* What syscall() was given after the number, as a[0] to a[5]. */
#define SHIM_SYSCALL_ARGUMENTS(a, number)                                              \
    long a[6];                                                                         \
    va_list list;                                                                      \
    va_start(list, number);                                                            \
    for (int i = 0; i < 6; i++) {                                                      \
        a[i] = va_arg(list, long);                                                     \
    }                                                                                  \
    va_end(list)

static inline long shim_setting(const char *name, long otherwise) {
    const char *text = getenv(name);
    return text == NULL ? otherwise : atol(text);
}

/* This thread's own. */
static inline struct random *shim_random(void) {
    static _Thread_local struct random random;
    static _Atomic uint64_t threads;
    if (random.state == 0) {
        random = random_at((uint64_t)shim_setting("SHIM_SEED", 1),
                           atomic_fetch_add(&threads, 1));
    }
    return &random;
}

#endif
