/*
 * Power series whose coefficients flow through channels on demand, as many threads as
 * there are operations in flight, hundreds: M. D. McIlroy, "Squinting at power series";
 * Go's test/chan/powser1.go. The coefficients are known, so the result tells.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "support/scale.h"
#include "support/suite.h"
#include "support/threads.h"
#include "sync/chan.h"
#include "sync/clock.h"
#include "sync/ctx.h"
#include "sync/must.h"
#include "sync/wait_group.h"

/* Who wants the next coefficient asks for it first. */
struct series {
    struct chan *ask, *answer;
};

/* What a thread works on; not every operation needs all of it. */
struct job {
    void (*run)(struct job *job);
    struct series f, g, out[2];
    struct chan *turn;
    int64_t factor;
};

/* ---- threads and memory of one calculation ---- */

enum { KEPT_MOST = 20000 };

static struct ctx *calculation;
static struct wait_group threads;
static struct chan *chans[KEPT_MOST];
static struct job *jobs[KEPT_MOST];
static _Atomic int chan_count, job_count;

static struct chan *new_chan(size_t value_size) {
    struct chan *chan = chan_create(value_size, 0);
    int place = atomic_fetch_add(&chan_count, 1);
    invariant(place < KEPT_MOST);
    return chans[place] = chan;
}

static struct series new_series(void) {
    return (struct series){new_chan(0), new_chan(sizeof(int64_t))};
}

static void *run_job(void *argument) {
    struct job *job = argument;
    job->run(job);
    wait_group_done(&threads);
    return NULL;
}

static void start(struct job job) {
    struct job *kept = malloc(sizeof *kept);
    int place = atomic_fetch_add(&job_count, 1);
    invariant(kept != NULL && place < KEPT_MOST);
    *kept = job;
    jobs[place] = kept;
    wait_group_add(&threads, 1);
    must(pthread_detach(thread_start(run_job, kept)));
}

/* Does one of at most three; the thread ends here when the calculation does. */
static int one_of(struct chan_case *cases) {
    cases[3] = (struct chan_case){ctx_done(calculation), CHAN_RECEIVE, NULL, CHAN_OK};
    int chosen = chan_select(cases, 4, DEADLINE_NEVER);
    if (chosen == 3) {
        wait_group_done(&threads);
        pthread_exit(NULL);
    }
    return chosen;
}

static void pass(struct chan *chan, enum chan_direction direction, int64_t *value) {
    struct chan_case cases[4] = {{chan, direction, value, CHAN_OK}};
    one_of(cases);
}

/* ---- operations ---- */

static int64_t get(struct series from) {
    int64_t value = 0;
    pass(from.ask, CHAN_SEND, NULL);
    pass(from.answer, CHAN_RECEIVE, &value);
    return value;
}

static void put(struct series to, int64_t value) {
    pass(to.ask, CHAN_RECEIVE, NULL);
    pass(to.answer, CHAN_SEND, &value);
}

static void run_ones(struct job *job) {
    for (;;) {
        put(job->out[0], 1);
    }
}

static void run_scale(struct job *job) {
    for (;;) {
        pass(job->out[0].ask, CHAN_RECEIVE, NULL);
        int64_t value = job->factor * get(job->f);
        pass(job->out[0].answer, CHAN_SEND, &value);
    }
}

static void run_add(struct job *job) {
    for (;;) {
        pass(job->out[0].ask, CHAN_RECEIVE, NULL);
        int64_t value = get(job->f) + get(job->g);
        pass(job->out[0].answer, CHAN_SEND, &value);
    }
}

/* x times a series. */
static void run_shift(struct job *job) {
    put(job->out[0], 0);
    job->factor = 1;
    run_scale(job);
}

static struct series operate(void (*run)(struct job *), struct series f,
                             struct series g, int64_t factor) {
    struct series out = new_series();
    start((struct job){.run = run, .f = f, .g = g, .out = {out}, .factor = factor});
    return out;
}

/* One coefficient for both. Until it is our turn, only out[0] is served, the one that
 * was served first last time: the other still has to get that from the thread before.
 */
