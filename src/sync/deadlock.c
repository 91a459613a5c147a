/*
 * Invariant: `awake` is the number of counted threads that are not waiting for ever,
 * plus those being created. It never falls to zero by mistake, because
 *
 *   - a waker counts the sleeper in while it is itself still counted, and
 *   - a creator counts the new thread in before the thread exists.
 *
 * A sleeper may count itself out just after its waker has counted it in; the sum is the
 * same. When the count reaches zero every counted thread is asleep, nothing can change
 * any more, and the report may read all of them.
 *
 * Lock: `registry`, which guards the list of threads and is held with no other lock
 * wanted.
 */
#include "deadlock.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "must.h"

struct watched {
    /* its own thread's; the report reads them when that thread sleeps for ever: */
    const char *name;
    const struct wait_reason *reason;
    bool counted;

    /* registry must be held when using these, whoever's they are: */
    struct watched *next;
    struct watched **link; /* what points to us */
};

/* set once, before there is a second thread: */
static bool watching;
static const char *explanation;

static atomic_long awake;
static _Thread_local struct watched me;

static pthread_mutex_t registry = PTHREAD_MUTEX_INITIALIZER;

/* registry must be held when using these: */
static struct watched *threads;
static struct watched **last = &threads;

void deadlock_watch(const char *name) {
    watching = true;
    deadlock_thread_begins();
    deadlock_thread_runs(name);
}

void deadlock_explain(const char *why) {
    explanation = why;
}

void deadlock_thread_begins(void) {
    if (watching) {
        atomic_fetch_add(&awake, 1);
    }
}

void deadlock_thread_runs(const char *name) {
    if (!watching) {
        return;
    }
    me.name = name;
    me.counted = true;
    must(pthread_mutex_lock(&registry));
    me.next = NULL;
    me.link = last;
    *last = &me;
    last = &me.next;
    must(pthread_mutex_unlock(&registry));
}

bool deadlock_watches_me(void) {
    return me.counted;
}

void deadlock_awake(int count) {
    atomic_fetch_add(&awake, count);
}

/* "file.c:12" when addr2line is there to ask, else "+0x1234", which it could be asked.
 */
static void print_place(const void *where) {
    Dl_info info;
    if (where == NULL || dladdr(where, &info) == 0 || info.dli_fname == NULL) {
        return;
    }
    /* One byte back: the return address may already belong to the next line. */
    unsigned long offset =
        (unsigned long)((uintptr_t)where - (uintptr_t)info.dli_fbase - 1);
    char command[512];
    char place[256] = "";
    snprintf(command, sizeof command, "addr2line -s -e /proc/%ld/exe 0x%lx 2>/dev/null",
             (long)getpid(), offset);
    FILE *answer = popen(command, "re");
    if (answer != NULL) {
        if (fgets(place, sizeof place, answer) != NULL) {
            place[strcspn(place, " \n")] = '\0';
        }
        pclose(answer);
    }
    if (place[0] == '\0' || place[0] == '?') {
        snprintf(place, sizeof place, "+0x%lx", offset);
    }
    fprintf(stderr, " at %s", place);
}

static void print_thread(const struct watched *thread) {
    fprintf(stderr, "  %s [", thread->name);
    if (thread->reason == NULL) {
        fputs("asleep]\n", stderr);
        return;
    }
    fputs(thread->reason->what, stderr);
    if (thread->reason->describe != NULL) {
        thread->reason->describe(thread->reason->object, stderr);
    }
    fputc(']', stderr);
    print_place(thread->reason->where);
    fputc('\n', stderr);
}

/* Never returns. Only one thread can come here: the one that made the count zero. */
_Noreturn static void report(void) {
    fputs("fatal error: all threads are asleep - deadlock!\n\n", stderr);
    must(pthread_mutex_lock(&registry));
    for (struct watched *thread = threads; thread != NULL; thread = thread->next) {
        print_thread(thread);
    }
    if (explanation != NULL) {
        fprintf(stderr, "\nwhy: %s\n", explanation);
    }
    fflush(stdout);
    _exit(2);
}

void deadlock_asleep(const struct wait_reason *reason) {
    me.reason = reason;
    if (atomic_fetch_sub(&awake, 1) == 1) {
        report();
    }
}

/* One thread fewer is awake, as it ends or has never been. If it was the last one,
 * those that are left wait for ever. Registry locked: of two that end at once, the
 * later finds nobody left. */
static bool leaves_others_stuck(void) {
    return atomic_fetch_sub(&awake, 1) == 1 && threads != NULL;
}

void deadlock_thread_cancelled(void) {
    if (!watching) {
        return;
    }
    must(pthread_mutex_lock(&registry));
    bool stuck = leaves_others_stuck();
    must(pthread_mutex_unlock(&registry));
    if (stuck) {
        report();
    }
}

void deadlock_thread_ends(void) {
    if (!me.counted) {
        return;
    }
    me.counted = false;
    must(pthread_mutex_lock(&registry));
    *me.link = me.next;
    if (me.next != NULL) {
        me.next->link = me.link;
    } else {
        last = me.link;
    }
    bool stuck = leaves_others_stuck();
    must(pthread_mutex_unlock(&registry));
    if (stuck) {
        report();
    }
}
