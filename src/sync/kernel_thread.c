/*
 * Threads of the kernel, one for each of ours (1:1): pthreads for life and death, a
 * futex for sleeping and waking.
 *
 * States of a park, and who moves it:
 *
 *   EMPTY ---------------wake--> WOKEN     the sleeper has not slept yet, or spins
 *   EMPTY --wait--> ASLEEP ------wake--> WOKEN, and a futex call
 *   ASLEEP --deadline--> EMPTY             by the sleeper itself
 *
 * COUNTED is ASLEEP for a thread that the deadlock detector counts and that sleeps
 * without a deadline: whoever wakes it must count it in again.
 *
 * Each move is one atomic operation, so a wake comes either before the sleeper has
 * fallen asleep or after, never in between.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "clock.h"
#include "futex.h"
#include "helgrind.h"
#include "must.h"
#include "park.h"
#include "thread.h"

int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now); /* never fails: every Linux has this clock */
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

bool clock_is_virtual(void) {
    return false;
}

void clock_make_virtual(void) {
    must_end("kernel threads have no virtual time", "", __FILE__, __LINE__);
}

void clock_spend(int64_t duration_ns) {
    invariant(duration_ns == 0);
}

/* ---- life and death ---- */

static void *run_body(void *argument) {
    struct thread *thread = argument;
    thread->kernel.tid = gettid();
    deadlock_thread_runs(thread->name);
    thread->body(thread); /* a detached one may be gone now */
    deadlock_thread_ends();
    return NULL;
}

static int set_attributes(pthread_attr_t *to, const struct thread_attributes *from) {
    int error = 0;
    if (from->stack_bytes > 0) {
        error = pthread_attr_setstacksize(to, (size_t)from->stack_bytes);
    }
    if (error == 0 && from->guard_bytes >= 0) {
        error = pthread_attr_setguardsize(to, (size_t)from->guard_bytes);
    }
    if (error == 0 && from->detached) {
        error = pthread_attr_setdetachstate(to, PTHREAD_CREATE_DETACHED);
    }
    return error;
}

int thread_start(struct thread *thread, const struct thread_attributes *attributes) {
    pthread_attr_t pthread_attributes;
    must(pthread_attr_init(&pthread_attributes));
    int error = set_attributes(&pthread_attributes, attributes);
    if (error == 0) {
        /* The handle may be written after the thread has run, as musl does; and a
         * thread that is detached may have given up its struct by then. */
        pthread_t nobodys;
        pthread_t *handle = attributes->detached ? &nobodys : &thread->kernel.handle;
        deadlock_thread_begins();
        error = pthread_create(handle, &pthread_attributes, run_body, thread);
        if (error != 0) {
            deadlock_thread_cancelled();
        }
    }
    must(pthread_attr_destroy(&pthread_attributes));
    return error;
}

void thread_join(struct thread *thread) {
    must(pthread_join(thread->kernel.handle, NULL));
    /* pthread_join() returns when the thread has left our memory. The kernel counts it
     * for some microseconds more, and has no call that waits for the end of them. What
     * has its number after a far longer time is another thread, started since. */
    enum { COUNTED_MOST_NS = 100000000 };
    int64_t until_ns = now_ns() + COUNTED_MOST_NS;
    while (syscall(SYS_tgkill, getpid(), thread->kernel.tid, 0) == 0 &&
           now_ns() < until_ns) {
        sched_yield();
    }
}

void thread_yield(void) {
}

bool thread_is_fiber(void) {
    return false;
}

void thread_default_sizes(struct thread_attributes *attributes) {
    pthread_attr_t defaults;
    size_t stack;
    size_t guard;
    must(pthread_attr_init(&defaults));
    must(pthread_attr_getstacksize(&defaults, &stack));
    must(pthread_attr_getguardsize(&defaults, &guard));
    must(pthread_attr_destroy(&defaults));
    attributes->stack_bytes = (int64_t)stack;
    attributes->guard_bytes = (int64_t)guard;
}

void thread_sleep_until(int64_t moment_ns) {
    struct timespec moment = to_timespec(moment_ns > 0 ? moment_ns : 0);
    int error;
    do { /* a signal may interrupt it; the moment stays the same */
        error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL);
    } while (error == EINTR);
    must(error);
}

/* ---- for the deadlock detector ---- */

struct watched *deadlock_me(void) {
    static _Thread_local struct watched me;
    return &me;
}

void thread_outsider_begins(void) {
    deadlock_thread_begins();
}

void thread_outsider_ends(void) {
    deadlock_thread_cancelled();
}

/* ---- spinning before sleeping ---- */

