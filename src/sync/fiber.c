/*
 * Fibers: threads that we switch between ourselves, all on one thread of the kernel,
 * the one that runs main ("home"). They are cooperative: a fiber runs until it waits,
 * yields or ends.
 *
 * Invariants, true whenever a fiber runs:
 *
 *   - every other fiber is in the ready queue, or sleeps in a park, or is free
 *   - a sleeping fiber is in the heap of timers if and only if it has a deadline
 *   - only home touches the queue, the heap, and the states of parks
 *
 * Who wakes whom: park_wake() puts the sleeper into the ready queue. If the waker is
 * another thread of the kernel (such as the one that waits for Ctrl-C), it leaves the
 * park in a mailbox instead, and home wakes the sleeper when it next switches. When no
 * fiber is ready, home sleeps in the kernel until the earliest deadline, or until there
 * is mail. In virtual time it moves the clock to the earliest deadline instead.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "deadlock.h"
#include "fiber_clock.h"
#include "fiber_mail.h"
#include "fiber_pile.h"
#include "fiber_switch.h"
#include "must.h"
#include "park.h"
#include "thread.h"

enum { STACK_BYTES = 16 * 1024, GUARD_BYTES = 4096 };
enum { SWITCHES_PER_LOOK = 32 };

static struct fiber main_fiber = {.timer = {NOT_IN_HEAP}};
static struct fiber *running = &main_fiber;
static struct fiber *ready, **ready_end = &ready;
static struct timer_heap sleepers;
static size_t fiber_count = 1;

static _Thread_local bool is_home;

/* States of a park. Only home moves them; atomic only because a park is shared with the
 * other implementation, for which they have to be. */
enum { EMPTY, WOKEN, ASLEEP };

static uint32_t state_of(struct park *park) {
    return atomic_load_explicit(&park->state, memory_order_relaxed);
}

static void set_state(struct park *park, uint32_t state) {
    atomic_store_explicit(&park->state, state, memory_order_relaxed);
}

__attribute__((constructor)) static void come_home(void) {
    is_home = true;
    if (!timer_heap_reserve(&sleepers, fiber_count)) {
        fputs("cannot start: no memory for a single fiber\n", stderr);
        _exit(3); /* before main: its exit code for what the machine refuses */
    }
}

bool thread_is_fiber(void) {
    return true;
}

struct watched *deadlock_me(void) {
    return &running->watched; /* other threads of the kernel do not wait here */
}

/* ---- the ready queue, and who sleeps until when ---- */

static void make_ready(struct fiber *fiber) {
    fiber->next = NULL;
    *ready_end = fiber;
    ready_end = &fiber->next;
}

static struct fiber *take_ready(void) {
    struct fiber *fiber = ready;
    ready = fiber->next;
    if (ready == NULL) {
        ready_end = &ready;
    } else {
        context_prefetch(ready->context); /* for the next switch */
    }
    return fiber;
}

static struct fiber *fiber_of(struct timer *timer) {
    return (struct fiber *)((char *)timer - offsetof(struct fiber, timer));
}

static void wake_whose_time_has_come(void) {
    if (sleepers.count == 0) {
        return;
    }
    int64_t now = now_ns();
    while (timer_heap_earliest_ns(&sleepers) <= now) {
        struct timer *timer = sleepers.entries[0].timer;
        struct fiber *fiber = fiber_of(timer);
        timer_heap_remove(&sleepers, timer);
        set_state(fiber->park, EMPTY);
        make_ready(fiber);
    }
}

/* ---- waking ---- */

static void wake_sleeper(struct park *park) {
    uint32_t before = state_of(park);
    invariant(before != WOKEN);
    set_state(park, WOKEN);
    if (before == ASLEEP) {
        struct fiber *fiber = park->sleeper;
        if (fiber->timer.place != NOT_IN_HEAP) {
            timer_heap_remove(&sleepers, &fiber->timer);
        }
        make_ready(fiber);
    }
}

/* Other threads of the kernel that are about to wake somebody: as long as there are
 * any, virtual time stands still. */
static _Atomic int outsiders;

void thread_outsider_begins(void) {
    atomic_fetch_add(&outsiders, 1);
    deadlock_thread_begins();
}

void thread_outsider_ends(void) {
    deadlock_thread_cancelled();
    atomic_fetch_sub(&outsiders, 1);
    mail_ring(); /* it may have been the last who could have woken somebody */
}

/* ---- switching ---- */

/* Also called by one that ends, and then never returns. */
static void switch_to(struct fiber *to, bool for_good) {
    struct fiber *from = running;
    if (to != from) {
        running = to;
        sanitizer_leave(&from->sanitizer, &to->sanitizer, for_good);
        context_switch(&from->context, to->context);
        sanitizer_arrive(&from->sanitizer, &main_fiber.sanitizer);
    }
}

static void report_deadlock(void) {
    deadlock_report("fibers");
}

/* A report takes more room than a fiber has. */
static void end_with(void (*report)(void)) {
    static char stack[256 * 1024];
    struct fiber reporter = {.context = context_create(stack + sizeof stack, report)};
    sanitizer_create(&reporter.sanitizer, stack, sizeof stack);
    switch_to(&reporter, false);
}

