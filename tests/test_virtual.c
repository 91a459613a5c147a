/* Virtual time: where it stands, when it moves, and how it ends. */
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "measure/tally.h"
#include "support/suite.h"
#include "sync/ctx.h"
#include "sync/deadlock.h"
#include "sync/park.h"
#include "sync/sleep.h"
#include "sync/wait_group.h"

#define HOUR_NS (3600 * NS_PER_S)

CLAIM(it_begins_with_a_moment_that_is_no_deadline) {
    assert_true(clock_is_virtual());
    assert_true(now_ns() > DEADLINE_NOW);
}

CLAIM(it_stands_still_while_fibers_run) {
    int64_t before_ns = now_ns();
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do { /* at least a millisecond of the real one */
        thread_yield();
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((now.tv_sec - start.tv_sec) * NS_PER_S + now.tv_nsec - start.tv_nsec <
             NS_PER_MS);
    assert_int_equal(now_ns(), before_ns);
}

CLAIM(a_sleep_ends_at_its_very_moment) {
    for (int64_t hours = 0; hours < 1000; hours++) {
        int64_t moment_ns = now_ns() + hours * HOUR_NS;
        thread_sleep_until(moment_ns);
        assert_int_equal(now_ns(), moment_ns);
    }
    int64_t now = now_ns();
    thread_sleep_until(now - 1); /* it has been */
    clock_make_virtual();        /* it is */
    assert_int_equal(now_ns(), now);
}

/* ---- the order of things ---- */

static char told[64];

struct teller {
    const char *name;
    int64_t moment_ns;
    int64_t spent_ns;
    int64_t told_at_ns;
};

static void *tell(void *argument) {
    struct teller *teller = argument;
    thread_sleep_until(teller->moment_ns);
    clock_spend(teller->spent_ns);
    strcat(told, teller->name);
    teller->told_at_ns = now_ns();
    return NULL;
}

enum { TELLERS = 4 };

static void tell_all(struct teller tellers[TELLERS]) {
    struct spawned *threads[TELLERS];
    told[0] = '\0';
    for (int i = 0; i < TELLERS; i++) {
        threads[i] = spawn(tell, &tellers[i]);
    }
    join_all(threads, TELLERS);
}

CLAIM(it_jumps_from_one_moment_to_the_next) {
    int64_t now = now_ns();
    struct teller tellers[TELLERS] = {{"c", now + 3 * HOUR_NS, 0, 0},
                                      {"a", now + 1, 0, 0},
                                      {"d", now + 3 * HOUR_NS, 0, 0},
                                      {"b", now + HOUR_NS, 0, 0}};
    tell_all(tellers);
    assert_string_equal(told, "abcd"); /* at the same moment, who was there first */
    for (int i = 0; i < TELLERS; i++) {
        assert_int_equal(tellers[i].told_at_ns, tellers[i].moment_ns);
    }
}

/* One CPU: while one spends time the others are late, each by what came before it. */
CLAIM(who_spends_time_makes_the_others_wait) {
    int64_t now = now_ns();
    struct teller tellers[TELLERS] = {{"a", now + 10, 5, 0},
                                      {"b", now + 12, 5, 0},
                                      {"d", now + 30, 5, 0},
                                      {"c", now + 14, 5, 0}};
    tell_all(tellers);
    assert_string_equal(told, "abcd");
    assert_int_equal(tellers[0].told_at_ns, now + 15);
    assert_int_equal(tellers[1].told_at_ns, now + 20);
    assert_int_equal(tellers[3].told_at_ns, now + 25);
    assert_int_equal(tellers[2].told_at_ns, now + 35);
}

static void *append(void *argument) {
    strcat(told, argument);
    return NULL;
}

/* One whose moment came meanwhile goes before one that is made ready afterwards. */
CLAIM(whose_moment_has_come_is_before_who_comes_later) {
    struct teller early = {"a", now_ns() + 5, 0, 0};
    struct spawned *sleeper = spawn(tell, &early);
    told[0] = '\0';
    thread_yield(); /* it sleeps */
    clock_spend(10);
    struct spawned *later = spawn(append, "b");
    join(later);
    join(sleeper);
    assert_string_equal(told, "ab");
}

CLAIM(who_would_not_wait_lets_nobody_else_run) {
    struct park park;
    park_init(&park);
    told[0] = '\0';
    struct spawned *other = spawn(append, "a");
    assert_false(park_wait(&park, DEADLINE_NOW, NULL));
    assert_string_equal(told, "");
    join(other);
}

/* ---- what is built on it ---- */

CLAIM(contexts_and_channels_go_by_it) {
    int64_t start_ns = now_ns();
    struct ctx *ctx = ctx_with_timeout(ctx_background(), HOUR_NS);
    struct chan *chan = chan_create(sizeof(int), 0);
    int64_t before_ns = start_ns + HOUR_NS - 1;
    assert_int_equal(chan_receive(ctx_done(ctx), NULL, before_ns), CHAN_TIMED_OUT);
    assert_int_equal(now_ns(), before_ns);
    assert_int_equal(ctx_reason(ctx), CTX_ALIVE);
    assert_false(sleep_until(start_ns + 2 * HOUR_NS, ctx_done(ctx)));
    assert_int_equal(now_ns(), start_ns + HOUR_NS);
    assert_int_equal(ctx_reason(ctx), CTX_DEADLINE_EXCEEDED);
    int64_t late_ns = now_ns() + 5;
    assert_int_equal(chan_send(chan, &(int){1}, late_ns), CHAN_TIMED_OUT);
    assert_int_equal(now_ns(), late_ns);
    chan_free(chan);
    ctx_free(ctx);
}

static struct chan *closed_from_outside;
static _Atomic bool begun;

static void *close_from_outside(void *unused) {
    thread_outsider_begins();
    atomic_store(&begun, true);
    usleep(20000); /* long enough for main to wait */
    chan_close(closed_from_outside);
    thread_outsider_ends();
    return unused;
}

CLAIM(it_stands_still_while_somebody_from_outside_acts) {
    pthread_t outsider;
    int64_t before_ns = now_ns();
    closed_from_outside = chan_create(0, 0);
    must(pthread_create(&outsider, NULL, close_from_outside, NULL));
    while (!atomic_load(&begun)) {
    }
    assert_int_equal(chan_receive(closed_from_outside, NULL, before_ns + HOUR_NS),
                     CHAN_CLOSED);
    assert_int_equal(now_ns(), before_ns);
    must(pthread_join(outsider, NULL));
    chan_free(closed_from_outside);
}

/* Everybody lets go at once, so no time passes between the two. */
CLAIM(a_stop_at_the_very_end_is_one) {
    static struct tally tally;
    tally_init(&tally, 1, NULL);
    tally_start(&tally, now_ns(), DEADLINE_NEVER);
    tally_stop(&tally, STOP_SIGNAL);
    tally_finish(&tally);
    assert_int_equal(tally_stop_reason(&tally), STOP_SIGNAL);
}

/* ---- how it ends ---- */

static void wait_for_ever(void) {
    struct chan *chan = chan_create(0, 0);
    chan_receive(chan, NULL, DEADLINE_NEVER);
}

static void watch_and_wait_for_ever(void) {
    deadlock_watch("main");
    wait_for_ever();
}

static void sleep_past_the_end(void) {
    thread_sleep_until(DEADLINE_NEVER - 1);
    thread_sleep_until(deadline_after_ns(now_ns(), 2));
}

static void spend_all(void) {
    clock_spend(INT64_MAX / 2);
    clock_spend(INT64_MAX / 2);
    clock_spend(1);
}

static void assert_end_of_time(void (*body)(void)) {
    struct child_end end = child_run(body);
    assert_ended(&end, 2);
    assert_non_null(strstr(end.said, "the end of virtual time, 292 years"));
}

/* In real time these would wait, for ever or for 292 years. */
CLAIM(who_waits_for_ever_is_told_so_at_once) {
    assert_end_of_time(wait_for_ever);
    assert_end_of_time(sleep_past_the_end);
    assert_end_of_time(spend_all);
    struct child_end end = child_run(watch_and_wait_for_ever);
    assert_ended(&end, 2);
    assert_non_null(strstr(end.said, "all fibers are asleep - deadlock!"));
}

int main(int argc, char **argv) {
    clock_make_virtual();
    return suite_run(argc, argv);
}
