/*
 * Fibers that nobody uses, for fiber.c only: each with its stack, in piles of one size.
 * The one that was used last is taken first, as it is most likely still in the cache.
 */
#ifndef FIVE_COOKS_FIBER_PILE_H
#define FIVE_COOKS_FIBER_PILE_H

#include <signal.h>
#include <unistd.h>

#include "deadlock.h"
#include "fiber_stack.h"
#include "sanitizer.h"
#include "thread.h"
#include "timer_heap.h"

struct fiber {
    void *context;      /* while it does not run */
    struct fiber *next; /* in the ready queue, or in its pile */
    struct timer timer;
    struct park *park; /* where it sleeps */
    struct thread *thread;
    bool detached;
    struct watched watched;
    struct sanitizer_fiber sanitizer;

    /* set once; main has none of these: */
    struct fiber_pile *pile;
    char *stack;
    char *stack_end;
};

struct fiber_pile {
    size_t stack_bytes;
    size_t guard_bytes;
    struct fiber *top;
    size_t growth; /* by so many stacks next time, if there is memory */
    struct fiber_pile *next;
};

enum { PILE_GROWTH_MIN = 16 };

static struct fiber_pile *fiber_piles;

static inline struct fiber_pile *fiber_pile_of(size_t stack_bytes, size_t guard_bytes) {
    struct fiber_pile *pile = fiber_piles;
    while (pile != NULL &&
           (pile->stack_bytes != stack_bytes || pile->guard_bytes != guard_bytes)) {
        pile = pile->next;
    }
    if (pile == NULL && (pile = malloc(sizeof *pile)) != NULL) {
        *pile = (struct fiber_pile){stack_bytes, guard_bytes, NULL, PILE_GROWTH_MIN,
                                    fiber_piles};
        fiber_piles = pile;
    }
    return pile;
}

static inline bool fiber_pile_add(struct fiber_pile *pile, size_t count) {
    struct fiber *fibers = calloc(count, sizeof fibers[0]);
    struct slab slab = {.stacks = count,
                        .stack_bytes = pile->stack_bytes,
                        .guard_bytes = pile->guard_bytes};
    if (fibers == NULL || !slab_map(&slab)) {
        free(fibers);
        return false;
    }
    for (size_t i = count; i-- > 0;) {
        fibers[i] = (struct fiber){.next = pile->top,
                                   .timer = {NOT_IN_HEAP},
                                   .pile = pile,
                                   .stack = slab_stack(&slab, i),
                                   .stack_end = slab_stack_end(&slab, i)};
        pile->top = &fibers[i];
    }
    return true;
}

/* By fewer where there is no memory for so many: the last of it is for fibers, too. */
static inline bool fiber_pile_grow(struct fiber_pile *pile) {
    size_t count = pile->growth;
    while (!fiber_pile_add(pile, count)) {
        if (count == 1) {
            return false;
        }
        count /= 2;
    }
    bool plenty = count == pile->growth && count < SLAB_STACKS_MAX;
    pile->growth = plenty ? 2 * count : count;
    return true;
}

static inline struct fiber *fiber_take(size_t stack_bytes, size_t guard_bytes) {
    struct fiber_pile *pile = fiber_pile_of(stack_bytes, guard_bytes);
    if (pile == NULL || (pile->top == NULL && !fiber_pile_grow(pile))) {
        return NULL;
    }
    struct fiber *fiber = pile->top;
    pile->top = fiber->next;
    return fiber;
}

static inline void fiber_release(struct fiber *fiber) {
    fiber->next = fiber->pile->top;
    fiber->pile->top = fiber;
}

static inline size_t fiber_whole_pages(int64_t bytes) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return ((size_t)bytes + page - 1) / page * page;
}

/* ---- overflows ---- */

static struct fiber *const *fiber_that_runs;

static inline bool fiber_guards(const struct fiber *fiber, const void *address) {
    uintptr_t place = (uintptr_t)address;
    uintptr_t stack = (uintptr_t)fiber->stack;
    return fiber->pile != NULL && place < stack &&
           place >= stack - fiber->pile->guard_bytes;
}

/* On a stack of its own, as the fiber's is full. What lies outside its own guard may be
 * a stray pointer's, even in the guard of another fiber: nothing is said of that. (Nor
 * of an overflow in the switch itself, some bytes long, as the next one counts as
 * running.) */
static inline void fiber_overflowed(int signal_number, siginfo_t *fault,
                                    void *context) {
    (void)context;
    const struct fiber *fiber = *fiber_that_runs;
    if (fiber_guards(fiber, fault->si_addr)) {
        fprintf(stderr,
                "fatal error: a fiber (%s) has overflowed its stack of %zu bytes; "
                "--stack-size gives it more\n",
                fiber->watched.name, fiber->pile->stack_bytes);
    }
    signal(signal_number, SIG_DFL); /* then it happens again, and ends the program */
}

/* By home, before the first fiber runs. Where it may not be, an overflow ends the
 * program all the same, but without a word. */
static inline void fiber_catch_overflows(struct fiber *const *running) {
    static char stack[64 * 1024]; /* of the handler */
    stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_sigaction = fiber_overflowed,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK};
    if (fiber_that_runs == NULL) {
        fiber_that_runs = running;
        if (sigaltstack(&alternative, NULL) == 0) {
            (void)sigaction(SIGSEGV, &action, NULL);
        }
    }
}

#endif
