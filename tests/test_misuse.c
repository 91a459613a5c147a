/* A bug in the caller ends the program, with a reason. */
#include "support/suite.h"
#include "sync/ctx.h"
#include "sync/wait_group.h"

/* A claim that what follows ends the program. */
#define FATAL(misuse)                                                                  \
    static void misuse##_in_child(void);                                               \
    CLAIM(misuse##_ends_the_program) {                                                 \
        assert_ends_program(misuse##_in_child);                                        \
    }                                                                                  \
    static void misuse##_in_child(void)

FATAL(closing_twice) {
    struct chan *chan = chan_create(1, 0);
    chan_close(chan);
    chan_close(chan);
}

FATAL(closing_twice_past_the_moment) {
    struct chan *chan = chan_create(1, 0);
    chan_close_at(chan, DEADLINE_NOW);
    chan_close(chan);
    chan_close(chan);
}

FATAL(sending_on_no_channel) {
    chan_send(NULL, &(char){0}, DEADLINE_NOW);
}

FATAL(receiving_on_no_channel) {
    chan_receive(NULL, NULL, DEADLINE_NOW);
}

FATAL(failing_where_it_must_not) {
    must(EINVAL);
}

FATAL(sending_no_value) {
    chan_send(chan_create(1, 1), NULL, DEADLINE_NOW);
}

FATAL(a_select_that_sends_no_value) {
    struct chan_case send = {.chan = chan_create(1, 1), .direction = CHAN_SEND};
    chan_select(&send, 1, DEADLINE_NOW);
}

/* Go's reflect.TestSelectMaxCases, the half that is refused. */
FATAL(selecting_from_too_many_cases) {
    struct chan_case *cases = calloc(SELECT_MAX + 1, sizeof cases[0]);
    chan_select(cases, SELECT_MAX + 1, DEADLINE_NOW);
}

FATAL(selecting_from_less_than_nothing) {
    chan_select(NULL, -1, DEADLINE_NOW);
}

FATAL(freeing_a_channel_that_is_waited_on) {
    struct chan *chan = chan_create(1, 0);
    struct operation receive = {.chan = chan, .direction = CHAN_RECEIVE};
    operation_park(&receive);
    chan_free(chan);
}

/* Go's TestWaitGroupMisuse. */
FATAL(being_done_too_often) {
    struct wait_group group;
    wait_group_init(&group);
    wait_group_add(&group, 1);
    wait_group_done(&group);
    wait_group_done(&group);
}

FATAL(adding_below_zero) {
    struct wait_group group;
    wait_group_init(&group);
    wait_group_add(&group, 2);
    wait_group_add(&group, -3);
}

/* Go's TestInvalidDerivedFail. */
FATAL(a_context_without_parent) {
    ctx_with_cancel(NULL);
}

FATAL(a_deadline_without_parent) {
    ctx_with_deadline(NULL, DEADLINE_NOW);
}

FATAL(cancelling_the_background) {
    ctx_cancel(ctx_background());
}

FATAL(freeing_a_context_before_its_children) {
    struct ctx *parent = ctx_with_cancel(ctx_background());
    ctx_with_cancel(parent);
    ctx_free(parent);
}
