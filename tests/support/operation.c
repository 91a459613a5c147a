#include "support/operation.h"

#include <sched.h>

#include "support/threads.h"
#include "support/until.h"
#include "sync/clock.h"
#include "sync/must.h"

struct chan *chan_of(size_t size, size_t capacity) {
    struct chan *chan = chan_create(size, capacity);
    invariant(chan != NULL);
    return chan;
}

struct chan *ints(size_t capacity) {
    return chan_of(sizeof(int), capacity);
}

void fill(struct chan *chan) {
    for (int i = 0; i < (int)chan_capacity(chan); i++) {
        invariant(try_send(chan, &i) == CHAN_OK);
    }
}

enum chan_result try_send(struct chan *chan, const void *value) {
    return chan_send(chan, value, DEADLINE_NOW);
}

enum chan_result try_receive(struct chan *chan, void *value) {
    return chan_receive(chan, value, DEADLINE_NOW);
}

static enum chan_result run_plain(const struct operation *operation,
                                  int64_t deadline_ns) {
    return operation->direction == CHAN_SEND
               ? chan_send(operation->chan, operation->value, deadline_ns)
               : chan_receive(operation->chan, operation->value, deadline_ns);
}

static enum chan_result run_select(const struct operation *operation,
                                   int64_t deadline_ns) {
    struct chan_case cases[] = {
        {.chan = NULL, .direction = CHAN_RECEIVE},
        {operation->chan, operation->direction, operation->value, CHAN_TIMED_OUT},
        {.chan = NULL, .direction = CHAN_SEND},
    };
    int chosen = chan_select(cases, 3, deadline_ns);
    if (chosen == -1) {
        return CHAN_TIMED_OUT;
    }
    invariant(chosen == 1);
    return cases[1].result;
}

static enum chan_result run_poll(const struct operation *operation,
                                 int64_t deadline_ns) {
    for (;;) {
        enum chan_result result = run_plain(operation, DEADLINE_NOW);
        if (result != CHAN_TIMED_OUT || is_past(deadline_ns)) {
            return result;
        }
        thread_yield();
        sched_yield();
    }
}

enum chan_result operation_run(struct operation *operation) {
    int64_t deadline_ns =
        operation->gives_up_after_ns == 0
            ? DEADLINE_NEVER
            : deadline_after_ns(now_ns(), operation->gives_up_after_ns);
    switch (operation->style) {
    case STYLE_PLAIN:
        return run_plain(operation, deadline_ns);
    case STYLE_SELECT:
        return run_select(operation, deadline_ns);
    default:
        return run_poll(operation, deadline_ns);
    }
}

enum chan_result operate(struct chan *chan, enum chan_direction direction, void *value,
                         enum style style) {
    struct operation operation = operation_of(chan, direction, value, style);
    return operation_run(&operation);
}

static void *run(void *argument) {
    struct operation *operation = argument;
    operation->result = operation_run(operation);
    return NULL;
}

void operation_start(struct operation *operation) {
    operation->thread = spawn(run, operation);
}

void operation_park(struct operation *operation) {
    invariant(operation->style != STYLE_POLL);
    size_t before = chan_waiters(operation->chan, operation->direction);
    operation_start(operation);
    UNTIL(chan_waiters(operation->chan, operation->direction) == before + 1);
}

enum chan_result operation_join(struct operation *operation) {
    join(operation->thread);
    return operation->result;
}
