/*
 * What helgrind is told of a park, for kernel_thread.c only. It knows the order that
 * locks make, but not the one that C11 atomics make, so without this it would take all
 * that a waker hands over for a race. Nothing in other builds: tests/helgrind makes one
 * of its own, with -DFOR_HELGRIND.
 *
 *   helgrind_ignore(park)   its word is an atomic one
 *   helgrind_wake(park)     what was done until here ...
 *   helgrind_woken(park)    ... is seen from here on
 */
#ifndef FIVE_COOKS_HELGRIND_H
#define FIVE_COOKS_HELGRIND_H

#include "park.h"

#ifdef FOR_HELGRIND
#include <valgrind/helgrind.h>

static inline void helgrind_ignore(struct park *park) {
    VALGRIND_HG_DISABLE_CHECKING(park, sizeof *park);
}

static inline void helgrind_wake(struct park *park) {
    ANNOTATE_HAPPENS_BEFORE(park);
}

static inline void helgrind_woken(struct park *park) {
    ANNOTATE_HAPPENS_AFTER(park);
}

#else

static inline void helgrind_ignore(struct park *park) {
    (void)park;
}

static inline void helgrind_wake(struct park *park) {
    (void)park;
}

static inline void helgrind_woken(struct park *park) {
    (void)park;
}

#endif
#endif