/*
 * README: spin. Sleeping in the kernel and being woken takes 3 to 30 us; a partner that
 * runs on another CPU answers within 0.3 us. So a thread spins before it sleeps: for a
 * moment as fast as it can, then between yields, in case the partner waits for our CPU.
 *
 * Spinning is adaptive: it goes on only while it pays. Every wait that was short,
 * asleep or spinning, earns 1 credit, a spin in vain costs SPIN_PENALTY, and without
 * credit threads sleep at once. So for each SPIN_PENALTY short waits the threads that
 * wait at that moment lose at most SPIN_NS of CPU time each, whatever the program does.
 * The credit is shared, as the threads of a pool take turns. It is written only when it
 * changes, for the sake of its cache line.
 *
 * What it is worth: with five workers an unbuffered hand-off takes 0.34 us instead of
 * 3.0, and with one worker 0.34 instead of 20 (medians of bench/micro on two quiet
 * CPUs). This is close to the floor: one round trip between two CPUs alone takes 0.28
 * us. Go's hand-off is faster where both sides run on one CPU and nothing has to
 * travel; fibers do the same, see fiber.c.
 */
#define SPIN_NS (30 * NS_PER_US)
enum { CHECKS = 4, PAUSES = 16, CREDIT_MAX = 2048, SPIN_PENALTY = 256 };

static _Alignas(64) _Atomic int spin_credit;

static void earn_credit(void) {
    if (atomic_load_explicit(&spin_credit, memory_order_relaxed) < CREDIT_MAX) {
        atomic_fetch_add_explicit(&spin_credit, 1, memory_order_relaxed);
    }
}

/* About 0.2 us. Each check takes the cache line away from the waker, who may be about
 * to write it: checking all the time makes a hand-off take twice as long. */
static void pause_for_a_moment(void) {
    for (int i = 0; i < PAUSES; i++) {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        __asm__ volatile("yield");
#endif
    }
}

enum { EMPTY, WOKEN, ASLEEP, COUNTED };

static bool spin_once(struct park *park) {
    for (int i = 0; i < CHECKS; i++) {
        if (atomic_load_explicit(&park->state, memory_order_acquire) == WOKEN) {
            earn_credit();
            return true;
        }
        pause_for_a_moment();
    }
    return false;
}

/* True if the wake came meanwhile. */
static bool spin(struct park *park, int64_t deadline_ns) {
    if (atomic_load_explicit(&spin_credit, memory_order_relaxed) <= 0) {
        return false;
    }
    if (spin_once(park)) {
        return true;
    }
    int64_t until_ns = earlier_ns(now_ns() + SPIN_NS, deadline_ns);
    do {
        sched_yield();
        if (spin_once(park)) {
            return true;
        }
    } while (now_ns() < until_ns);
    if (atomic_load_explicit(&spin_credit, memory_order_relaxed) > 0) {
        atomic_fetch_sub_explicit(&spin_credit, SPIN_PENALTY, memory_order_relaxed);
    }
    return false;
}

/* ---- sleeping and waking ---- */

void park_init(struct park *park) {
    helgrind_ignore(park);
    atomic_init(&park->state, EMPTY);
}

/* The state is `asleep`. True: woken; false: the deadline passed first. */
static bool sleep_until_woken(struct park *park, uint32_t asleep, int64_t deadline_ns) {
    int64_t began_ns = now_ns();
    while (atomic_load(&park->state) == asleep) {
        if (deadline_ns <= DEADLINE_NOW ||
            !futex_wait(&park->state, asleep, deadline_ns)) {
            uint32_t before = asleep;
            return !atomic_compare_exchange_strong(&park->state, &before, EMPTY);
        }
    }
    if (now_ns() - began_ns < SPIN_NS) {
        earn_credit();
    }
    return true;
}

/* True: woken. */
static bool wait_for_wake(struct park *park, int64_t deadline_ns,
                          const struct wait_reason *reason) {
    if (deadline_ns > DEADLINE_NOW && spin(park, deadline_ns)) {
        return true;
    }
    bool counts = deadline_ns == DEADLINE_NEVER && deadlock_me()->counted;
    uint32_t asleep = counts ? COUNTED : ASLEEP;
    uint32_t before = EMPTY;
    if (!atomic_compare_exchange_strong(&park->state, &before, asleep)) {
        return true;
    }
    if (counts) {
        deadlock_asleep(reason);
    }
    return sleep_until_woken(park, asleep, deadline_ns);
}

bool park_wait(struct park *park, int64_t deadline_ns,
               const struct wait_reason *reason) {
    bool woken = wait_for_wake(park, deadline_ns, reason);
    if (woken) {
        helgrind_woken(park);
    }
    return woken;
}

void park_wake(struct park *park) {
    helgrind_wake(park);
    uint32_t before = EMPTY; /* most likely: then one access to its cache line does */
    while (!atomic_compare_exchange_strong(&park->state, &before, WOKEN)) {
        invariant(before != WOKEN);
        if (before == COUNTED) {
            /* Counted in before it can run, or its next wait would count it out twice.
             * This happens once: nobody else moves a park from COUNTED. */
            deadlock_awake();
        }
    }
    if (before != EMPTY) {
        /* The sleeper may be gone already, and its park with it. At worst this wakes a
         * stranger for nothing, and every sleeper checks. */
        futex_wake(&park->state);
    }
}
