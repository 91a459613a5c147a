/* A bug in the caller ends the program, with a reason. */
#include <stdlib.h>

#include "support/death.h"
#include "support/operation.h"
#include "support/suite.h"
#include "sync/chan.h"
#include "sync/clock.h"
#include "sync/ctx.h"
#include "sync/wait_group.h"

static void close_twice(void) {
    struct chan *chan = chan_create(1, 0);
    chan_close(chan);
    chan_close(chan);
}

static void close_twice_past_the_moment(void) {
    struct chan *chan = chan_create(1, 0);
    chan_close_at(chan, DEADLINE_NOW);
    chan_close(chan);
    chan_close(chan);
}

static void send_on_no_channel(void) {
    chan_send(NULL, &(char){0}, DEADLINE_NOW);
}

static void receive_on_no_channel(void) {
    chan_receive(NULL, NULL, DEADLINE_NOW);
}

static void send_no_value(void) {
    chan_send(chan_create(1, 1), NULL, DEADLINE_NOW);
}

static void select_send_no_value(void) {
    struct chan_case send = {.chan = chan_create(1, 1), .direction = CHAN_SEND};
    chan_select(&send, 1, DEADLINE_NOW);
}

static void select_too_many(void) {
    struct chan_case *cases = calloc(SELECT_MAX + 1, sizeof cases[0]);
    chan_select(cases, SELECT_MAX + 1, DEADLINE_NOW);
}

static void select_less_than_nothing(void) {
    chan_select(NULL, -1, DEADLINE_NOW);
}

static void free_while_a_thread_waits(void) {
    struct chan *chan = chan_create(1, 0);
    struct operation receive = {.chan = chan, .direction = CHAN_RECEIVE};
    operation_park(&receive);
    chan_free(chan);
}

static void done_too_often(void) {
    struct wait_group group;
    wait_group_init(&group);
    wait_group_add(&group, 1);
    wait_group_done(&group);
    wait_group_done(&group);
}

static void add_below_zero(void) {
    struct wait_group group;
    wait_group_init(&group);
    wait_group_add(&group, 2);
    wait_group_add(&group, -3);
}

static void context_without_parent(void) {
    ctx_with_cancel(NULL);
}

static void deadline_without_parent(void) {
    ctx_with_deadline(NULL, DEADLINE_NOW);
}

static void cancel_the_background(void) {
    ctx_cancel(ctx_background());
}

static void free_before_the_children(void) {
    struct ctx *parent = ctx_with_cancel(ctx_background());
    ctx_with_cancel(parent);
    ctx_free(parent);
}

CLAIM(closing_twice_ends_the_program) {
    assert_ends_program(close_twice);
    assert_ends_program(close_twice_past_the_moment);
}

CLAIM(using_no_channel_ends_the_program) {
    assert_ends_program(send_on_no_channel);
    assert_ends_program(receive_on_no_channel);
}

CLAIM(sending_no_value_ends_the_program) {
    assert_ends_program(send_no_value);
    assert_ends_program(select_send_no_value);
}

/* Go's reflect.TestSelectMaxCases, the half that is refused. */
CLAIM(selecting_from_too_many_cases_ends_the_program) {
    assert_ends_program(select_too_many);
    assert_ends_program(select_less_than_nothing);
}

CLAIM(freeing_a_channel_that_is_waited_on_ends_the_program) {
    assert_ends_program(free_while_a_thread_waits);
}

/* Go's TestWaitGroupMisuse. */
CLAIM(a_wait_group_below_zero_ends_the_program) {
    assert_ends_program(done_too_often);
    assert_ends_program(add_below_zero);
}

/* Go's TestInvalidDerivedFail. */
CLAIM(a_context_without_parent_ends_the_program) {
    assert_ends_program(context_without_parent);
    assert_ends_program(deadline_without_parent);
}

CLAIM(cancelling_the_background_ends_the_program) {
    assert_ends_program(cancel_the_background);
}

CLAIM(freeing_a_context_before_its_children_ends_the_program) {
    assert_ends_program(free_before_the_children);
}