static void run_split(struct job *job) {
    struct series *out = job->out;
    struct chan_case cases[4] = {{out[0].ask, CHAN_RECEIVE, NULL, CHAN_OK},
                                 {job->turn, CHAN_RECEIVE, NULL, CHAN_OK}};
    int first = one_of(cases);
    bool our_turn = first == 1;
    if (our_turn) {
        cases[1].chan = out[1].ask;
        first = one_of(cases);
    }
    if (first == 1) {
        struct series swapped = out[0];
        out[0] = out[1];
        out[1] = swapped;
    }
    int64_t value = get(job->f);
    struct job next = *job;
    next.turn = new_chan(0);
    start(next);
    pass(out[0].answer, CHAN_SEND, &value);
    if (!our_turn) {
        pass(job->turn, CHAN_RECEIVE, NULL);
    }
    put(out[1], value);
    pass(next.turn, CHAN_SEND, NULL);
}

static void run_first_turn(struct job *job) {
    pass(job->turn, CHAN_SEND, NULL);
}

static void split(struct series from, struct series out[2]) {
    struct chan *turn = new_chan(0);
    out[0] = new_series();
    out[1] = new_series();
    start((struct job){
        .run = run_split, .f = from, .out = {out[0], out[1]}, .turn = turn});
    start((struct job){.run = run_first_turn, .turn = turn});
}

/* (f + xF)(g + xG) = fg + x(fG + gF + xFG). */
static void run_multiply(struct job *job) {
    struct series out = job->out[0];
    struct series fs[2], gs[2];
    struct series none = {NULL, NULL};
    pass(out.ask, CHAN_RECEIVE, NULL);
    int64_t f = get(job->f);
    int64_t g = get(job->g);
    int64_t product = f * g;
    pass(out.answer, CHAN_SEND, &product);
    split(job->f, fs);
    split(job->g, gs);
    struct series sum = operate(run_add, operate(run_scale, gs[0], none, f),
                                operate(run_scale, fs[0], none, g), 0);
    struct series rest =
        operate(run_shift, operate(run_multiply, fs[1], gs[1], 0), none, 0);
    job->f = operate(run_add, sum, rest, 0);
    job->factor = 1;
    run_scale(job);
}

/* ---- what is known about them ---- */

static void begin(void) {
    calculation = ctx_with_cancel(ctx_background());
    wait_group_init(&threads);
}

static void end(void) {
    ctx_cancel(calculation);
    wait_group_wait(&threads);
    wait_group_destroy(&threads);
    for (int i = atomic_exchange(&chan_count, 0); i-- > 0;) {
        chan_free(chans[i]);
    }
    for (int i = atomic_exchange(&job_count, 0); i-- > 0;) {
        free(jobs[i]);
    }
    ctx_free(calculation);
}

static struct series ones(void) {
    struct series none = {NULL, NULL};
    return operate(run_ones, none, none, 0);
}

/* 1 / (1 - x) squared is 1 + 2x + 3x^2 ... */
static void the_square_of_ones_counts(void) {
    int terms = scaled(24) < 4 ? 4 : scaled(24);
    begin();
    struct series square = operate(run_multiply, ones(), ones(), 0);
    for (int i = 0; i < terms; i++) {
        assert_int_equal(get(square), i + 1);
    }
    end();
}

/* ... and to the third power it gives the triangular numbers. */
static void the_cube_of_ones_is_triangular(void) {
    int terms = scaled(12) < 4 ? 4 : scaled(12);
    begin();
    struct series square = operate(run_multiply, ones(), ones(), 0);
    struct series cube = operate(run_multiply, square, ones(), 0);
    for (int i = 0; i < terms; i++) {
        assert_int_equal(get(cube), (i + 1) * (i + 2) / 2);
    }
    end();
}

/* Both halves of a split are the whole, however unevenly they are asked. */
static void a_split_series_gives_all_to_both(void) {
    struct series halves[2];
    begin();
    split(operate(run_multiply, ones(), ones(), 0), halves);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(get(halves[0]), i + 1);
    }
    for (int i = 0; i < 5; i++) {
        assert_int_equal(get(halves[1]), i + 1);
    }
    end();
}

static const struct claim claims[] = {
    CLAIM(the_square_of_ones_counts),
    CLAIM(the_cube_of_ones_is_triangular),
    CLAIM(a_split_series_gives_all_to_both),
};

int main(int argc, char **argv) {
    return SUITE_RUN(argc, argv, claims);
}
