/* Contexts used by many threads at once. */
#include "support/contexts.h"
#include "support/suite.h"

static bool is_done(struct ctx *ctx) {
    return try_receive(ctx_done(ctx), NULL) == CHAN_CLOSED;
}

static void *cancel(void *ctx) {
    ctx_cancel(ctx);
    return NULL;
}

/* Two threads and one context a round. */
struct race {
    struct meeting meeting;
    struct ctx *ctx;
};

static void *cancel_each_round(void *argument) {
    struct race *race = argument;
    for (int i = 0; another_round(&race->meeting, i); i++) {
        meet(&race->meeting);
        ctx_cancel(race->ctx);
        meet(&race->meeting);
    }
    return NULL;
}

/* Go's TestContextErrDoneRace (issue 75533): both ways round, asked of the context or
 * of its child, and some with a deadline at about the moment of the cancel. */
CLAIM(reason_and_closed_channel_are_there_at_one_moment) {
    struct race race = {0};
    race_rounds(&race.meeting, 40000);
    struct spawned *thread = spawn(cancel_each_round, &race);
    for (int i = 0; another_round(&race.meeting, i); i++) {
        bool timed = i % 16 < 4;
        race.ctx = timed ? ctx_with_timeout(ctx_background(), 2 * NS_PER_US + i % 1000)
                         : child_of(ctx_background());
        struct ctx *child = child_of(race.ctx);
        struct ctx *asked = i % 4 < 2 ? race.ctx : child;
        enum ctx_reason reason = CTX_ALIVE;
        meet(&race.meeting);
        if (i % 2 == 0) {
            UNTIL((reason = ctx_reason(asked)) != CTX_ALIVE);
            assert_true(is_done(asked));
        } else {
            UNTIL(is_done(asked));
            reason = ctx_reason(asked);
        }
        assert_true(timed ? reason != CTX_ALIVE : reason == CTX_CANCELLED);
        meet(&race.meeting);
        assert_int_equal(ctx_reason(asked), reason);
        ctx_free(child);
        ctx_free(race.ctx);
    }
    join(thread);
}

/* Go's TestWithCancelSimultaneouslyCanceledParent. */
CLAIM(a_child_made_while_its_parent_is_cancelled_ends_cancelled) {
    struct race race = {0};
    race_rounds(&race.meeting, 20000);
    struct spawned *thread = spawn(cancel_each_round, &race);
    for (int i = 0; another_round(&race.meeting, i); i++) {
        race.ctx = child_of(ctx_background());
        meet(&race.meeting);
        struct ctx *child = child_of(race.ctx);
        meet(&race.meeting);
        assert_true(is_done(child));
        assert_int_equal(ctx_reason(child), CTX_CANCELLED);
        ctx_free(child);
        ctx_free(race.ctx);
    }
    join(thread);
}

/* Whichever of two cancels returns first: all below is done by then. There are many
 * below, so that the one has time to return while the other is still at work; every
 * other time it is seen at work, as it starts at the top. */
CLAIM(every_descendant_is_done_when_any_cancel_returns) {
    enum { BELOW = 200 };
    struct race race = {0};
    race_rounds(&race.meeting, 800);
    struct spawned *thread = spawn(cancel_each_round, &race);
    for (int i = 0; another_round(&race.meeting, i); i++) {
        struct ctx *below[BELOW];
        race.ctx = child_of(ctx_background());
        for (int b = 0; b < BELOW; b++) {
            below[b] = child_of(b % 2 == 0 ? race.ctx : below[b - 1]);
        }
        meet(&race.meeting);
        if (i % 2 == 0) {
            UNTIL(is_done(race.ctx));
        }
        ctx_cancel(race.ctx);
        for (int b = 0; b < BELOW; b++) {
            assert_true(is_done(below[b]));
        }
        meet(&race.meeting);
        for (int b = BELOW; b-- > 0;) {
            ctx_free(below[b]);
        }
        ctx_free(race.ctx);
    }
    join(thread);
}

/* Go's TestSimultaneousCancels: a tree of 100, all cancelled at once, in any order. */
CLAIM(a_hundred_cancels_in_one_tree_do_not_get_stuck) {
    enum { NODES = 100 };
    struct random random = chance(3);
    for (int round = 0; round < scaled(8); round++) {
        struct ctx *nodes[NODES];
        struct crowd crowd;
        crowd_init(&crowd);
        nodes[0] = child_of(ctx_background());
        for (int i = 1; i < NODES; i++) {
            nodes[i] = child_of(nodes[random_below(&random, (uint32_t)i)]);
        }
        for (int i = 0; i < NODES; i++) {
            crowd_add(&crowd, cancel, nodes[i]);
        }
        crowd_start(&crowd);
        for (int i = 0; i < NODES; i++) {
            assert_int_equal(chan_receive(ctx_done(nodes[i]), NULL, DEADLINE_NEVER),
                             CHAN_CLOSED);
        }
        crowd_join(&crowd);
        for (int i = NODES; i-- > 0;) {
            assert_int_equal(ctx_reason(nodes[i]), CTX_CANCELLED);
            ctx_free(nodes[i]);
        }
    }
}

struct family {
    struct ctx *parent, *child;
};

static void *cancel_child_after_parent(void *argument) {
    struct family *family = argument;
    chan_receive(ctx_done(family->parent), NULL, DEADLINE_NEVER);
    ctx_cancel(family->child);
    return NULL;
}

/* Go's TestInterlockedCancels. */
CLAIM(a_cancel_up_and_a_cancel_down_do_not_lock_each_other_out) {
    for (int i = 0; i < scaled(500); i++) {
        struct ctx *parent = child_of(ctx_background());
        struct family family = {parent, child_of(parent)};
        struct spawned *thread = spawn(cancel_child_after_parent, &family);
        ctx_cancel(parent);
        join(thread);
        assert_true(is_done(family.child));
        ctx_free(family.child);
        ctx_free(parent);
    }
}

struct nursery {
    struct ctx *parent;
    int rounds;
};

static void *make_and_free_children(void *argument) {
    struct nursery *nursery = argument;
    for (int i = 0; i < nursery->rounds; i++) {
        struct ctx *child = i % 2 ? child_of(nursery->parent)
                                  : ctx_with_timeout(nursery->parent, i % 7);
        struct ctx *grandchild = child_of(child);
        if (i % 3 == 0) {
            ctx_cancel(child);
            assert_true(is_done(grandchild));
        }
        ctx_free(grandchild);
        ctx_free(child);
    }
    return NULL;
}

CLAIM(children_come_and_go_while_the_parent_is_cancelled) {
    enum { THREADS = 6 };
    struct nursery nursery = {child_of(ctx_background()), scaled(2000)};
    struct crowd crowd;
    crowd_start_all(&crowd, THREADS, make_and_free_children, &nursery);
    chan_receive(ctx_done(nursery.parent), NULL, now_ns() + NS_PER_MS);
    ctx_cancel(nursery.parent);
    crowd_join(&crowd);
    assert_int_equal(ctx_children(nursery.parent), 0);
    ctx_free(nursery.parent);
}
