/*
 * What AddressSanitizer and ThreadSanitizer are told about fibers, for fiber.c only:
 * without it they would take a switch for a stack gone wild. Nothing in other builds.
 *
 *   sanitizer_create(fiber, stack, bytes)   for a fiber about to begin on that stack
 *   sanitizer_leave(from, to, for_good)     just before a switch
 *   sanitizer_arrive(to, main)              just after it, on the other side: the first
 *                                           time it is told there where main's stack is
 */
#ifndef FIVE_COOKS_SANITIZER_H
#define FIVE_COOKS_SANITIZER_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define FIBERS_UNDER_ASAN
#elif defined(__SANITIZE_THREAD__)
#define FIBERS_UNDER_TSAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBERS_UNDER_ASAN
#elif __has_feature(thread_sanitizer)
#define FIBERS_UNDER_TSAN
#endif
#endif

struct sanitizer_fiber {
    void *state; /* ASan: of its fake stack; TSan: all that it knows of the fiber */
    void *stack; /* main's is NULL until somebody leaves it */
    size_t bytes;
};

#ifdef FIBERS_UNDER_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

static const void *left_stack; /* of the fiber that was left last */
static size_t left_bytes;

static inline void sanitizer_create(struct sanitizer_fiber *fiber, void *stack,
                                    size_t bytes) {
    *fiber = (struct sanitizer_fiber){NULL, stack, bytes};
    ASAN_UNPOISON_MEMORY_REGION(stack, bytes); /* from the fiber before us */
}

static inline void sanitizer_leave(struct sanitizer_fiber *from,
                                   struct sanitizer_fiber *to, bool for_good) {
    __sanitizer_start_switch_fiber(for_good ? NULL : &from->state, to->stack,
                                   to->bytes);
}

static inline void sanitizer_arrive(struct sanitizer_fiber *to,
                                    struct sanitizer_fiber *main) {
    __sanitizer_finish_switch_fiber(to->state, &left_stack, &left_bytes);
    if (main->stack == NULL) { /* the first to be left is main */
        main->stack = (void *)(uintptr_t)left_stack;
        main->bytes = left_bytes;
    }
}

#elif defined(FIBERS_UNDER_TSAN)
#include <sanitizer/tsan_interface.h>

static inline void sanitizer_create(struct sanitizer_fiber *fiber, void *stack,
                                    size_t bytes) {
    (void)stack, (void)bytes;
    if (fiber->state == NULL) { /* kept for the fibers that come after this one */
        fiber->state = __tsan_create_fiber(0);
    }
}

static inline void sanitizer_leave(struct sanitizer_fiber *from,
                                   struct sanitizer_fiber *to, bool for_good) {
    (void)for_good;
    if (from->state == NULL) { /* main */
        from->state = __tsan_get_current_fiber();
    }
    __tsan_switch_to_fiber(to->state, 0);
}

static inline void sanitizer_arrive(struct sanitizer_fiber *to,
                                    struct sanitizer_fiber *main) {
    (void)to, (void)main;
}

#else

static inline void sanitizer_create(struct sanitizer_fiber *fiber, void *stack,
                                    size_t bytes) {
    (void)fiber, (void)stack, (void)bytes;
}

static inline void sanitizer_leave(struct sanitizer_fiber *from,
                                   struct sanitizer_fiber *to, bool for_good) {
    (void)from, (void)to, (void)for_good;
}

static inline void sanitizer_arrive(struct sanitizer_fiber *to,
                                    struct sanitizer_fiber *main) {
    (void)to, (void)main;
}

#endif
#endif
