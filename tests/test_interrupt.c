/* Ctrl-C: heard by a thread of its own. Each claim in a child: it may end the program.
 */
#include <signal.h>
#include <unistd.h>

#include "chan.h"
#include "clock.h"
#include "ctx.h"
#include "measure/tally.h"
#include "program/interrupt.h"
#include "support/child.h"
#include "support/suite.h"

static struct interrupt interrupt;
static struct tally tally;
static struct ctx *ctx;

static void watch(void) {
    tally_init(&tally, 1, NULL);
    tally_start(&tally, now_ns(), DEADLINE_NEVER);
    ctx = ctx_with_cancel(ctx_background());
    interrupt_block();
    interrupt_watch(&interrupt, ctx, &tally);
}

static void stop_by(int signal) {
    watch();
    kill(getpid(), signal);
    assert_int_equal(chan_receive(ctx_done(ctx), NULL, DEADLINE_NEVER), CHAN_CLOSED);
    tally_finish(&tally);
    assert_int_equal(ctx_reason(ctx), CTX_CANCELLED);
    assert_int_equal(tally_stop_reason(&tally), STOP_SIGNAL);
    assert_int_equal(interrupt_end(&interrupt), signal);
}

static void stop_by_int(void) {
    stop_by(SIGINT);
}

static void stop_by_term(void) {
    stop_by(SIGTERM);
}

static void int_and_term_stop_the_run_and_not_the_program(void) {
    assert_child_ends(stop_by_int, 0);
    assert_child_ends(stop_by_term, 0);
}

static void be_left_alone(void) {
    watch();
    assert_int_equal(interrupt_end(&interrupt), 0);
    assert_int_equal(ctx_reason(ctx), CTX_ALIVE);
}

static void without_a_signal_nothing_is_stopped(void) {
    assert_child_ends(be_left_alone, 0);
}

static void hang_for_ever(void) {
    for (;;) {
        pause();
    }
}

static void stop_twice(void) {
    stop_by(SIGINT);
    kill(getpid(), SIGTERM);
    hang_for_ever();
}

static void ask_twice_at_once(void) {
    watch();
    kill(getpid(), SIGINT);
    chan_receive(ctx_done(ctx), NULL, DEADLINE_NEVER);
    kill(getpid(), SIGINT); /* nobody has come to interrupt_end() yet */
    hang_for_ever();
}

static void ask_when_the_run_is_over(void) {
    watch();
    assert_int_equal(interrupt_end(&interrupt), 0);
    kill(getpid(), SIGINT);
    hang_for_ever();
}

static void the_next_signal_ends_the_program_with_its_number(void) {
    assert_child_ends(stop_twice, 128 + SIGTERM);
    assert_child_ends(ask_twice_at_once, 128 + SIGINT);
    assert_child_ends(ask_when_the_run_is_over, 128 + SIGINT);
}

static const struct claim claims[] = {
    CLAIM(int_and_term_stop_the_run_and_not_the_program),
    CLAIM(without_a_signal_nothing_is_stopped),
    CLAIM(the_next_signal_ends_the_program_with_its_number),
};

int main(int argc, char **argv) {
    return SUITE_RUN(argc, argv, claims);
}
