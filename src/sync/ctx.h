/*
 * A context tells work to stop: because somebody cancelled it, or its time is up.
 *
 *   struct ctx *ctx = ctx_with_timeout(ctx_background(), 5 * NS_PER_S);
 *   ... ctx_done(ctx) in a select, or ctx_reason(ctx) between two steps ...
 *   ctx_cancel(ctx)    by anyone, at any time, as often as one likes
 *   ctx_free(ctx)      by its creator, once nobody uses it; its children first
 *
 * Contexts form a tree: a child is done as soon as its parent is, and at its parent's
 * deadline at the latest; a parent does not notice what happens to a child. When
 * ctx_cancel() returns, every descendant is done. The first cause wins and stays.
 *
 * ctx_done() is closed if and only if ctx_reason() is not CTX_ALIVE. At the deadline
 * this holds by the clock alone, whether or not anyone waits: the channel closes itself
 * (chan_close_at), and no thread is needed for it.
 *
 * The idea and the names are those of Go's package context, but there are no values.
 * Every function may be called by any thread; ctx_free() by one, last. Deadlines are
 * moments of now_ns(). Misuse ends the program: a parent of NULL, cancelling the
 * background, freeing a context that has children.
 */
#ifndef FIVE_COOKS_CTX_H
#define FIVE_COOKS_CTX_H

#include <stddef.h>
#include <stdint.h>

struct chan;
struct ctx;
enum ctx_reason { CTX_ALIVE, CTX_CANCELLED, CTX_DEADLINE_EXCEEDED };

struct ctx *ctx_background(void); /* never done, never freed */

/* NULL and errno ENOMEM. If the deadline has passed, or the parent is done, so is the
 * new context from the beginning. */
struct ctx *ctx_with_cancel(struct ctx *parent);
struct ctx *ctx_with_deadline(struct ctx *parent, int64_t deadline_ns);
struct ctx *ctx_with_timeout(struct ctx *parent, int64_t timeout_ns);

void ctx_cancel(struct ctx *ctx);
void ctx_free(struct ctx *ctx); /* cancels first; NULL is fine */

struct chan *ctx_done(struct ctx *ctx); /* closed when done; belongs to ctx */
enum ctx_reason ctx_reason(struct ctx *ctx);
int64_t ctx_deadline_ns(struct ctx *ctx); /* the earliest of its and its ancestors' */

size_t ctx_children(struct ctx *ctx); /* those not done; for tests and displays */

#endif
