/* Must fail, each in its way: else what the other test programs say is worth little. */
#include "support/suite.h"

CLAIM(a_false_claim_fails) {
    assert_int_equal(chan_capacity(chan_create(1, 2)), 3);
}

static void *claim_falsely(void *unused) {
    (void)unused;
    assert_true(false);
    return NULL;
}

CLAIM(a_false_claim_in_another_thread_fails) {
    join(spawn(claim_falsely, NULL));
}

CLAIM(a_claim_that_gets_stuck_fails) {
    chan_receive(chan_create(1, 0), NULL, DEADLINE_NEVER);
}
