/* The circuit breaker, step by step on an invented clock. */
#include "simulation/breaker.h"
#include "support/suite.h"

enum { PAUSE = 100 };

static struct breaker breaker;
static uint64_t tickets[16];

/* What happens at a moment: call number `call` begins, or ends. */
struct step {
    int64_t at_ns;
    enum { LET, STOPPED, WELL, FAILED, NOTHING } what;
    int call;
    enum breaker_state then;
};

static void take_step(const struct step *step) {
    static const enum call_end ends[] = {[WELL] = CALL_WENT_WELL,
                                         [FAILED] = CALL_FAILED,
                                         [NOTHING] = CALL_TELLS_NOTHING};
    if (step->what == LET || step->what == STOPPED) {
        bool let = breaker_allows(&breaker, step->at_ns, &tickets[step->call]);
        assert_int_equal(let, step->what == LET);
    } else {
        breaker_tell(&breaker, tickets[step->call], ends[step->what], step->at_ns);
    }
    assert_int_equal(breaker.state, step->then);
}

static void assert_steps(int64_t most_failures, const struct step *steps, int count) {
    breaker_init(&breaker, most_failures, PAUSE);
    for (int i = 0; i < count; i++) {
        take_step(&steps[i]);
    }
    breaker_destroy(&breaker);
}

#define ASSERT_STEPS(most_failures, ...)                                               \
    assert_steps(most_failures, (const struct step[]){__VA_ARGS__},                    \
                 sizeof((const struct step[]){__VA_ARGS__}) / sizeof(struct step))

#define C BREAKER_CLOSED
#define O BREAKER_OPEN
#define H BREAKER_HALF_OPEN

CLAIM(failures_in_a_row_open_it) {
    ASSERT_STEPS(3, {0, LET, 0, C}, {1, FAILED, 0, C}, {1, LET, 1, C},
                 {2, FAILED, 1, C}, {2, LET, 2, C}, {3, FAILED, 2, O},
                 {4, STOPPED, 3, O});
    ASSERT_STEPS(1, {0, LET, 0, C}, {1, FAILED, 0, O}, {2, STOPPED, 1, O});
    /* A call that was interrupted is neither in the row nor the end of it. */
    ASSERT_STEPS(2, {0, LET, 0, C}, {1, FAILED, 0, C}, {1, LET, 1, C},
                 {2, NOTHING, 1, C}, {2, LET, 2, C}, {3, FAILED, 2, O});
}

CLAIM(a_success_between_starts_the_count_again) {
    ASSERT_STEPS(2, {0, LET, 0, C}, {0, LET, 1, C}, {0, LET, 2, C}, {1, FAILED, 0, C},
                 {2, WELL, 1, C}, {3, FAILED, 2, C}, {3, LET, 3, C}, {4, FAILED, 3, O});
}

CLAIM(after_the_pause_one_call_is_the_probe) {
    ASSERT_STEPS(1, {0, LET, 0, C}, {10, FAILED, 0, O}, {109, STOPPED, 1, O},
                 {110, LET, 2, H}, {110, STOPPED, 3, H}, {150, STOPPED, 4, H},
                 {160, WELL, 2, C}, {160, LET, 5, C}, {160, LET, 6, C});
}

CLAIM(a_probe_that_fails_opens_it_for_another_pause) {
    ASSERT_STEPS(5, {0, LET, 0, C}, {0, LET, 1, C}, {0, LET, 2, C}, {0, LET, 3, C},
                 {0, LET, 4, C}, {1, FAILED, 0, C}, {1, FAILED, 1, C},
                 {1, FAILED, 2, C}, {1, FAILED, 3, C}, {1, FAILED, 4, O},
                 {101, LET, 5, H}, {120, FAILED, 5, O}, {219, STOPPED, 6, O},
                 {220, LET, 7, H});
}

CLAIM(a_probe_that_tells_nothing_leaves_its_turn_to_another) {
    ASSERT_STEPS(1, {0, LET, 0, C}, {0, FAILED, 0, O}, {100, LET, 1, H},
                 {101, NOTHING, 1, H}, {102, LET, 2, H}, {103, STOPPED, 3, H},
                 {104, WELL, 2, C});
}

CLAIM(calls_of_an_earlier_time_count_no_more) {
    ASSERT_STEPS(1, {0, LET, 0, C}, {0, LET, 1, C}, {0, LET, 2, C}, {0, LET, 3, C},
                 {0, LET, 4, C}, {1, FAILED, 0, O}, {50, FAILED, 1, O},
                 {60, WELL, 2, O}, {100, STOPPED, 5, O}, {101, LET, 6, H},
                 {102, WELL, 3, H}, {103, STOPPED, 7, H}, {104, FAILED, 4, H},
                 {105, WELL, 6, C});
}

CLAIM(what_it_did_is_counted) {
    uint64_t ticket;
    breaker_init(&breaker, 1, PAUSE);
    assert_int_equal(breaker_open_ns(&breaker, 1000), 0);
    breaker_allows(&breaker, 0, &ticket);
    breaker_tell(&breaker, ticket, CALL_FAILED, 10);
    assert_false(breaker_allows(&breaker, 20, &ticket));
    assert_int_equal(breaker_open_ns(&breaker, 50), 40);
    breaker_allows(&breaker, 110, &ticket);
    breaker_tell(&breaker, ticket, CALL_FAILED, 120);
    breaker_allows(&breaker, 220, &ticket);
    assert_int_equal(breaker_open_ns(&breaker, 230), 220);
    uint64_t other;
    assert_false(breaker_allows(&breaker, 235, &other)); /* while the probe is away */
    breaker_tell(&breaker, ticket, CALL_WENT_WELL, 240);
    assert_int_equal(breaker_open_ns(&breaker, 1000), 230);
    assert_int_equal(breaker.opened, 2);
    assert_int_equal(breaker.stopped, 2);
    breaker_destroy(&breaker);
}

CLAIM(without_one_everything_is_let_through) {
    ASSERT_STEPS(0, {0, LET, 0, C}, {0, FAILED, 0, C}, {0, LET, 1, C});
}
