/* A run in virtual time: who pays for what, and what is told. */
#include "support/plain_run.h"
#include "support/suite.h"

static struct run run; /* 90 KB */

static void *note_the_time(void *argument) {
    *(int64_t *)argument = now_ns();
    return NULL;
}

static void run_and_note(struct thread *thread) {
    struct spawned *spawned = (struct spawned *)thread;
    spawned->run(spawned->argument);
    run_thread_ends(&run);
}

CLAIM(who_creates_a_thread_pays_for_it_before_it_is_there) {
    struct run_config config = plain_config(0);
    int64_t began_ns;
    struct spawned spawned = {
        {.body = run_and_note, .name = "noter"}, note_the_time, &began_ns};
    config.clock = RUN_CLOCK_VIRTUAL;
    config.runner.spawn_ns = 70;
    plain_run_start(&run, &config);
    int64_t before_ns = now_ns();
    assert_int_equal(run_start_thread(&run, &spawned.thread, false), 0);
    assert_int_equal(began_ns, before_ns + 70);
    assert_int_equal(run.tally.create_ns, 70);
    thread_join(&spawned.thread);
    plain_run_end(&run);
    run_destroy(&run);
}

CLAIM(a_task_pays_for_its_work_before_its_first_call) {
    struct run_config config = plain_config(1);
    config.clock = RUN_CLOCK_VIRTUAL;
    config.runner.task_ns = 5;
    config.workload.service_ns = 10;
    config.sampled = true;
    plain_run_start(&run, &config);
    run_perform(&run, run_first_task(&run), 0);
    plain_run_end(&run);
    assert_int_equal(run.samples.of[0].started_ns, 5);
    assert_int_equal(run.samples.of[0].finished_ns, 15);
    run_destroy(&run);
}

CLAIM(nothing_is_told_of_the_machine) {
    struct run_config config = plain_config(0);
    struct process_figures figures = {.rss_peak_bytes = 1};
    config.clock = RUN_CLOCK_VIRTUAL;
    plain_run_start(&run, &config);
    assert_int_equal(config.timer_slack_ns, -1);
    process_sample_memory(&figures);
    assert_int_equal(figures.page_table_bytes, 0);
    process_read(&figures);
    const int64_t *all = (const int64_t *)&figures;
    for (size_t i = 0; i < sizeof figures / sizeof *all; i++) {
        assert_int_equal(all[i], -1);
    }
    plain_run_end(&run);
    run_destroy(&run);
}

/* Everybody lets go at once, so no time passes between the two. */
CLAIM(a_stop_at_the_very_end_is_one) {
    struct run_config config = plain_config(0);
    config.clock = RUN_CLOCK_VIRTUAL;
    plain_run_start(&run, &config);
    tally_stop(&run.tally, STOP_SIGNAL);
    plain_run_end(&run);
    assert_int_equal(tally_stop_reason(&run.tally), STOP_SIGNAL);
    run_destroy(&run);
}
