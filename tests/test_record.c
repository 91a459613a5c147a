/* The record: one valid line that tells what happened, and what is not known is null.
 */
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "program/options.h"
#include "program/record.h"
#include "program/summary.h"
#include "support/child.h"
#include "support/json.h"
#include "support/plain_run.h"
#include "support/runners.h"
#include "support/suite.h"
#include "sync/clock.h"

static struct run run; /* 60 KB */
static struct run_config config;

/* Performs tasks 0 to `tasks` - 1 of the config; a test may add to the tally. */
static void begin(int64_t tasks) {
    plain_run_start(&run, &config);
    for (int64_t i = 0; i < tasks; i++) {
        client_perform(&run.client, (struct task){.index = (uint64_t)i}, 0);
    }
}

static struct record record_of(bool complete) {
    return (struct record){.program = "worker-pool",
                           .config = "{\"tasks\": 7}",
                           .complete = complete,
                           .digest = 0xabc,
                           .run = &run};
}

static char *text_of(bool complete) {
    struct record record = record_of(complete);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    record_write(&record, out);
    assert_int_equal(fclose(out), 0);
    assert_true(json_is_valid(text));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1); /* one line */
    return text;
}

/* ---- what is told ---- */

static const char *const waits[] = {"latency_ns", "failed_latency_ns", "queue_wait_ns"};
static const char none[] = "{\"min\": null, \"mean\": null, \"p50\": null, "
                           "\"p90\": null, \"p99\": null, \"max\": null}";

CLAIM(figures_are_those_of_the_run) {
    config = plain_config(10);
    config.workload.error_rate = 1;
    config.client.attempts = 3;
    begin(10);
    plain_run_end(&run);
    run.process.rss_peak_bytes = 4096;
    char *text = text_of(true);
    assert_json(text, "complete", "true");
    assert_json(text, "failed", "10");
    assert_json(text, "ok", "0");
    assert_json(text, "calls", "30");
    assert_json(text, "retries", "20");
    assert_json(text, "amplification", "3");
    assert_json(text, "rss_bytes", "4096");
    assert_json(text, "stop", "null");
    assert_json(text, "limit", "null");
    free(text);
    run_destroy(&run);
}

CLAIM(who_believed_a_wrong_answer_is_told) {
    config = plain_config(4);
    config.workload.silent_rate = 1;
    begin(4);
    plain_run_end(&run);
    char *text = text_of(true);
    assert_json(text, "ok", "0");
    assert_json(text, "silent", "4");
    assert_json(text, "believed_ok", "4");
    free(text);
    run_destroy(&run);
}

/* ---- what is not known ---- */

CLAIM(a_figure_that_could_not_be_read_is_null) {
    config = plain_config(0);
    begin(0);
    plain_run_end(&run);
    run.process.rss_peak_bytes = -1;
    run.process.virtual_peak_bytes = -1;
    run.process.page_table_bytes = -1;
    char *text = text_of(true);
    assert_json(text, "rss_bytes", "null");
    assert_json(text, "virtual_bytes", "null");
    assert_json(text, "page_table_bytes", "null");
    free(text);
    run_destroy(&run);
}

CLAIM(of_no_tasks_there_is_no_latency_and_no_division_by_them) {
    config = plain_config(0);
    begin(0);
    plain_run_end(&run);
    char *text = text_of(true);
    assert_json(text, "wall_ns", "0");
    assert_json(text, "amplification", "null");
    for (size_t i = 0; i < 3; i++) {
        assert_json(text, waits[i], none);
    }
    free(text);
    run_destroy(&run);
}

/* Of rejected tasks alone: what answers take is not known then, and not 0. */
CLAIM(where_nothing_was_answered_only_failures_have_a_latency) {
    config = plain_config(3);
    config.workload.error_rate = 1;
    begin(3);
    plain_run_end(&run);
    char *text = text_of(true);
    assert_json(text, "latency_ns", none);
    assert_null(strstr(strstr(text, "failed_latency_ns"), "null, \"p50"));
    free(text);
    run_destroy(&run);
}

/* Each with a figure of its own, so that none can stand for another. */
CLAIM(what_the_kernel_says_is_told_under_its_own_name) {
    static const char *const names[] = {
        "rss_bytes", "virtual_bytes",      "page_table_bytes",     "user_ns",
        "system_ns", "voluntary_switches", "involuntary_switches", "minor_faults"};
    config = plain_config(1);
    begin(1);
    plain_run_end(&run);
    run.process =
        (struct process_figures){1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008};
    char *text = text_of(true);
    for (int i = 0; i < 8; i++) {
        char value[8];
        snprintf(value, sizeof value, "%d", 1001 + i);
        assert_json(text, names[i], value);
    }
    free(text);
    run_destroy(&run);
}

