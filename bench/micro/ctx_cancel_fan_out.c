/*
 * Cancelling a context with children: from the call of ctx_cancel until it returns, by
 * when every child is done. Not in it: making and freeing them, and waking anyone, as
 * nobody waits.
 */
#include "operation.h"
#include "sync/clock.h"
#include "sync/ctx.h"
#include "sync/must.h"

#include <stdlib.h>

struct family {
    int64_t size;
    struct ctx *children[];
};

static void *start(const struct operation *operation) {
    size_t children_bytes = (size_t)operation->size * sizeof(struct ctx *);
    struct family *family = calloc(1, sizeof *family + children_bytes);
    invariant(family != NULL);
    family->size = operation->size;
    return family;
}

static int64_t cancel_once(struct family *family) {
    struct ctx *parent = ctx_with_cancel(ctx_background());
    invariant(parent != NULL);
    for (int64_t i = 0; i < family->size; i++) {
        family->children[i] = ctx_with_cancel(parent);
        invariant(family->children[i] != NULL);
    }
    int64_t began_ns = now_ns();
    ctx_cancel(parent);
    int64_t took_ns = now_ns() - began_ns;
    for (int64_t i = 0; i < family->size; i++) {
        invariant(ctx_reason(family->children[i]) == CTX_CANCELLED);
        ctx_free(family->children[i]);
    }
    ctx_free(parent);
    return took_ns;
}

static int64_t cancel(void *subject, int64_t count) {
    int64_t took_ns = 0;
    for (int64_t i = 0; i < count; i++) {
        took_ns += cancel_once(subject);
    }
    return took_ns;
}

const struct operation ctx_cancel_fan_out[] = {
    {.name = "ctx_cancel/children:100/five-cooks",
     .batch = 100,
     .batches = 5,
     .size = 100,
     .start = start,
     .run = cancel,
     .stop = free},
    END_OF_TABLE,
};
