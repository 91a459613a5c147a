/*
 * Each allocation fails once: the function says so and leaves nothing behind. Run with
 * shims/fail.c preloaded.
 */
#include <malloc.h>

#include "http/get.h"
#include "simulation/remote.h"
#include "support/suite.h"
#include "sync/ctx.h"

/* The shim's; NULL without it. */
__attribute__((weak)) long fail_arm(const char *what, long at);

enum { MESON_SKIP = 77 };

CLAIM(a_channel_without_memory_is_refused) {
    fail_arm("malloc", 1);
    errno = 0;
    struct chan *none = chan_create(8, 100);
    fail_arm("malloc", 0);
    assert_null(none);
    assert_int_equal(errno, ENOMEM);
}

/* How many times it is refused, for k = 1, 2, 3 ... until it succeeds. */
static int refusals(struct ctx *parent) {
    for (int refused = 0;; refused++) {
        fail_arm("malloc", refused + 1);
        errno = 0;
        struct ctx *ctx = ctx_with_timeout(parent, 3600 * NS_PER_S);
        fail_arm("malloc", 0);
        if (ctx != NULL) {
            ctx_free(ctx);
            return refused;
        }
        assert_int_equal(errno, ENOMEM);
        assert_int_equal(ctx_children(parent), 0);
    }
}

/* Go's TestAllocs: a context takes two blocks, itself and its channel, so it can be
 * refused twice. malloc keeps a little of what is freed, so it takes a thousand rounds
 * to tell. */
CLAIM(a_context_without_memory_is_refused_and_leaves_nothing) {
    struct ctx *parent = ctx_with_cancel(ctx_background());
    size_t before = mallinfo2().uordblks;
    for (int round = 0; round < 1000; round++) {
        assert_int_equal(refusals(parent), 2);
    }
    assert_between(mallinfo2().uordblks, 0, before + 4096);
    ctx_free(parent);
}

CLAIM(a_small_select_needs_no_memory) {
    struct chan_case cases[4];
    for (int i = 0; i < 4; i++) {
        cases[i] = (struct chan_case){chan_create(1, 0), CHAN_RECEIVE, NULL, CHAN_OK};
    }
    fail_arm("malloc", 1);
    assert_int_equal(chan_select(cases, 4, now_ns() + NS_PER_MS), -1);
    fail_arm("malloc", 0);
    for (int i = 0; i < 4; i++) {
        chan_free(cases[i].chan);
    }
}

static const char nobody[] = "http://127.0.0.1:1"; /* listens there */

CLAIM(a_call_without_memory_is_broken_and_leaves_nothing) {
    if (http_load() != NULL) {
        skip();
    }
    long at = 0;
    long calls;
    do {
        at++;
        struct http http;
        struct http_answer answer;
        assert_int_equal(http_init(&http), 0);
        fail_arm("malloc", at);
        enum http_end end = http_get(&http, nobody, DEADLINE_NEVER, -1, &answer);
        calls = fail_arm("malloc", 0);
        assert_int_equal(end, HTTP_BROKEN);
        http_destroy(&http); /* it would wait for a handle that is left */
    } while (calls >= at);
    assert_true(at > 3);
}

CLAIM(a_remote_api_without_memory_is_refused) {
    struct remote *remote = NULL;
    for (long at = 1; remote == NULL; at++) {
        fail_arm("malloc", at);
        errno = 0;
        remote = remote_create(nobody);
        fail_arm("malloc", 0);
        assert_true(remote != NULL || errno == ENOMEM);
    }
    remote_free(remote);
}

int main(int argc, char **argv) {
    if (fail_arm == NULL) {
        fputs("needs libfail.so preloaded\n", stderr);
        return MESON_SKIP;
    }
    return suite_run(argc, argv);
}
