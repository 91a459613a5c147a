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
 * README: spin. To sleep in the kernel and be woken costs 3 to 5 us; a partner that is
 * running on another CPU answers within 0.1 to 0.3 us. So look a little while before
 * sleeping, but only as long as it has paid lately: a spin that was rewarded restores
 * the full budget, one in vain halves it. Threads that hand values to each other
 * without pause stay out of the kernel; threads that wait for slow tasks soon spend
 * next to nothing here. On a single CPU nobody could answer, so nobody spins.
 */
enum { SPINS_MOST = 64, SPINS_LEAST = 2 };

static _Thread_local int spins = SPINS_MOST;

static int cpus_we_may_use(void) {
    static _Atomic int
        known; /* 0: not asked yet. Racing threads find the same answer. */
    int count = atomic_load_explicit(&known, memory_order_relaxed);
    if (count == 0) {
        cpu_set_t set;
        count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 2;
        atomic_store_explicit(&known, count, memory_order_relaxed);
    }
    return count;
}

static void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* True if the wake came while looking. */
static bool spin(struct park *park) {
    if (cpus_we_may_use() == 1) {
        return false;
    }
    for (int i = 0; i < spins; i++) {
        if (atomic_load_explicit(&park->state, memory_order_acquire) == WOKEN) {
            spins = SPINS_MOST;
            return true;
        }
        relax();
    }
    spins = spins / 2 > SPINS_LEAST ? spins / 2 : SPINS_LEAST;
    return false;
}

/* Sleep while *word is `value`. False when the deadline passed. */
static bool futex_wait(_Atomic uint32_t *word, uint32_t value, int64_t deadline_ns) {
    struct timespec deadline = to_timespec(deadline_ns);
    struct timespec *until = deadline_ns == DEADLINE_NEVER ? NULL : &deadline;
    /* The BITSET form is the one whose timeout is a moment of CLOCK_MONOTONIC. */
    long error = syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, value,
                         until, NULL, FUTEX_BITSET_MATCH_ANY);
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
    if (deadline_ns > DEADLINE_NOW && spin(park)) {
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
    while (atomic_load(&park->state) == asleep) {
        if (deadline_ns <= DEADLINE_NOW ||
            !futex_wait(&park->state, asleep, deadline_ns)) {
            before = asleep;
            return !atomic_compare_exchange_strong(&park->state, &before, EMPTY);
        }
    }
    return true;
}

void park_wake(struct park *park) {
    uint32_t before = atomic_exchange(&park->state, WOKEN);
    invariant(before != WOKEN);
    if (before == COUNTED) {
        deadlock_awake(1);
    }
    if (before != EMPTY) {
        /* The sleeper may be gone already: the kernel gets an address, no more. At
         * worst it wakes a stranger for nothing, and every sleeper looks again. */
        syscall(SYS_futex, &park->state, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL,
                0);
    }
}
