/* The tally: every task counted once, and the stop accounted for, on invented clocks.
 */
#include "measure/tally.h"
#include "support/suite.h"
#include "sync/sleep.h"

static struct tally tally;

/* A run that began at 1000 ns and was, or was not, told to stop at 2000. */
enum { BEGAN = 1000, STOPPED = 2000, TASKS = 1000000000 };

static void start(int64_t deadline_ns) {
    tally_init(&tally, TASKS, NULL);
    tally_start(&tally, BEGAN, deadline_ns);
}

static struct task_result account(int64_t due_ns, int64_t started_ns,
                                  int64_t finished_ns, enum outcome outcome) {
    return (struct task_result){.task = {.due_ns = due_ns},
                                .started_at_ns = BEGAN + started_ns,
                                .finished_at_ns = BEGAN + finished_ns,
                                .attempts = 1,
                                .outcome = outcome};
}

static void finish(int64_t due_ns, int64_t started_ns, int64_t finished_ns,
                   enum outcome outcome) {
    struct task_result of = account(due_ns, started_ns, finished_ns, outcome);
    tally_finished(&tally, &of);
}

/* ---- outcomes and latencies ---- */

CLAIM(every_outcome_is_counted_where_it_belongs) {
    start(DEADLINE_NEVER);
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        for (int times = 0; times <= i; times++) {
            finish(0, 0, 10, (enum outcome)i);
        }
    }
    tally_unstarted(&tally, (struct task){0}, OUTCOME_NOT_STARTED);
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        int64_t extra = i == OUTCOME_NOT_STARTED;
        assert_int_equal(tally_outcome(&tally, (enum outcome)i), i + 1 + extra);
    }
    assert_int_equal(tally_total(&tally), OUTCOME_COUNT * (OUTCOME_COUNT + 1) / 2 + 1);
}

/* A rejection takes 1 ms: among the latencies of answers it would be a quick one. */
CLAIM(latencies_count_from_when_due_and_those_of_failed_tasks_apart) {
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        enum outcome outcome = (enum outcome)i;
        bool answered = outcome == OUTCOME_OK || outcome == OUTCOME_SILENT;
        start(DEADLINE_NEVER);
        finish(10, 30, 60, outcome);
        assert_int_equal(histogram_mean_ns(&tally.latency), answered ? 50 : -1);
        assert_int_equal(histogram_mean_ns(&tally.failed_latency), answered ? -1 : 50);
        assert_int_equal(histogram_mean_ns(&tally.queue_wait), 20);
    }
}

static void assert_no_latency(void) {
    assert_int_equal(histogram_quantile_ns(&tally.latency, 1), -1);
    assert_int_equal(histogram_quantile_ns(&tally.failed_latency, 1), -1);
    assert_int_equal(histogram_quantile_ns(&tally.queue_wait, 1), -1);
}

CLAIM(a_task_never_started_has_no_latency) {
    start(DEADLINE_NEVER);
    tally_unstarted(&tally, (struct task){0}, OUTCOME_CANCELLED);
    assert_int_equal(tally_total(&tally), 1);
    tally_give_up(&tally, (struct task){.index = 1}, OUTCOME_CANCELLED);
    assert_int_equal(tally_total(&tally), TASKS);
    assert_no_latency();
}

/* The feeder gives up what it has not sent, then main what is left in the queue. */
CLAIM(tasks_given_up_are_counted_once_however_often_it_is_said) {
    start(DEADLINE_NEVER);
    tally_give_up(&tally, (struct task){.index = TASKS}, OUTCOME_CANCELLED);
    assert_int_equal(tally_total(&tally), 0);
    tally_give_up(&tally, (struct task){.index = 700}, OUTCOME_CANCELLED);
    tally_give_up(&tally, (struct task){.index = 400}, OUTCOME_CANCELLED);
    tally_give_up(&tally, (struct task){.index = 900}, OUTCOME_CANCELLED);
    assert_int_equal(tally_total(&tally), TASKS - 400);
    assert_int_equal(tally_outcome(&tally, OUTCOME_CANCELLED), TASKS - 400);
    assert_int_equal(tally_never_started(&tally), TASKS - 400);
}

/* At the moment it is given up, as the last anybody decided about the run. */
CLAIM(the_wall_time_ends_with_a_task_that_is_given_up) {
    start(DEADLINE_NEVER);
    finish(0, 0, 70, OUTCOME_OK);
    int64_t before_ns = now_ns();
    tally_unstarted(&tally, (struct task){0}, OUTCOME_CANCELLED);
    assert_between(tally_wall_ns(&tally), before_ns - BEGAN, now_ns() - BEGAN);
    start(DEADLINE_NEVER);
    before_ns = now_ns();
    tally_give_up(&tally, (struct task){.index = 7}, OUTCOME_NOT_STARTED);
    assert_between(tally_wall_ns(&tally), before_ns - BEGAN, now_ns() - BEGAN);
}

CLAIM(the_wall_time_ends_with_the_last_outcome) {
    start(DEADLINE_NEVER);
    assert_int_equal(tally_wall_ns(&tally), 0); /* not a task: no time */
    finish(0, 0, 70, OUTCOME_OK);
    finish(0, 0, 90, OUTCOME_OK);
    finish(0, 0, 80, OUTCOME_OK); /* told later, ended earlier */
    assert_int_equal(tally_wall_ns(&tally), 90);
}

/* ---- the stop ---- */

