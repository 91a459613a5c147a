/*
 * Contexts in tests: making one cannot fail, and being done shows in every way there is
 * to ask.
 */
#ifndef TEST_CONTEXTS_H
#define TEST_CONTEXTS_H

#include "support/operation.h"
#include "support/suite.h"
#include "sync/ctx.h"

static inline struct ctx *child_of(struct ctx *parent) {
    struct ctx *ctx = ctx_with_cancel(parent);
    assert_non_null(ctx);
    return ctx;
}

static inline void assert_alive(struct ctx *ctx) {
    assert_int_equal(ctx_reason(ctx), CTX_ALIVE);
    assert_int_equal(try_receive(ctx_done(ctx), NULL), CHAN_TIMED_OUT);
}

static inline void assert_done(struct ctx *ctx, enum ctx_reason reason) {
    assert_int_equal(try_receive(ctx_done(ctx), NULL), CHAN_CLOSED);
    for (int i = 0; i < 2; i++) { /* ... and it stays so */
        assert_int_equal(ctx_reason(ctx), reason);
    }
    assert_int_equal(ctx_children(ctx), 0);
}

#endif
