/* Wait groups: nobody is let go early, nobody is forgotten, nothing is touched late. */
#include "support/suite.h"
#include "sync/wait_group.h"

CLAIM(waiting_for_nothing_returns_at_once) {
    struct wait_group group;
    wait_group_init(&group);
    wait_group_wait(&group);
    wait_group_add(&group, 0);
    wait_group_wait(&group);
    wait_group_add(&group, 3);
    wait_group_add(&group, -3);
    wait_group_wait(&group);
    wait_group_destroy(&group);
}

/* ---- two groups as a barrier ---- */

enum { TASKS = 16 };

struct barrier {
    struct wait_group arriving, leaving;
    _Atomic int passed;
};

static void *arrive_and_leave(void *argument) {
    struct barrier *barrier = argument;
    wait_group_done(&barrier->arriving);
    wait_group_wait(&barrier->leaving);
    barrier->passed++;
    return NULL;
}

/* Go's TestWaitGroup. */
CLAIM(a_wait_group_may_be_used_again) {
    struct barrier barrier = {.passed = 0};
    wait_group_init(&barrier.arriving);
    wait_group_init(&barrier.leaving);
    for (int use = 0; use < 8; use++) {
        struct crowd crowd;
        wait_group_add(&barrier.arriving, TASKS);
        wait_group_add(&barrier.leaving, TASKS);
        crowd_start_all(&crowd, TASKS, arrive_and_leave, &barrier);
        wait_group_wait(&barrier.arriving);
        for (int i = 0; i < TASKS; i++) {
            assert_int_equal(barrier.passed, use * TASKS); /* nobody left early */
            wait_group_done(&barrier.leaving);
        }
        crowd_join(&crowd);
        assert_int_equal(barrier.passed, (use + 1) * TASKS);
    }
    wait_group_destroy(&barrier.leaving);
    wait_group_destroy(&barrier.arriving);
}

/* ---- returning from a wait ---- */

struct task {
    struct wait_group *group;
    int *written;
    _Atomic int *finished;
};

static void *finish(void *argument) {
    struct task *task = argument;
    *task->written = 1;
    ++*task->finished;
    wait_group_done(task->group);
    return NULL;
}

/* Go's TestWaitGroupRace: its wait once returned when one of two was done. */
CLAIM(a_wait_returns_only_when_every_task_is_done) {
    for (int round = 0; round < scaled(1000); round++) {
        enum { COUNT = 2 };
        struct wait_group group;
        _Atomic int finished = 0;
        int written[COUNT] = {0};
        struct task tasks[COUNT];
        struct spawned *threads[COUNT];
        wait_group_init(&group);
        for (int i = 0; i < COUNT; i++) {
            tasks[i] = (struct task){&group, &written[i], &finished};
            wait_group_add(&group, 1);
            threads[i] = spawn(finish, &tasks[i]);
        }
        wait_group_wait(&group);
        assert_int_equal(finished, COUNT);
        assert_int_equal(written[0] + written[1], COUNT); /* plain: the edge is there */
        wait_group_destroy(&group);
        join_all(threads, COUNT);
    }
}

/* ---- the last done() ---- */

struct last_call {
    struct meeting meeting;
    struct wait_group *group;
};

static void *make_last_calls(void *argument) {
    struct last_call *call = argument;
    for (int i = 0; another_round(&call->meeting, i); i++) {
        meet(&call->meeting);
        wait_group_done(call->group);
        meet(&call->meeting);
    }
    return NULL;
}

/* The memory belongs to somebody else as soon as wait() has returned. */
static void *overwrite_with(void *memory, size_t size) {
    return memset(memory, 0x5a, size);
}

static void assert_untouched(const unsigned char *memory, size_t size) {
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(memory[i], 0x5a);
    }
}

CLAIM(a_wait_group_may_be_destroyed_right_after_the_wait) {
    struct last_call call = {0};
    race_rounds(&call.meeting, 10000);
    struct spawned *thread = spawn(make_last_calls, &call);
    for (int i = 0; another_round(&call.meeting, i); i++) {
        struct wait_group group;
        wait_group_init(&group);
        wait_group_add(&group, 1);
        call.group = &group;
        meet(&call.meeting);
        wait_group_wait(&group);
        wait_group_destroy(&group);
        overwrite_with(&group, sizeof group);
        meet(&call.meeting);
        assert_untouched((unsigned char *)&group, sizeof group);
    }
    join(thread);
}

/* ---- many waiters, many adders ---- */

struct audience {
    struct wait_group group;
    _Atomic int returned;
};

static void *wait_and_tell(void *argument) {
    struct audience *audience = argument;
    wait_group_wait(&audience->group);
    audience->returned++;
    return NULL;
}

/* None before its time; and though there is a new task before one of them can look. */
CLAIM(everyone_who_waits_is_let_go_even_if_the_group_is_used_again_at_once) {
    for (int round = 0; round < scaled(100); round++) {
        struct audience audience = {.returned = 0};
        struct crowd crowd;
        wait_group_init(&audience.group);
        wait_group_add(&audience.group, 2);
        crowd_start_all(&crowd, TASKS, wait_and_tell, &audience);
        UNTIL(wait_group_waiters(&audience.group) == TASKS);
        wait_group_done(&audience.group);
        thread_yield();
        sched_yield();
        assert_int_equal(audience.returned, 0);
        wait_group_done(&audience.group);
        wait_group_add(&audience.group, 1);
        crowd_join(&crowd);
        assert_int_equal(audience.returned, TASKS);
        wait_group_done(&audience.group);
        wait_group_destroy(&audience.group);
    }
}

struct adders {
    struct wait_group group;
    int rounds;
};

static void *add_and_be_done(void *argument) {
    struct adders *adders = argument;
    for (int i = 0; i < adders->rounds; i++) {
        wait_group_add(&adders->group, 2);
        wait_group_done(&adders->group);
        wait_group_done(&adders->group);
    }
    wait_group_done(&adders->group);
    return NULL;
}

CLAIM(adds_and_dones_of_many_threads_add_up) {
    struct adders adders = {.rounds = scaled(20000)};
    struct crowd crowd;
    wait_group_init(&adders.group);
    wait_group_add(&adders.group, TASKS);
    crowd_start_all(&crowd, TASKS, add_and_be_done, &adders);
    wait_group_wait(&adders.group);
    crowd_join(&crowd);
    wait_group_wait(&adders.group); /* still at zero */
    wait_group_destroy(&adders.group);
}