CLAIM(tasks_are_told_apart_by_where_they_were_at_the_stop) {
    start(STOPPED);                          /* which is 1000 into the run */
    finish(0, 100, 900, OUTCOME_OK);         /* done before */
    finish(0, 100, 1000, OUTCOME_OK);        /* done just then */
    finish(0, 900, 1100, OUTCOME_OK);        /* in flight, and left alone */
    finish(0, 900, 1001, OUTCOME_CANCELLED); /* in flight, and interrupted */
    finish(0, 900, 1000, OUTCOME_CANCELLED); /* at once, as in virtual time */
    finish(0, 1000, 1100, OUTCOME_OK);       /* started just then */
    finish(0, 1001, 1100, OUTCOME_OK);       /* started too late */
    tally_unstarted(&tally, (struct task){0}, OUTCOME_CANCELLED);
    tally_unstarted(&tally, (struct task){0}, OUTCOME_NOT_STARTED);
    tally_unstarted(&tally, (struct task){0}, OUTCOME_SHED); /* by no fault of a stop */
    assert_int_equal(tally.started_before_stop, 6);
    assert_int_equal(tally.in_flight_at_stop, 4);
    assert_int_equal(tally.interrupted, 2);
    assert_int_equal(tally_never_started(&tally), 2);
    assert_int_equal(tally_outcome(&tally, OUTCOME_CANCELLED), 3);
}

static void *finish_at_1500(void *unused) {
    (void)unused;
    finish(0, 100, 1500, OUTCOME_OK);
    return NULL;
}

CLAIM(who_ends_while_a_stop_is_noted_is_held_against_it) {
    start(DEADLINE_NEVER);
    atomic_store(&tally.stopping, 1); /* it has read the clock */
    struct spawned *thread = spawn(finish_at_1500, NULL);
    UNTIL(tally_total(&tally) == 1);
    sleep_until(now_ns() + 5 * NS_PER_MS, NULL); /* time enough to go wrong */
    atomic_store(&tally.stop_at_ns[STOP_SIGNAL], STOPPED);
    atomic_store(&tally.stopping, 0);
    join(thread);
    assert_int_equal(tally.started_before_stop, 1);
    assert_int_equal(tally.in_flight_at_stop, 1);
    tally_stop(&tally, STOP_SIGNAL);
    assert_int_equal(tally.stopping, 0);
}

CLAIM(a_deadline_after_the_end_stopped_nothing) {
    start(now_ns() + 3600 * NS_PER_S);
    tally_finish(&tally);
    assert_int_equal(tally_stop_reason(&tally), STOP_NOT);
    start(now_ns());
    tally_finish(&tally);
    assert_int_equal(tally_stop_reason(&tally), STOP_DEADLINE);
    start(DEADLINE_NEVER);
    tally_finish(&tally);
    assert_int_equal(tally_stop_reason(&tally), STOP_NOT);
}

CLAIM(the_first_reason_to_stop_stays) {
    start(DEADLINE_NEVER);
    tally_stop(&tally, STOP_FAIL_FAST);
    int64_t first_ns = tally_stop_at_ns(&tally);
    tally_stop(&tally, STOP_SIGNAL);
    while (now_ns() == first_ns) {
    }
    tally_stop(&tally, STOP_FAIL_FAST); /* by all who fail while it stops */
    tally_finish(&tally);
    assert_int_equal(tally_stop_reason(&tally), STOP_FAIL_FAST);
    assert_int_equal(tally_stop_at_ns(&tally), first_ns);
}

CLAIM(who_stops_before_the_deadline_is_the_reason) {
    start(now_ns() + 3600 * NS_PER_S);
    tally_stop(&tally, STOP_SIGNAL);
    tally_finish(&tally);
    assert_int_equal(tally_stop_reason(&tally), STOP_SIGNAL);
    start(now_ns()); /* the deadline has come first */
    tally_stop(&tally, STOP_SIGNAL);
    tally_finish(&tally);
    assert_int_equal(tally_stop_reason(&tally), STOP_DEADLINE);
}

/* ---- many threads ---- */

enum { THREADS = 8 };

struct clerk {
    enum outcome outcome;
    int count;
};

static void *count_outcomes(void *argument) {
    const struct clerk *clerk = argument;
    gauge_up(&tally.threads);
    for (int i = 0; i < clerk->count; i++) {
        if (i % 2 == 0) {
            finish(0, i, i + 1, clerk->outcome);
        } else {
            tally_unstarted(&tally, (struct task){0}, clerk->outcome);
        }
    }
    gauge_down(&tally.threads);
    return NULL;
}

CLAIM(threads_lose_no_task) {
    struct clerk clerks[THREADS];
    int each = 2 * scaled(10000);
    start(DEADLINE_NEVER);
    for (int i = 0; i < THREADS; i++) {
        clerks[i] = (struct clerk){(enum outcome)(i % 2), each};
    }
    crowd_run_each(THREADS, count_outcomes, clerks, sizeof clerks[0]);
    assert_int_equal(tally_total(&tally), THREADS * each);
    assert_int_equal(tally_outcome(&tally, (enum outcome)0), THREADS / 2 * each);
    assert_int_equal(tally_outcome(&tally, (enum outcome)1), THREADS / 2 * each);
    assert_int_equal(tally.latency.count, THREADS / 4 * each);
    assert_int_equal(tally.failed_latency.count, THREADS / 4 * each);
    assert_int_equal(tally.queue_wait.count, THREADS / 2 * each);
    assert_int_equal(tally.started_before_stop, THREADS / 2 * each);
    assert_int_equal(tally.threads.now, 0);
    assert_between(gauge_peak(&tally.threads), 1, THREADS);
}
