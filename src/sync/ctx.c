/*
 * Invariants, true whenever the forest's lock is free:
 *
 *   - a context whose reason is stored has no linked children and is linked to nobody
 *   - a reason, once stored, never changes; it is stored before the channel closes, and
 *     both happen in one hold of the lock
 *   - a child's deadline is never later than its parent's
 *
 * A context whose deadline has passed may still be linked: it is done by the clock, and
 * whoever touches it next settles it.
 *
 * One lock, `forest`, guards the links of all contexts. Cancelling is rare and links
 * are few; with a lock for each context, two threads that cancel neighbours would need
 * an order in which to take them. It is taken before the locks of channels, never after
 * one. Whoever waits for a context is woken after it is released.
 */
#include "ctx.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "chan.h"
#include "chan_internal.h"
#include "clock.h"
#include "must.h"

struct ctx {
    /* set once, before the context is shared: */
    struct ctx *parent; /* NULL: the background */
    struct chan *done;  /* the background has none of its own */
    int64_t deadline_ns;

    /* written under the forest's lock; CTX_ALIVE may be read without: */
    _Atomic enum ctx_reason reason;

    /* the forest's lock must be held when using these: */
    struct ctx *first_child;
    struct ctx *next;  /* sibling */
    struct ctx **link; /* what points to us; NULL: not linked */
};

static pthread_mutex_t forest = PTHREAD_MUTEX_INITIALIZER;

struct ctx *ctx_background(void) {
    static struct ctx background = {.deadline_ns = DEADLINE_NEVER};
    return &background;
}

static void link_child(struct ctx *parent, struct ctx *child) {
    child->next = parent->first_child;
    child->link = &parent->first_child;
    if (child->next != NULL) {
        child->next->link = &child->next;
    }
    parent->first_child = child;
}

static void unlink_child(struct ctx *child) {
    *child->link = child->next;
    if (child->next != NULL) {
        child->next->link = child->link;
    }
    child->link = NULL;
}

/* Forest locked. Ends ctx and all below it, unless it has ended: for time, if its own
 * deadline had come, else for `reason`. Who waited for it is chained to *released. A
 * list of what is left to do, and no recursion: a chain of contexts may be as long as
 * memory allows, and stacks are short. */
static void settle(struct ctx *ctx, enum ctx_reason reason, struct entry **released) {
    if (atomic_load(&ctx->reason) != CTX_ALIVE) {
        return;
    }
    unlink_child(ctx);
    ctx->next = NULL;
    for (struct ctx *todo = ctx; todo != NULL;) {
        struct ctx *done = todo;
        todo = done->next;
        atomic_store(&done->reason,
                     is_past(done->deadline_ns) ? CTX_DEADLINE_EXCEEDED : reason);
        chan_shut(done->done, released);
        while (done->first_child != NULL) {
            struct ctx *child = done->first_child;
            unlink_child(child);
            child->next = todo;
            todo = child;
        }
    }
}

/* Settles it, and wakes who waited: not under the lock, which they are likely to want.
 */
static void settle_and_wake(struct ctx *ctx, enum ctx_reason reason) {
    struct entry *released = NULL;
    must(pthread_mutex_lock(&forest));
    settle(ctx, reason, &released);
    must(pthread_mutex_unlock(&forest));
    chan_wake(released);
}

struct ctx *ctx_with_deadline(struct ctx *parent, int64_t deadline_ns) {
    invariant(parent != NULL);
    struct ctx *ctx = calloc(1, sizeof *ctx);
    struct chan *done = chan_create(0, 0);
    if (ctx == NULL || done == NULL) {
        chan_free(done);
        free(ctx);
        errno = ENOMEM;
        return NULL;
    }
    ctx->parent = parent;
    ctx->done = done;
    ctx->deadline_ns = earlier_ns(deadline_ns, parent->deadline_ns);
    chan_close_at(done, ctx->deadline_ns);
    chan_set_name(done, "context done");

    /* Look at the parent and link the child in one step: a cancel between the two would
     * miss the child. */
    must(pthread_mutex_lock(&forest));
    enum ctx_reason inherited = atomic_load(&parent->reason);
    if (inherited != CTX_ALIVE) {
        /* The parent is already done: inherit its reason. */
        atomic_store(&ctx->reason, inherited);
        chan_close(done);
    } else {
        link_child(parent, ctx);
    }
    must(pthread_mutex_unlock(&forest));
    return ctx;
}

struct ctx *ctx_with_cancel(struct ctx *parent) {
    return ctx_with_deadline(parent, DEADLINE_NEVER);
}

struct ctx *ctx_with_timeout(struct ctx *parent, int64_t timeout_ns) {
    return ctx_with_deadline(parent, deadline_after_ns(now_ns(), timeout_ns));
}

void ctx_cancel(struct ctx *ctx) {
    invariant(ctx->parent != NULL); /* the background cannot be cancelled */
    settle_and_wake(ctx, CTX_CANCELLED);
}

void ctx_free(struct ctx *ctx) {
    if (ctx == NULL || ctx->parent == NULL) {
        return;
    }
    struct entry *released = NULL;
    must(pthread_mutex_lock(&forest));
    invariant(ctx->first_child == NULL);
    settle(ctx, CTX_CANCELLED, &released);
    must(pthread_mutex_unlock(&forest));
    chan_wake(released);
    chan_free(ctx->done);
    free(ctx);
}

struct chan *ctx_done(struct ctx *ctx) {
    return ctx->parent == NULL ? chan_never() : ctx->done;
}

enum ctx_reason ctx_reason(struct ctx *ctx) {
    if (atomic_load(&ctx->reason) == CTX_ALIVE && !is_past(ctx->deadline_ns)) {
        return CTX_ALIVE;
    }
    /* README: err-done. It is done, or is just being ended by another thread. Once we
     * have had the lock its channel is closed, too. (Go missed this once: issue 75533.)
     */
    settle_and_wake(ctx, CTX_DEADLINE_EXCEEDED);
    return atomic_load(&ctx->reason);
}

int64_t ctx_deadline_ns(struct ctx *ctx) {
    return ctx->deadline_ns;
}

size_t ctx_children(struct ctx *ctx) {
    size_t count = 0;
    must(pthread_mutex_lock(&forest));
    for (struct ctx *child = ctx->first_child; child != NULL; child = child->next) {
        count += !is_past(child->deadline_ns);
    }
    must(pthread_mutex_unlock(&forest));
    return count;
}