CLAIM(the_summary_tells_the_same_of_the_process) {
    config = plain_config(1);
    begin(1);
    plain_run_end(&run);
    run.process =
        (struct process_figures){1234567, 45678901, 4096, 2000000, 345, 6, 7, 8};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct record record = record_of(false);
    summary_print(&record, out);
    assert_int_equal(fclose(out), 0);
    assert_non_null(strstr(text, " created (stopped early)\n"));
    assert_non_null(strstr(text, "  peak RSS    1.23 MB (address space 45.7 MB, page "
                                 "tables 4.1 kB)\n"));
    assert_non_null(strstr(
        text, "  CPU         2 ms user, 345 ns system; 6 waits in the kernel\n"));
    free(text);
    run_destroy(&run);
}

/* ---- the stop ---- */

CLAIM(a_stop_tells_how_far_the_run_had_come) {
    config = plain_config(5);
    begin(2);
    tally_stop(&run.tally, STOP_SIGNAL);
    for (uint64_t i = 2; i < 5; i++) {
        run_skip(&run, (struct task){.index = i}, OUTCOME_CANCELLED);
    }
    plain_run_end(&run);
    run.tally.started_at_ns = 1000; /* an invented clock from here */
    run.tally.stop_at_ns[STOP_SIGNAL] = 5000;
    run.tally.finished_at_ns = 7500;
    char *text = text_of(false);
    assert_json(text, "complete", "false");
    assert_json(text, "stop",
                "{\"reason\": \"signal\", \"at_ns\": 4000, \"latency_ns\": 2500, "
                "\"started\": 2, \"in_flight\": 0, \"never_started\": 3}");
    free(text);
    run_destroy(&run);
}

/* ---- odd characters, odd countries ---- */

CLAIM(a_limits_name_may_hold_any_character) {
    config = plain_config(0);
    begin(0);
    plain_run_end(&run);
    snprintf(run.limit, sizeof run.limit, "a \"quoted\" \\ path\nand\ta \x01 line");
    char *text = text_of(true);
    assert_json(text, "limit", "\"a \\\"quoted\\\" \\\\ path and a   line\"");
    free(text);
    run_destroy(&run);
}

/* Linked in place of the C library's: who calls it would print decimal commas. */
static int locale_changes;

char *setlocale(int category, const char *locale) {
    (void)category;
    locale_changes += locale != NULL;
    return (char *)(uintptr_t) "C";
}

CLAIM(nobody_asks_for_the_users_locale) {
    static struct options options;
    char *argv[] = {"worker-pool", "--error-rate=2.5%", NULL};
    setenv("LC_ALL", "de_DE.UTF-8", 1);
    options_init(&options, &pool_like);
    assert_int_equal(options_parse(&options, &pool_like, 2, argv), OPTIONS_OK);
    char *json = options_to_json(&options, &pool_like);
    assert_json(json, "error_rate", "0.025");
    free(json);
    config = plain_config(2);
    begin(2);
    plain_run_end(&run);
    free(text_of(true));
    run_destroy(&run);
    assert_int_equal(locale_changes, 0);
}

/* ---- the accounts ---- */

/* What a test does to an account that was in order. */
static void (*falsify)(void);

static void check_accounts(void) {
    config = plain_config(5);
    config.api.capacity = 2;
    begin(5);
    plain_run_end(&run);
    falsify();
    struct record record = record_of(true);
    _exit(record_adds_up(&record) ? 0 : 1);
}

static void nothing(void) {
}

static void lose_a_task(void) {
    run.tally.outcomes[OUTCOME_OK]--;
}

static void count_a_task_twice(void) {
    run.tally.outcomes[OUTCOME_FAILED]++;
}

static void lose_a_call(void) {
    run.api.replies[REPLY_OK]--;
}

static void leave_a_call_in_flight(void) {
    run.api.in_flight.now++;
}

static void exceed_the_capacity(void) {
    run.api.served.peak = 3;
}

CLAIM(accounts_that_do_not_add_up_are_found) {
    static void (*const falsified[])(void) = {lose_a_task, count_a_task_twice,
                                              lose_a_call, leave_a_call_in_flight,
                                              exceed_the_capacity};
    falsify = nothing;
    assert_child_ends(check_accounts, 0);
    for (size_t i = 0; i < sizeof falsified / sizeof falsified[0]; i++) {
        falsify = falsified[i];
        struct child_end end = child_run(check_accounts);
        assert_ended(&end, 1);
        assert_non_null(strstr(end.said, "accounts do not add up"));
    }
}