/* Nobody is ready. */
static void wait_for_somebody(void) {
    int64_t until_ns = timer_heap_earliest_ns(&sleepers);
    /* In this order: an outsider posts its mail before it says that it has left. */
    bool left_alone = atomic_load(&outsiders) == 0 && !mail_has_come();
    if (left_alone && until_ns == DEADLINE_NEVER && deadlock_is_possible()) {
        end_with(report_deadlock);
    }
    if (!clock_is_virtual()) {
        mail_wait(until_ns);
    } else if (!left_alone) {
        mail_wait(DEADLINE_NEVER);
    } else if (until_ns != DEADLINE_NEVER) {
        set_virtual_now(until_ns);
    } else {
        end_with(report_end_of_time);
    }
}

/* The fiber that runs next: it has been ready for longest. */
static struct fiber *next_fiber(void) {
    static unsigned switches;
    for (;;) {
        if (mail_has_come()) {
            mail_take(wake_sleeper);
        }
        if (ready == NULL || ++switches % SWITCHES_PER_LOOK == 0) {
            wake_whose_time_has_come();
        }
        if (ready != NULL) {
            return take_ready();
        }
        wait_for_somebody();
    }
}

/* Those whose time has come meanwhile are next: before anybody who gets ready later. */
void clock_spend(int64_t duration_ns) {
    invariant(duration_ns == 0 || (clock_is_virtual() && is_home));
    if (duration_ns > 0) {
        int64_t moment_ns = deadline_after_ns(now_ns(), duration_ns);
        if (moment_ns == DEADLINE_NEVER) {
            end_with(report_end_of_time);
        }
        set_virtual_now(moment_ns);
        wake_whose_time_has_come();
    }
}

void thread_yield(void) {
    make_ready(running);
    switch_to(next_fiber(), false);
}

void park_init(struct park *park) {
    set_state(park, EMPTY);
}

bool park_wait(struct park *park, int64_t deadline_ns,
               const struct wait_reason *reason) {
    invariant(is_home); /* other threads of the kernel may wake fibers, but not wait */
    if (state_of(park) == WOKEN || deadline_ns <= DEADLINE_NOW) {
        return state_of(park) == WOKEN;
    }
    park->sleeper = running;
    set_state(park, ASLEEP);
    running->park = park;
    running->watched.reason = reason;
    if (deadline_ns != DEADLINE_NEVER) {
        timer_heap_add(&sleepers, &running->timer, deadline_ns);
    }
    switch_to(next_fiber(), false);
    return state_of(park) == WOKEN;
}

void park_wake(struct park *park) {
    if (is_home) {
        wake_sleeper(park);
    } else {
        mail_post(park);
    }
}

void thread_sleep_until(int64_t moment_ns) {
    struct wait_reason reason = {.what = "sleep"};
    struct park park;
    park_init(&park);
    park_wait(&park, moment_ns, &reason);
}

/* ---- life and death ---- */

static void fiber_main(void) {
    struct fiber *self = running;
    struct thread *thread = self->thread;
    sanitizer_arrive(&self->sanitizer, &main_fiber.sanitizer);
    deadlock_thread_runs(thread->name);
    thread->body(thread); /* if it is detached, its struct may be gone now */
    deadlock_thread_ends();
    if (!self->detached) {
        park_wake(&thread->ended);
    }
    fiber_release(self); /* nobody can take it before we have left it */
    fiber_count--;
    switch_to(next_fiber(), true);
    must_end("a fiber that has ended goes on", "", __FILE__, __LINE__);
}

static struct fiber *take_fiber(const struct thread_attributes *attributes) {
    int64_t stack = attributes->stack_bytes > 0 ? attributes->stack_bytes : STACK_BYTES;
    int64_t guard =
        attributes->guard_bytes >= 0 ? attributes->guard_bytes : GUARD_BYTES;
    return timer_heap_reserve(&sleepers, fiber_count + 1)
               ? fiber_take(fiber_whole_pages(stack), fiber_whole_pages(guard))
               : NULL;
}

int thread_start(struct thread *thread, const struct thread_attributes *attributes) {
    struct fiber *fiber = take_fiber(attributes);
    if (fiber == NULL) {
        return ENOMEM;
    }
    fiber_catch_overflows(&running);
    deadlock_thread_begins();
    fiber_count++;
    fiber->thread = thread;
    fiber->detached = attributes->detached;
    fiber->watched = (struct watched){.name = thread->name};
    sanitizer_create(&fiber->sanitizer, fiber->stack, fiber->pile->stack_bytes);
    fiber->context = context_create(fiber->stack_end, fiber_main);
    if (!fiber->detached) {
        park_init(&thread->ended);
    }
    make_ready(fiber);
    return 0;
}

NEVER_INLINED void thread_join(struct thread *thread) {
    struct wait_reason reason = {.what = "join", .where = __builtin_return_address(0)};
    park_wait(&thread->ended, DEADLINE_NEVER, &reason);
}

void thread_default_sizes(struct thread_attributes *attributes) {
    attributes->stack_bytes = STACK_BYTES;
    attributes->guard_bytes = GUARD_BYTES;
}
