/* Contexts: what cancels whom, when, and what the reason is. */
#include "support/contexts.h"
#include "support/suite.h"

/* Go's TestBackground. */
CLAIM(the_background_is_never_done) {
    struct ctx *background = ctx_background();
    assert_ptr_equal(background, ctx_background());
    assert_int_equal(ctx_deadline_ns(background), DEADLINE_NEVER);
    ctx_free(background);
    ctx_free(NULL);
    assert_alive(background);
}

/* Go's TestWithCancel, TestParentFinishesChild, TestChildFinishesFirst:
 * root - (left - (leaf, timed), right). */
CLAIM(a_cancel_reaches_all_below_and_nobody_else) {
    struct ctx *root = child_of(ctx_background());
    struct ctx *left = child_of(root);
    struct ctx *right = child_of(root);
    struct ctx *leaf = child_of(left);
    struct ctx *timed = ctx_with_timeout(left, 3600 * NS_PER_S);
    struct ctx *all[] = {root, left, right, leaf, timed};
    for (int i = 0; i < 5; i++) {
        assert_alive(all[i]);
    }
    assert_int_equal(ctx_children(root), 2);
    assert_int_equal(ctx_children(left), 2);

    ctx_cancel(left);
    assert_done(left, CTX_CANCELLED);
    assert_done(leaf, CTX_CANCELLED);
    assert_done(timed, CTX_CANCELLED);
    assert_alive(root);
    assert_alive(right);
    assert_int_equal(ctx_children(root), 1);

    ctx_cancel(left); /* again does nothing */
    ctx_cancel(root);
    assert_done(root, CTX_CANCELLED);
    assert_done(right, CTX_CANCELLED);
    assert_alive(ctx_background());
    for (int i = 5; i-- > 0;) {
        ctx_free(all[i]);
    }
}

/* Go's TestCancelRemoves. */
CLAIM(a_child_that_is_done_is_no_longer_linked) {
    struct ctx *parent = child_of(ctx_background());
    size_t before = ctx_children(parent);
    struct ctx *cancelled = child_of(parent);
    struct ctx *freed = child_of(parent);
    struct ctx *expired = ctx_with_timeout(parent, NS_PER_MS);
    struct ctx *early = ctx_with_timeout(parent, 3600 * NS_PER_S);
    ctx_cancel(cancelled);
    ctx_cancel(early);
    ctx_free(freed);
    UNTIL(ctx_reason(expired) != CTX_ALIVE);
    assert_int_equal(ctx_children(parent), before);
    ctx_free(early);
    ctx_free(expired);
    ctx_free(cancelled);
    ctx_free(parent);
}

/* ---- deadlines ---- */

CLAIM(who_waits_for_a_context_wakes_at_its_deadline_and_not_before) {
    int64_t deadline_ns = now_ns() + 5 * NS_PER_MS;
    struct ctx *ctx = ctx_with_deadline(ctx_background(), deadline_ns);
    struct ctx *child = child_of(ctx);
    struct chan *jobs = chan_create(sizeof(int), 0);
    struct chan_case cases[] = {{jobs, CHAN_RECEIVE, NULL, CHAN_TIMED_OUT},
                                {ctx_done(child), CHAN_RECEIVE, NULL, CHAN_TIMED_OUT}};
    assert_int_equal(chan_select(cases, 2, DEADLINE_NEVER), 1);
    assert_int_equal(cases[1].result, CHAN_CLOSED);
    assert_true(now_ns() >= deadline_ns);
    assert_done(child, CTX_DEADLINE_EXCEEDED);
    chan_free(jobs);
    ctx_free(child);
    ctx_free(ctx);
}

CLAIM(a_child_has_the_earlier_deadline_of_its_own_and_its_parents) {
    int64_t late_ns = now_ns() + 7200 * NS_PER_S;
    int64_t soon_ns = late_ns - 3600 * NS_PER_S;
    struct ctx *parent = ctx_with_deadline(ctx_background(), late_ns);
    struct ctx *earlier = ctx_with_deadline(parent, soon_ns);
    struct ctx *later = ctx_with_deadline(earlier, late_ns);
    struct ctx *without = child_of(later);
    assert_int_equal(ctx_deadline_ns(parent), late_ns);
    assert_int_equal(ctx_deadline_ns(earlier), soon_ns);
    assert_int_equal(ctx_deadline_ns(later), soon_ns);
    assert_int_equal(ctx_deadline_ns(without), soon_ns);
    ctx_free(without);
    ctx_free(later);
    ctx_free(earlier);
    ctx_free(parent);
}

CLAIM(a_deadline_in_the_past_gives_a_context_that_is_done) {
    const int64_t past_ns[] = {DEADLINE_NOW, -1, INT64_MIN, now_ns()};
    for (size_t i = 0; i < sizeof past_ns / sizeof past_ns[0]; i++) {
        struct ctx *ctx = ctx_with_deadline(ctx_background(), past_ns[i]);
        struct ctx *child = child_of(ctx);
        assert_done(child, CTX_DEADLINE_EXCEEDED);
        assert_done(ctx, CTX_DEADLINE_EXCEEDED);
        ctx_free(child);
        ctx_free(ctx);
    }
    const int64_t timeouts_ns[] = {0, -1, -NS_PER_S, INT64_MIN};
    for (size_t i = 0; i < sizeof timeouts_ns / sizeof timeouts_ns[0]; i++) {
        struct ctx *ctx = ctx_with_timeout(ctx_background(), timeouts_ns[i]);
        assert_done(ctx, CTX_DEADLINE_EXCEEDED);
        ctx_free(ctx);
    }
}

CLAIM(a_timeout_at_the_end_of_time_does_not_fire) {
    const int64_t timeouts_ns[] = {INT64_MAX, INT64_MAX - 1, INT64_MAX / 2};
    for (size_t i = 0; i < sizeof timeouts_ns / sizeof timeouts_ns[0]; i++) {
        struct ctx *ctx = ctx_with_timeout(ctx_background(), timeouts_ns[i]);
        assert_int_equal(chan_receive(ctx_done(ctx), NULL, now_ns() + NS_PER_MS),
                         CHAN_TIMED_OUT);
        assert_alive(ctx);
        ctx_free(ctx);
    }
}

/* ---- cost ---- */

/* Go's TestCustomContextGoroutines. */
CLAIM(contexts_need_no_threads) {
    enum { MANY = 500 };
    struct ctx *many[MANY];
    int before = thread_count();
    for (int i = 0; i < MANY; i++) {
        many[i] = ctx_with_timeout(ctx_background(), i * NS_PER_MS);
    }
    assert_int_equal(thread_count(), before);
    UNTIL(ctx_reason(many[20]) != CTX_ALIVE);
    assert_int_equal(thread_count(), before);
    for (int i = 0; i < MANY; i++) {
        ctx_free(many[i]);
    }
}

/* ---- very many layers ---- */

/* In a thread of the tests, whose stack is small. */
static void *cancel_first(void *first) {
    ctx_cancel(first);
    return NULL;
}

CLAIM(a_chain_may_be_longer_than_any_stack) {
    int count = scaled(100000);
    struct ctx **chain = calloc((size_t)count, sizeof chain[0]);
    for (int i = 0; i < count; i++) {
        chain[i] = child_of(i == 0 ? ctx_background() : chain[i - 1]);
    }
    join(spawn(cancel_first, chain[0]));
    for (int i = count; i-- > 0;) {
        assert_done(chain[i], CTX_CANCELLED);
        ctx_free(chain[i]);
    }
    free(chain);
}
