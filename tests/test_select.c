/* Select: one of several, fairly, all or nothing. */
#include <malloc.h>
#include <math.h>

#include "support/chooser.h"
#include "support/suite.h"

static struct chan_case sending(struct chan *chan, int *value) {
    return (struct chan_case){chan, CHAN_SEND, value, CHAN_TIMED_OUT};
}

static struct chan_case receiving(struct chan *chan, int *value) {
    return (struct chan_case){chan, CHAN_RECEIVE, value, CHAN_TIMED_OUT};
}

CLAIM(nothing_to_choose_from_waits_for_the_deadline) {
    struct chan_case never[] = {sending(NULL, NULL), receiving(NULL, NULL)};
    for (int count = 0; count <= 2; count++) {
        int64_t deadline_ns = now_ns() + NS_PER_MS;
        assert_int_equal(chan_select(never, count, deadline_ns), -1);
        assert_true(now_ns() >= deadline_ns);
        assert_int_equal(chan_select(never, count, DEADLINE_NOW), -1);
        assert_int_equal(chan_select(never, count, INT64_MIN), -1);
    }
}

CLAIM(closing_one_channel_wakes_a_select) {
    for (int direction = CHAN_SEND; direction <= CHAN_RECEIVE; direction++) {
        for (int closed = 0; closed < 3; closed++) {
            struct chan *chans[3] = {ints(0), ints(0), ints(0)};
            int values[3] = {1, 2, 3};
            struct chooser chooser = {.count = 3};
            for (int c = 0; c < 3; c++) {
                chooser.cases[c] = (struct chan_case){
                    chans[c], (enum chan_direction)direction, &values[c], CHAN_OK};
            }
            chooser_park(&chooser);
            chan_close(chans[closed]);
            assert_int_equal(chooser_join(&chooser), closed);
            assert_int_equal(chooser.cases[closed].result, CHAN_CLOSED);
            for (int c = 0; c < 3; c++) {
                bool zeroed = c == closed && direction == CHAN_RECEIVE;
                assert_int_equal(values[c], zeroed ? 0 : c + 1);
                assert_int_equal(chan_waiters(chans[c], direction), 0);
                chan_free(chans[c]);
            }
        }
    }
}

/* Go's select3.go: "select should not get confused if it sees itself". */
CLAIM(a_select_does_not_meet_itself) {
    struct chan *chan = ints(0);
    int sent = 1;
    int got = 2;
    struct chan_case cases[] = {sending(chan, &sent), receiving(chan, &got)};
    assert_int_equal(chan_select(cases, 2, DEADLINE_NOW), -1);
    assert_int_equal(chan_select(cases, 2, now_ns() + NS_PER_MS), -1);
    assert_int_equal(got, 2);
    assert_int_equal(chan_waiters(chan, CHAN_SEND), 0);
    assert_int_equal(chan_waiters(chan, CHAN_RECEIVE), 0);
    chan_free(chan);
}

/* Go's select2.go: losing cases must go, at once and whatever ended the select. */
CLAIM(losing_cases_leave_nothing_behind) {
    struct chan *busy = ints(0);
    struct chan *quiet = ints(0);
    int got = -1;
    struct chooser chooser = {.count = 2};
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < scaled(2000); i++) {
        chooser.cases[0] = receiving(quiet, NULL);
        chooser.cases[1] = receiving(busy, &got);
        chooser.deadline_ns = i % 3 == 0 ? now_ns() + i % 50 * NS_PER_US : 0;
        struct operation send = {.chan = busy,
                                 .direction = CHAN_SEND,
                                 .value = &i,
                                 .gives_up_after_ns = i % 3 == 0 ? NS_PER_US : 0};
        operation_start(&send);
        choose(&chooser);
        enum chan_result sent = operation_join(&send);
        assert_int_equal(sent, chooser.chosen == 1 ? CHAN_OK : CHAN_TIMED_OUT);
        assert_true(chooser.chosen == -1 || got == i);
        assert_int_equal(chan_waiters(quiet, CHAN_RECEIVE), 0);
        assert_int_equal(chan_waiters(busy, CHAN_RECEIVE), 0);
        assert_int_equal(chan_waiters(busy, CHAN_SEND), 0);
    }
    assert_between(mallinfo2().uordblks, 0, before + 4096);
    chan_free(quiet);
    chan_free(busy);
}

/* ---- chance ---- */

/* Trials among `ready` ready cases, listed behind some that are never ready (placed so,
 * Go once had a bias). Each must come up within 4.89 standard deviations: that
 * fails by bad luck once in a million. */
static void assert_fair(int ready, int never_ready) {
    enum { MOST = 8, TRIALS = 10000 };
    struct chan *never = ints(0);
    struct chan *chans[MOST];
    struct chan_case cases[2 * MOST];
    int counts[2 * MOST] = {0};
    for (int i = 0; i < ready; i++) {
        chans[i] = ints(1);
        assert_int_equal(try_send(chans[i], &i), CHAN_OK);
        cases[i] = receiving(never, NULL); /* the first never_ready stay so */
    }
    for (int i = 0; i < ready; i++) {
        cases[never_ready + i] = receiving(chans[i], NULL);
    }
    for (int trial = 0; trial < TRIALS; trial++) {
        int chosen = chan_select(cases, never_ready + ready, DEADLINE_NEVER);
        counts[chosen]++;
        assert_int_equal(try_send(cases[chosen].chan, &chosen), CHAN_OK);
    }
    double share = 1.0 / ready;
    double expected = (double)TRIALS * share;
    double sigma = sqrt(expected * (1 - share));
    for (int i = 0; i < ready; i++) {
        assert_true(fabs(counts[never_ready + i] - expected) < 4.89 * sigma);
        chan_free(chans[i]);
    }
    chan_free(never);
}

/* Go's TestSelectFairness, TestPseudoRandomSend. */
CLAIM(ready_cases_have_the_same_chance) {
    for (int ready = 2; ready <= 8; ready++) {
        assert_fair(ready, 0);
        assert_fair(ready, ready);
    }
}
