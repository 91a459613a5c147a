/* Samples: the CSV of what happened to each task, to the letter. */
#include "measure/tally.h"
#include "support/suite.h"

static char *text_of(const struct samples *samples) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    samples_write(samples, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

CLAIM(each_task_is_one_line_in_order_of_index) {
    struct samples samples;
    struct tally tally;
    assert_int_equal(samples_init(&samples, 3), 0);
    tally_init(&tally, 3, &samples);
    tally_start(&tally, 1000, DEADLINE_NEVER);
    tally_unstarted(&tally, (struct task){.index = 2, .due_ns = 7},
                    OUTCOME_NOT_STARTED);
    tally_finished(&tally, &(struct task_result){.task = {.index = 1, .due_ns = 5},
                                                 .lane = 4,
                                                 .started_at_ns = 1010,
                                                 .finished_at_ns = 1030,
                                                 .attempts = 2,
                                                 .outcome = OUTCOME_TIMED_OUT});
    tally_finished(&tally, &(struct task_result){.task = {.index = 0},
                                                 .lane = 0,
                                                 .started_at_ns = 1000,
                                                 .finished_at_ns = 3000001000,
                                                 .attempts = 1,
                                                 .outcome = OUTCOME_OK});
    char *text = text_of(&samples);
    assert_string_equal(text,
                        "index,lane,due_ns,started_ns,finished_ns,attempts,outcome\n"
                        "0,0,0,0,3000000000,1,ok\n"
                        "1,4,5,10,30,2,timed_out\n"
                        "2,,7,,,0,not_started\n");
    free(text);
    samples_destroy(&samples);
}

CLAIM(no_tasks_are_a_header_alone) {
    struct samples samples;
    assert_int_equal(samples_init(&samples, 0), 0);
    char *text = text_of(&samples);
    assert_string_equal(text,
                        "index,lane,due_ns,started_ns,finished_ns,attempts,outcome\n");
    free(text);
    samples_destroy(&samples);
}

CLAIM(too_many_to_keep_is_an_error_not_a_crash) {
    struct samples samples;
    assert_int_equal(samples_init(&samples, INT64_MAX), -ENOMEM);
    samples_destroy(&samples);
}

CLAIM(destroying_zeroed_samples_is_fine) {
    struct samples samples = {0};
    samples_destroy(&samples);
    samples_destroy(&samples);
}
