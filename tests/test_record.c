/* The record: one valid line that tells what happened, and what is not known is null.
 */
#include <unistd.h>

#include "program/record.h"
#include "program/summary.h"
#include "support/json.h"
#include "support/plain_run.h"
#include "support/suite.h"

static struct run run; /* 60 KB */
static struct run_config config;

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
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1); /* one line */
    return text;
}

/* What the record has under a key. */
struct fact {
    const char *key;
    const char *value;
};

/* And the run is over. */
#define ASSERT_TOLD(...) assert_told((const struct fact[]){__VA_ARGS__, {NULL, NULL}})

static void assert_told(const struct fact *facts) {
    char *text = text_of(true);
    for (; facts->key != NULL; facts++) {
        assert_json(text, facts->key, facts->value);
    }
    free(text);
    run_destroy(&run);
}

/* All tasks of a plain run, of which so large a share fails; `attempts` for each. */
static void perform(int64_t tasks, double error_rate, int attempts) {
    config = plain_config(tasks);
    config.workload.error_rate = error_rate;
    config.client.attempts = attempts;
    plain_run_all(&run, &config);
}

static const char none[] = "{\"min\": null, \"mean\": null, \"p50\": null, "
                           "\"p90\": null, \"p99\": null, \"max\": null}";

CLAIM(figures_are_those_of_the_run) {
    perform(10, 1, 3);
    ASSERT_TOLD({"complete", "true"}, {"failed", "10"}, {"ok", "0"}, {"calls", "30"},
                {"retries", "20"}, {"amplification", "3"}, {"stop", "null"},
                {"limit", "null"});
}

/* ---- what is not known ---- */

CLAIM(a_figure_that_could_not_be_read_is_null) {
    perform(0, 0, 1);
    run.process.rss_peak_bytes = -1;
    run.process.virtual_peak_bytes = -1;
    run.process.page_table_bytes = -1;
    ASSERT_TOLD({"rss_bytes", "null"}, {"virtual_bytes", "null"},
                {"page_table_bytes", "null"});
}

CLAIM(of_no_tasks_there_is_no_latency_and_no_division_by_them) {
    perform(0, 0, 1);
    ASSERT_TOLD({"wall_ns", "0"}, {"amplification", "null"}, {"latency_ns", none},
                {"failed_latency_ns", none}, {"queue_wait_ns", none});
}

/* Of rejected tasks alone: what answers take is not known then, and not 0. */
CLAIM(where_nothing_was_answered_only_failures_have_a_latency) {
    perform(3, 1, 1);
    char *text = text_of(true);
    assert_json(text, "latency_ns", none);
    assert_null(strstr(strstr(text, "failed_latency_ns"), "null, \"p50"));
    free(text);
    run_destroy(&run);
}

/* Each with a figure of its own, so that none can stand for another. */
CLAIM(what_the_kernel_says_is_told_under_its_own_name) {
    perform(1, 0, 1);
    run.process =
        (struct process_figures){1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008};
    ASSERT_TOLD({"rss_bytes", "1001"}, {"virtual_bytes", "1002"},
                {"page_table_bytes", "1003"}, {"user_ns", "1004"},
                {"system_ns", "1005"}, {"voluntary_switches", "1006"},
                {"involuntary_switches", "1007"}, {"minor_faults", "1008"});
}

CLAIM(the_summary_tells_the_same_of_the_process) {
    perform(1, 0, 1);
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
    plain_run_start(&run, &config);
    for (uint64_t i = 0; i < 2; i++) {
        client_perform(&run.client, (struct task){.index = i}, 0);
    }
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

/* ---- odd characters ---- */

CLAIM(a_limits_name_may_hold_any_character) {
    perform(0, 0, 1);
    snprintf(run.limit, sizeof run.limit, "a \"quoted\" \\ path\nand\ta \x01 line");
    ASSERT_TOLD({"limit", "\"a \\\"quoted\\\" \\\\ path and a   line\""});
}

/* ---- the accounts ---- */

/* An account that was in order, and what is done to it. */
static const struct mistake {
    _Atomic int64_t *account;
    int64_t change;
} mistakes[] = {
    {&run.tally.outcomes[OUTCOME_OK], 0},     /* none */
    {&run.tally.outcomes[OUTCOME_OK], -1},    /* a task is lost */
    {&run.tally.outcomes[OUTCOME_FAILED], 1}, /* or counted twice */
    {&run.api.replies[REPLY_OK], -1},         /* a call is lost */
    {&run.api.in_flight.now, 1},              /* or left in flight */
    {&run.api.served.peak, 2},                /* more are served than can be */
};
static const struct mistake *mistake;

static void check_accounts(void) {
    config = plain_config(5);
    config.api.capacity = 2;
    plain_run_all(&run, &config);
    *mistake->account += mistake->change;
    struct record record = record_of(true);
    _exit(record_adds_up(&record) ? 0 : 1);
}

CLAIM(accounts_that_do_not_add_up_are_found) {
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        mistake = &mistakes[i];
        struct child_end end = child_run(check_accounts);
        assert_ended(&end, i == 0 ? 0 : 1);
        bool told = strstr(end.said, "accounts do not add up") != NULL;
        assert_int_equal(told, i > 0);
    }
}
