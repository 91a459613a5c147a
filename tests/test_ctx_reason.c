/* The first cause wins: a table of what may happen to a parent and its child, in every
 * order. The idea is Go's TestCause. */
#include "support/suite.h"
#include "sync/ctx.h"

/* The steps, in order:  P parent cancelled   p parent's deadline passes
 *                       C child cancelled    c child's deadline passes
 *                       n the child is made only now */
struct story {
    const char *steps;
    enum ctx_reason parent, child;
};

static const struct story stories[] = {
    {"", CTX_ALIVE, CTX_ALIVE},
    {"P", CTX_CANCELLED, CTX_CANCELLED},
    {"C", CTX_ALIVE, CTX_CANCELLED},
    {"p", CTX_DEADLINE_EXCEEDED, CTX_DEADLINE_EXCEEDED},
    {"c", CTX_ALIVE, CTX_DEADLINE_EXCEEDED},
    {"PP", CTX_CANCELLED, CTX_CANCELLED},
    {"PC", CTX_CANCELLED, CTX_CANCELLED},
    {"CP", CTX_CANCELLED, CTX_CANCELLED},
    {"Pp", CTX_CANCELLED, CTX_CANCELLED},
    {"pP", CTX_DEADLINE_EXCEEDED, CTX_DEADLINE_EXCEEDED},
    {"Pc", CTX_CANCELLED, CTX_CANCELLED},
    {"cP", CTX_CANCELLED, CTX_DEADLINE_EXCEEDED},
    {"Cp", CTX_DEADLINE_EXCEEDED, CTX_CANCELLED},
    {"pC", CTX_DEADLINE_EXCEEDED, CTX_DEADLINE_EXCEEDED},
    {"Cc", CTX_ALIVE, CTX_CANCELLED},
    {"cC", CTX_ALIVE, CTX_DEADLINE_EXCEEDED},
    {"pc", CTX_DEADLINE_EXCEEDED, CTX_DEADLINE_EXCEEDED},
    {"cp", CTX_DEADLINE_EXCEEDED, CTX_DEADLINE_EXCEEDED},
    {"CPp", CTX_CANCELLED, CTX_CANCELLED},
    {"cPp", CTX_CANCELLED, CTX_DEADLINE_EXCEEDED},
    {"PCc", CTX_CANCELLED, CTX_CANCELLED},
    {"pCP", CTX_DEADLINE_EXCEEDED, CTX_DEADLINE_EXCEEDED},
    {"Pn", CTX_CANCELLED, CTX_CANCELLED},
    {"pn", CTX_DEADLINE_EXCEEDED, CTX_DEADLINE_EXCEEDED},
    {"pPn", CTX_DEADLINE_EXCEEDED, CTX_DEADLINE_EXCEEDED},
    {"Ppn", CTX_CANCELLED, CTX_CANCELLED},
    {"cn", CTX_ALIVE, CTX_DEADLINE_EXCEEDED},
    {"Pcn", CTX_CANCELLED, CTX_CANCELLED},
    {"PnC", CTX_CANCELLED, CTX_CANCELLED},
    {"pnC", CTX_DEADLINE_EXCEEDED, CTX_DEADLINE_EXCEEDED},
};

/* A context's deadline lies one delay later for each step before it passes. */
static int64_t deadline_of(const char *steps, char passes, int64_t begin_ns,
                           int64_t delay_ns) {
    const char *step = strchr(steps, passes);
    return step == NULL ? DEADLINE_NEVER : begin_ns + (step - steps + 1) * delay_ns;
}

struct stage {
    int64_t parent_deadline_ns, child_deadline_ns;
    struct ctx *parent, *child;
};

/* False: this machine was so slow that a deadline passed before its step. */
static bool play_step(struct stage *stage, const char *step) {
    switch (*step) {
    case 'P':
        ctx_cancel(stage->parent);
        break;
    case 'C':
        ctx_cancel(stage->child);
        break;
    case 'n':
        stage->child = ctx_with_deadline(stage->parent, stage->child_deadline_ns);
        break;
    case 'p':
        UNTIL(is_past(stage->parent_deadline_ns));
        break;
    case 'c':
        UNTIL(is_past(stage->child_deadline_ns));
        break;
    }
    bool parent_is_early =
        strchr(step, 'p') != NULL && *step != 'p' && is_past(stage->parent_deadline_ns);
    bool child_is_early =
        strchr(step, 'c') != NULL && *step != 'c' && is_past(stage->child_deadline_ns);
    return !parent_is_early && !child_is_early;
}

static bool play(const struct story *story, int64_t delay_ns, bool asks_meanwhile) {
    int64_t begin_ns = now_ns();
    struct stage stage = {
        .parent_deadline_ns = deadline_of(story->steps, 'p', begin_ns, delay_ns),
        .child_deadline_ns = deadline_of(story->steps, 'c', begin_ns, delay_ns),
    };
    bool in_time = true;
    stage.parent = ctx_with_deadline(ctx_background(), stage.parent_deadline_ns);
    if (strchr(story->steps, 'n') == NULL) {
        stage.child = ctx_with_deadline(stage.parent, stage.child_deadline_ns);
    }
    for (const char *step = story->steps; *step != '\0' && in_time; step++) {
        in_time = play_step(&stage, step);
        if (asks_meanwhile) {
            ctx_reason(stage.parent); /* which may settle it: no difference allowed */
        }
    }
    if (in_time) {
        print_message("%s\n", story->steps);
        assert_int_equal(ctx_reason(stage.parent), story->parent);
        assert_int_equal(ctx_reason(stage.child), story->child);
        assert_int_equal(ctx_reason(stage.parent), story->parent);
    }
    ctx_free(stage.child);
    ctx_free(stage.parent);
    return in_time;
}

static void play_all(bool asks_meanwhile) {
    for (size_t i = 0; i < sizeof stories / sizeof stories[0]; i++) {
        int64_t delay_ns = NS_PER_MS;
        while (!play(&stories[i], delay_ns, asks_meanwhile)) {
            delay_ns *= 2;
        }
    }
}

CLAIM(the_first_cause_wins_when_asked_at_the_end) {
    play_all(false);
}

CLAIM(the_first_cause_wins_when_asked_at_every_step) {
    play_all(true);
}
