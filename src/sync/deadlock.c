/*
 * Invariant: `awake` is the number of counted threads that are not waiting for ever,
 * plus those being created. It never falls to zero by mistake, because
 *
 *   - a waker counts the sleeper in while it is itself still counted, and
 *   - a creator counts the new thread in before that thread exists.
 *
 * A sleeper may count itself out just after its waker has counted it in; the sum is the
 * same. When the count is zero every counted thread sleeps, nothing can change any
 * more, and the report may read all of them.
 *
 * Lock: `registry` guards the list of threads. Nobody who holds it takes another lock.
 */
#include "deadlock.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "must.h"

enum { REPORTED_MAX = 100 };

/* set once, before there is a second thread: */
static bool watching;
static const char *explanation;

static atomic_long awake;

static pthread_mutex_t registry = PTHREAD_MUTEX_INITIALIZER;

/* registry must be held when using these: */
static struct watched *threads;
static struct watched **last = &threads;
static long count; /* of them */

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
    struct watched *me = deadlock_me();
    *me = (struct watched){.name = name, .counted = true};
    must(pthread_mutex_lock(&registry));
    me->link = last;
    *last = me;
    last = &me->next;
    count++;
    must(pthread_mutex_unlock(&registry));
}

void deadlock_awake(void) {
    atomic_fetch_add(&awake, 1);
}

/* Where it lies in the program's file; 0 if that is not known. One byte back, as the
 * return address may already belong to the next line. */
static unsigned long offset_of(const void *where) {
    Dl_info info;
    if (where == NULL || dladdr(where, &info) == 0 || info.dli_fname == NULL) {
        return 0;
    }
    /* A program that can lie anywhere is linked as if it lay at 0. */
    const ElfW(Ehdr) *program = info.dli_fbase;
    uintptr_t linked_at = program->e_type == ET_DYN ? (uintptr_t)program : 0;
    return (unsigned long)((uintptr_t)where - linked_at - 1);
}

/* addr2line, if it is installed, answers with a line for each of these threads. It is
 * asked once: to read what the debugger knows takes it longer than to look there. */
static FILE *ask_for_places(struct watched *const *those, long those_count) {
    char command[64 + 20 * REPORTED_MAX];
    int length = snprintf(command, sizeof command,
                          "2>/dev/null addr2line -s -e /proc/%ld/exe", (long)getpid());
    for (long i = 0; i < those_count; i++) {
        length += snprintf(command + length, sizeof command - (size_t)length, " 0x%lx",
                           offset_of(those[i]->reason->where));
    }
    return popen(command, "re");
}

/* "file.c:12"; or "+0x1234", which one can ask addr2line later. */
static void print_place(const void *where, FILE *places) {
    char place[256] = "";
    if (places != NULL && fgets(place, sizeof place, places) != NULL) {
        place[strcspn(place, " \n")] = '\0';
    }
    unsigned long offset = offset_of(where);
    if (offset == 0) {
        return;
    }
    if (place[0] == '\0' || place[0] == '?') {
        snprintf(place, sizeof place, "+0x%lx", offset);
    }
    fprintf(stderr, " at %s", place);
}

static void print_thread(const struct watched *thread, FILE *places) {
    fprintf(stderr, "  %s [%s", thread->name, thread->reason->what);
    if (thread->reason->describe != NULL) {
        thread->reason->describe(thread->reason->object, stderr);
    }
    fputc(']', stderr);
    print_place(thread->reason->where, places);
    fputc('\n', stderr);
}

/* Only one thread can come here: the one that found that all sleep. */
_Noreturn void deadlock_report(const char *who) {
    fprintf(stderr, "fatal error: all %s are asleep - deadlock!\n\n", who);
    must(pthread_mutex_lock(&registry));
    struct watched *told[REPORTED_MAX];
    long told_count = 0;
    for (struct watched *thread = threads; thread != NULL && told_count < REPORTED_MAX;
         thread = thread->next) {
        told[told_count++] = thread;
    }
    FILE *places = ask_for_places(told, told_count);
    for (long i = 0; i < told_count; i++) {
        print_thread(told[i], places);
    }
    if (count > told_count) {
        fprintf(stderr, "  ... and %ld more\n", count - told_count);
    }
    if (explanation != NULL) {
        fprintf(stderr, "\nwhy: %s\n", explanation);
    }
    fflush(stdout);
    _exit(2);
}

void deadlock_asleep(const struct wait_reason *reason) {
    deadlock_me()->reason = reason;
    if (atomic_fetch_sub(&awake, 1) == 1) {
        deadlock_report("threads");
    }
}

/* One thread fewer is awake, because it ends or could not be created. If it was the
 * last one, those that are left wait for ever. Registry locked: of two threads that end
 * at the same time, the later one finds nobody left. */
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
        deadlock_report("threads");
    }
}

void deadlock_thread_ends(void) {
    struct watched *me = deadlock_me();
    if (!me->counted) {
        return;
    }
    me->counted = false;
    must(pthread_mutex_lock(&registry));
    *me->link = me->next;
    if (me->next != NULL) {
        me->next->link = me->link;
    } else {
        last = me->link;
    }
    count--;
    bool stuck = leaves_others_stuck();
    must(pthread_mutex_unlock(&registry));
    if (stuck) {
        deadlock_report("threads");
    }
}

bool deadlock_is_possible(void) {
    if (!watching) {
        return false;
    }
    must(pthread_mutex_lock(&registry));
    bool nobody_else = atomic_load(&awake) == count;
    must(pthread_mutex_unlock(&registry));
    return nobody_else;
}
