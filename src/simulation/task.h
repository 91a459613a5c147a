/*
 * The nouns: a task is one order for the kitchen, a call one try at getting it done, an
 * outcome how it ended. Every task ends in exactly one outcome.
 */
#ifndef FIVE_COOKS_TASK_H
#define FIVE_COOKS_TASK_H

#include <stdint.h>

struct task {
    uint64_t index;
    int64_t due_ns; /* when it should be submitted, counted from the start of the run */
};

/* What fate has in store for a call; the API and the harness know, the caller not. */
enum fate { FATE_OK, FATE_ERROR, FATE_SILENT, FATE_HANG };

struct call {
    int64_t service_ns; /* the time it takes to serve, a hang included */
    enum fate fate;
};

enum outcome {
    OUTCOME_OK,
    OUTCOME_REJECTED,  /* 429 to the last attempt */
    OUTCOME_FAILED,    /* 5xx to the last attempt */
    OUTCOME_SILENT,    /* claimed success, wrong answer: only the harness can see it */
    OUTCOME_TIMED_OUT, /* the last attempt took longer than allowed */
    OUTCOME_CANCELLED, /* never started, or its call interrupted: the run was to stop */
    OUTCOME_NOT_STARTED, /* no thread could be created for it */
    OUTCOME_COUNT
};

static inline const char *outcome_name(enum outcome outcome) {
    static const char *const names[OUTCOME_COUNT] = {
        "ok", "rejected", "failed", "silent", "timed_out", "cancelled", "not_started"};
    return names[outcome];
}

#endif
