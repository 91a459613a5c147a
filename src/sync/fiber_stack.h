/*
 * Stacks for fibers, for fiber.c only: cut from slabs, each with a guard below it that
 * catches an overflow.
 *
 *   struct slab slab = {.stacks = stacks, ...};
 *   slab_map(&slab)   false: no memory
 *   slab_stack(&slab, i), slab_stack_end(&slab, i)
 *
 * A stack takes memory only where it was touched: one page, for a fiber that sleeps in
 * a call of the API. Nobody frees a slab: fibers come again.
 */
#ifndef FIVE_COOKS_FIBER_STACK_H
#define FIVE_COOKS_FIBER_STACK_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102 /* Linux 6.13; older headers do not know it */
#endif

enum { SLAB_STACKS_MAX = 1024, CACHE_COLORS = 8, CACHE_COLOR_BYTES = 192 };

struct slab {
    char *memory;
    size_t stacks;
    size_t stack_bytes;
    size_t guard_bytes; /* of each stack, below it */
};

static inline size_t slab_bytes(const struct slab *slab) {
    return slab->stacks * (slab->guard_bytes + slab->stack_bytes);
}

static inline char *slab_stack(const struct slab *slab, size_t i) {
    return slab->memory + i * (slab->guard_bytes + slab->stack_bytes) +
           slab->guard_bytes;
}

/* The ends of all stacks lie at the same place of a page, and a cache has few lines for
 * each such place: so some begin a little further down. */
static inline char *slab_stack_end(const struct slab *slab, size_t i) {
    return slab_stack(slab, i) + slab->stack_bytes -
           i % CACHE_COLORS * CACHE_COLOR_BYTES;
}

static inline char *slab_guard(const struct slab *slab, size_t i) {
    return slab_stack(slab, i) - slab->guard_bytes;
}

/* All guards in one system call, where the kernel can do that (Linux 6.13): they need
 * no mappings of their own, and take half as long as one call for each. */
static inline bool guard_at_once(const struct slab *slab) {
    static struct iovec guards[SLAB_STACKS_MAX]; /* too much for a fiber's own stack */
    int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
    for (size_t i = 0; i < slab->stacks; i++) {
        guards[i] = (struct iovec){slab_guard(slab, i), slab->guard_bytes};
    }
    long done =
        syscall(SYS_process_madvise, self, guards, slab->stacks, MADV_GUARD_INSTALL, 0);
    if (self >= 0) {
        close(self);
    }
    return done == (long)(slab->stacks * slab->guard_bytes);
}

/* Each guard takes two of the mappings that vm.max_map_count allows. If not all of them
 * are possible there are none, and no mapping is used up to the last. */
static inline bool guard_one_by_one(const struct slab *slab) {
    for (size_t i = 0; i < slab->stacks; i++) {
        if (mprotect(slab_guard(slab, i), slab->guard_bytes, PROT_NONE) != 0) {
            int error = errno;
            mprotect(slab->memory, slab_bytes(slab), PROT_READ | PROT_WRITE);
            errno = error;
            return false;
        }
    }
    return true;
}

static inline void guard_all(const struct slab *slab) {
    static bool given_up;
    if (slab->guard_bytes == 0 || given_up) {
        return;
    }
    if (!guard_at_once(slab) && !guard_one_by_one(slab)) {
        fprintf(stderr, "%s: the stacks of further fibers have no guard: %s%s\n",
                program_invocation_short_name, strerror(errno),
                errno == ENOMEM ? " (vm.max_map_count)" : "");
        given_up = true;
    }
}

static inline bool slab_map(struct slab *slab) {
    size_t bytes;
    if (__builtin_add_overflow(slab->stack_bytes, slab->guard_bytes, &bytes) ||
        __builtin_mul_overflow(slab->stacks, bytes, &bytes)) {
        return false;
    }
    slab->memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (slab->memory == MAP_FAILED) {
        return false;
    }
    madvise(slab->memory, bytes, MADV_NOHUGEPAGE); /* a touch is one page */
    guard_all(slab);
    return true;
}

#endif
