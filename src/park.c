/*
 * States, and who moves them:
 *
 *   EMPTY --------------wake--> WOKEN      the sleeper has not slept yet, or spins
 *   EMPTY --wait--> ASLEEP -----wake--> WOKEN, and a futex call
 *   ASLEEP --deadline--> EMPTY             by the sleeper itself
 *
 * COUNTED is ASLEEP of a thread that the deadlock detector counts and that sleeps
 * without a deadline: its waker must count it in again.
 *
 * Each of these moves is one atomic operation, so a wake finds the sleeper either
 * before or after it fell asleep, never between.
 */
#include "park.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "must.h"

enum { EMPTY, WOKEN, ASLEEP, COUNTED };

/*
 * README: spin. To sleep in the kernel and be woken takes 3 to 30 us, a partner that is
 * running on another CPU answers within 0.3 us. So look before sleeping: a moment as
 * fast as it goes, then between yields, which let a partner run that waits for our CPU.
 *
 * But only while it pays. A wait that ended soon, asleep or not, earns 1; a look in
 * vain costs LOST; without credit nobody looks. So at most LOOK_NS of CPU time is lost
 * for each LOST short waits, whatever the program does; but threads that look at the
 * same time pay together. The credit is everybody's, as the threads of a pool take
 * turns; it is written only when it changes.
 *
 * What it is worth: with five workers an unbuffered hand-off takes 0.34 us instead of
 * 3.0, and with one 0.34 instead of 20 (medians of bench/micro on two quiet CPUs). More
 * is not to be had from two threads on two CPUs: the jobs must go there and the word
 * that they were taken must come back, and that round trip alone takes 0.28 us. Go
 * stays below it by switching tasks on one CPU, where nothing has to travel.
 */
#define LOOK_NS (30 * NS_PER_US)
enum { LOOKS = 4, PAUSES = 16, CREDIT_MOST = 2048, LOST = 256 };

static _Alignas(64) _Atomic int credit;

static void earn(void) {
    if (atomic_load_explicit(&credit, memory_order_relaxed) < CREDIT_MOST) {
        atomic_fetch_add_explicit(&credit, 1, memory_order_relaxed);
    }
}

/* About 0.2 us. A look takes the cache line away from the waker, who may be about to
 * write it: looking all the time makes a hand-off take twice as long. */
static void pass_time(void) {
    for (int i = 0; i < PAUSES; i++) {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        __asm__ volatile("yield");
#endif
    }
}

static bool look(struct park *park) {
    for (int i = 0; i < LOOKS; i++) {
        if (atomic_load_explicit(&park->state, memory_order_acquire) == WOKEN) {
            earn();
            return true;
        }
        pass_time();
    }
    return false;
}

/* True if the wake came while looking. */
static bool spin(struct park *park, int64_t deadline_ns) {
    if (atomic_load_explicit(&credit, memory_order_relaxed) <= 0) {
        return false;
    }
    if (look(park)) {
        return true;
    }
    int64_t until_ns = earlier_ns(now_ns() + LOOK_NS, deadline_ns);
    do {
        sched_yield();
        if (look(park)) {
            return true;
        }
    } while (now_ns() < until_ns);
    if (atomic_load_explicit(&credit, memory_order_relaxed) > 0) {
        atomic_fetch_sub_explicit(&credit, LOST, memory_order_relaxed);
    }
    return false;
}

/* What this system call reads is not libc's struct timespec, which on 32 bits may have
 * 64 bits of time or 32. */
#ifdef SYS_futex_time64
#define FUTEX_CALL SYS_futex_time64
#else
#define FUTEX_CALL SYS_futex
#endif
struct kernel_time {
#ifdef SYS_futex_time64
    int64_t s, ns;
#else
    long s, ns;
#endif
};

/* Sleep while *word is `value`. False when the deadline passed. */
static bool futex_wait(_Atomic uint32_t *word, uint32_t value, int64_t deadline_ns) {
    struct kernel_time deadline;
    deadline.s = deadline_ns / NS_PER_S;
    deadline.ns = deadline_ns % NS_PER_S;
    struct kernel_time *until = deadline_ns == DEADLINE_NEVER ? NULL : &deadline;
    /* The BITSET form is the one whose timeout is a moment of CLOCK_MONOTONIC. */
    long error = syscall(FUTEX_CALL, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG,
                         value, until, NULL, FUTEX_BITSET_MATCH_ANY);
    if (error == 0 || errno == EAGAIN || errno == EINTR) {
        return true; /* woken, or not asleep any more, or for no reason: look again */
    }
    invariant(errno == ETIMEDOUT);
    return false;
}

void park_init(struct park *park) {
    atomic_init(&park->state, EMPTY);
}

bool park_wait(struct park *park, int64_t deadline_ns,
               const struct wait_reason *reason) {
    if (deadline_ns > DEADLINE_NOW && spin(park, deadline_ns)) {
        return true;
    }
    bool counts = deadline_ns == DEADLINE_NEVER && deadlock_watches_me();
    uint32_t asleep = counts ? COUNTED : ASLEEP;
    uint32_t before = EMPTY;
    if (!atomic_compare_exchange_strong(&park->state, &before, asleep)) {
        return true;
    }
    if (counts) {
        deadlock_asleep(reason);
    }
    int64_t began_ns = now_ns();
    while (atomic_load(&park->state) == asleep) {
        if (deadline_ns <= DEADLINE_NOW ||
            !futex_wait(&park->state, asleep, deadline_ns)) {
            before = asleep;
            return !atomic_compare_exchange_strong(&park->state, &before, EMPTY);
        }
    }
    if (now_ns() - began_ns < LOOK_NS) {
        earn();
    }
    return true;
}

void park_wake(struct park *park) {
    uint32_t before = EMPTY; /* most likely: then the line is asked for only once */
    while (!atomic_compare_exchange_strong(&park->state, &before, WOKEN)) {
        invariant(before != WOKEN);
        if (before == COUNTED) {
            /* Counted in before it can run, or its next wait would count us out. Once
             * only: nobody else moves a park from COUNTED. */
            deadlock_awake(1);
        }
    }
    if (before != EMPTY) {
        /* The sleeper may be gone already: the kernel gets an address, no more. At
         * worst it wakes a stranger for nothing, and every sleeper looks again. */
        syscall(FUTEX_CALL, &park->state, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL,
                NULL, 0);
    }
}
