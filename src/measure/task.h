/*
 * The nouns: a task is one piece of work that somebody waits for, an outcome is how it
 * ended. Every task ends in exactly one outcome.
 */
#ifndef FIVE_COOKS_TASK_H
#define FIVE_COOKS_TASK_H

#include <stdint.h>

struct task {
    uint64_t index;
    int64_t due_ns; /* when it should be submitted, counted from the start of the run */
};

enum outcome {
    OUTCOME_OK,
    OUTCOME_REJECTED,  /* 429 to the last attempt */
    OUTCOME_FAILED,    /* 5xx to the last attempt */
    OUTCOME_SILENT,    /* claimed success, wrong answer: only the harness can see it */
    OUTCOME_TIMED_OUT, /* the last attempt took longer than allowed */
    OUTCOME_CANCELLED, /* never started, or its call interrupted: the run was to stop */
    OUTCOME_NOT_STARTED, /* no thread could be created for it */
    OUTCOME_SHED,        /* our own side said no: its call was not made */
    OUTCOME_COUNT
};

static inline const char *outcome_name(enum outcome outcome) {
    static const char *const names[OUTCOME_COUNT] = {
        "ok",        "rejected",  "failed",      "silent",
        "timed_out", "cancelled", "not_started", "shed"};
    return names[outcome];
}

#endif
