/* Contexts below contexts, layer upon layer: what ends one ends all below it. */
#include "support/contexts.h"
#include "support/suite.h"
#include "sync/ctx.h"

enum { LAYERS_MOST = 60 };

static int stack_layers(struct ctx **layers, struct random *random,
                        int64_t timeout_ns) {
    int count = 30 + (int)random_below(random, LAYERS_MOST - 30);
    layers[0] = child_of(ctx_background());
    for (int i = 1; i < count; i++) {
        bool timed = random_below(random, 3) == 0;
        layers[i] = timed ? ctx_with_timeout(layers[i - 1], timeout_ns)
                          : child_of(layers[i - 1]);
    }
    return count;
}

/* Those from the first on are done, those before it are not; frees them all. */
static void assert_ended_from(int first, struct ctx **layers, int count,
                              enum ctx_reason reason) {
    for (int i = count; i-- > 0;) {
        if (i < first) {
            assert_alive(layers[i]);
        } else {
            assert_done(layers[i], reason);
        }
    }
    while (count-- > 0) {
        ctx_free(layers[count]);
    }
}

/* Go's TestLayersCancel. */
CLAIM(a_cancel_reaches_every_layer_below) {
    struct random random = chance(1);
    for (int round = 0; round < 50; round++) {
        struct ctx *layers[LAYERS_MOST];
        int count = stack_layers(layers, &random, 3600 * NS_PER_S);
        int cancelled = (int)random_below(&random, (uint32_t)count);
        ctx_cancel(layers[cancelled]);
        assert_ended_from(cancelled, layers, count, CTX_CANCELLED);
    }
}

/* Go's TestLayersTimeout. */
CLAIM(a_timeout_reaches_every_layer_below) {
    struct random random = chance(2);
    for (int round = 0; round < 20; round++) {
        struct ctx *layers[LAYERS_MOST];
        int count = stack_layers(layers, &random, NS_PER_MS);
        int first_timed = 0;
        while (first_timed < count &&
               ctx_deadline_ns(layers[first_timed]) == DEADLINE_NEVER) {
            first_timed++;
        }
        if (first_timed < count) {
            UNTIL(is_past(ctx_deadline_ns(layers[first_timed])));
        }
        assert_ended_from(first_timed, layers, count, CTX_DEADLINE_EXCEEDED);
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
