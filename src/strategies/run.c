#include "strategies/run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "http/get.h"
#include "measure/limits.h"
#include "sync/clock.h"
#include "sync/ctx.h"
#include "sync/sleep.h"

/* ---- life ---- */

/* Not every kernel lets it be set (gVisor does not): then the kernel's own is in force,
 * and is what the record tells; or -1, if it will not even say that. */
static void set_timer_slack(struct run_config *config) {
    if (prctl(PR_SET_TIMERSLACK, (unsigned long)config->timer_slack_ns) != 0) {
        fprintf(stderr, "%s: --timer-slack has no effect here: %s\n",
                program_invocation_short_name, strerror(errno));
    }
    config->timer_slack_ns = prctl(PR_GET_TIMERSLACK);
}

static int limit_memory(struct run *run, int64_t bytes) {
    struct rlimit limit = {.rlim_cur = (rlim_t)bytes, .rlim_max = (rlim_t)bytes};
    if (bytes == 0 || setrlimit(RLIMIT_AS, &limit) == 0) {
        return 0;
    }
    int error = -errno;
    snprintf(run->limit, sizeof run->limit, "%s",
             "--limit-memory is above the hard limit (ulimit -H -v)");
    return error;
}

/* What a remote API is called with. It is not there on every machine. */
static int load_http(struct run *run, const char *url) {
    const char *obstacle = url == NULL ? NULL : http_load();
    if (obstacle == NULL) {
        return 0;
    }
    snprintf(run->limit, sizeof run->limit, "--api-url: %s", obstacle);
    return -ENOSYS;
}

/* The moment from which everything counts. */
static int start_clock(struct run *run, const struct run_config *config) {
    int64_t start_ns = now_ns();
    int64_t deadline_ns = config->deadline_ns > 0
                              ? deadline_after_ns(start_ns, config->deadline_ns)
                              : DEADLINE_NEVER;
    run->root = ctx_with_cancel(ctx_background());
    run->ctx = run->root == NULL ? NULL : ctx_with_deadline(run->root, deadline_ns);
    int error =
        run->ctx == NULL ? -ENOMEM : api_init(&run->api, &config->api, start_ns);
    if (error != 0) {
        ctx_free(run->ctx);
        ctx_free(run->root);
        return error;
    }
    tally_start(&run->tally, start_ns, deadline_ns);
    return 0;
}

/* In virtual time the kernel's timers have no part, and the seed decides everything. */
static void set_clock(struct run_config *config) {
    if (config->clock == RUN_CLOCK_VIRTUAL) {
        clock_make_virtual();
        config->timer_slack_ns = -1;
    } else {
        set_timer_slack(config);
    }
    chan_select_seed((uint64_t)config->workload.seed);
}

int run_init(struct run *run, struct run_config *config) {
    *run = (struct run){.config = &config->runner, .workload = &config->workload};
    set_clock(config);
    tally_init(&run->tally, config->workload.tasks,
               config->sampled ? &run->samples : NULL);
    int error = 0;
    if (config->sampled &&
        (error = samples_init(&run->samples, config->workload.tasks)) != 0) {
        return error;
    }
    if ((error = load_http(run, config->api.url)) != 0 ||
        (error = limit_memory(run, config->memory_bytes)) != 0 ||
        (error = start_clock(run, config)) != 0) {
        samples_destroy(&run->samples);
        return error;
    }
    run->client = (struct client){
        .config = &config->client,
        .workload = &config->workload,
        .api = &run->api,
        .tally = &run->tally,
        .ctx = run->ctx,
        .stop_ctx = config->client.cancel == CANCEL_NONE ? run->root : run->ctx,
    };
    breaker_init(&run->client.breaker, config->client.breaker_failures,
                 config->client.breaker_pause_ns);
    return 0;
}

/* What one takes while it waits: of a fiber a page of its stack; of a thread two pages
 * of that, its kernel stack of four, its page table and the kernel's notes on it. With
 * less than the least none has been seen. */
enum { FIBER_BYTES = 4096, THREAD_BYTES = 36000, THREAD_BYTES_LEAST = 6 * 4096 };

static int check_memory(struct run *run, const struct run_config *config,
                        struct headcount headcount) {
    bool fibers = thread_is_fiber();
    int64_t samples =
        config->sampled ? config->workload.tasks * (int64_t)sizeof(struct sample) : 0;
    int64_t least =
        samples + headcount.least * (fibers ? FIBER_BYTES : THREAD_BYTES_LEAST);
    int64_t bytes = samples + headcount.most * (fibers ? FIBER_BYTES : THREAD_BYTES);
    char left[sizeof run->limit - 128];
    if (limits_hold(left, sizeof left, bytes)) {
        return 0;
    }
    snprintf(run->limit, sizeof run->limit,
             "%lld %s at once%s take about %lld bytes, and %s",
             (long long)headcount.most, fibers ? "fibers" : "threads",
             samples > 0 ? " and the samples" : "", (long long)bytes, left);
    if (!limits_hold(left, sizeof left, least)) {
        return -ENOMEM;
    }
    fprintf(stderr, "%s: the kernel may end this program: %s\n",
            program_invocation_short_name, run->limit);
    return 0;
}

int run_begin(struct run *run, struct run_config *config, const struct runner *runner) {
    int error = check_memory(
        run, config, runner->headcount(&config->runner, config->workload.tasks));
    return error != 0 ? error : run_init(run, config);
}

void run_finish(struct run *run) {
    tally_finish(&run->tally);
}

/* Of each task given up: while the clock ran there was no time for that. */
void run_complete_samples(struct run *run) {
    struct task task = run->tally.given_up;
    for (; run->tally.samples != NULL && run_has_task(run, task);
         task = run_next_task(run, task)) {
        sample_unstarted(&run->samples, task, run->tally.given_up_as);
    }
}

void run_destroy(struct run *run) {
    breaker_destroy(&run->client.breaker);
    api_destroy(&run->api);
    ctx_free(run->ctx);
    ctx_free(run->root);
    samples_destroy(&run->samples);
}

/* ---- what a design may ask ---- */

const struct runner_config *run_config(const struct run *run) {
    return run->config;
}

struct task run_first_task(const struct run *run) {
    return workload_first(run->workload);
}

struct task run_next_task(const struct run *run, struct task task) {
    return workload_next(run->workload, task);
}

bool run_has_task(const struct run *run, struct task task) {
    return task.index < (uint64_t)run->workload->tasks;
}

int64_t run_task_count(const struct run *run) {
    return run->workload->tasks;
}

int64_t run_due_ns(const struct run *run, struct task task) {
    return deadline_after_ns(run->tally.started_at_ns, task.due_ns);
}

bool run_wait_until_due(struct run *run, struct task task) {
    if (task.due_ns > 0 && !sleep_until(run_due_ns(run, task), run_stopped(run))) {
        return false;
    }
    return !run_is_stopped(run);
}

void run_perform(struct run *run, struct task task, int64_t lane) {
    clock_spend(run->config->task_ns);
    client_perform(&run->client, task, lane);
}

void run_skip(struct run *run, struct task task, enum outcome outcome) {
    tally_unstarted(&run->tally, task, outcome);
}

void run_give_up(struct run *run, struct task first, enum outcome outcome) {
    tally_give_up(&run->tally, first, outcome);
}

void run_turn_away(struct run *run, struct task task) {
    if (run->config->when_full == WHEN_FULL_REJECT) {
        run_skip(run, task, OUTCOME_SHED);
    } else {
        run_perform(run, task, run->config->workers);
    }
}

bool run_is_stopped(struct run *run) {
    return ctx_reason(run->client.stop_ctx) != CTX_ALIVE;
}

struct chan *run_stopped(struct run *run) {
    return ctx_done(run->client.stop_ctx);
}

/* EAGAIN may be any limit of the machine, and glibc says EAGAIN for ENOMEM as well. All
 * else is no limit, so to name the fullest one would be misleading. */
static void explain_create_error(struct run *run, int64_t threads_then) {
    const struct thread_attributes *threads = &run->config->threads;
    int64_t thread_bytes = threads->stack_bytes + threads->guard_bytes;
    int error = run->create_error;
    const char *hint = error == EPERM    ? "; a seccomp filter or the like?"
                       : error == EINVAL ? "; is the stack too small for this machine?"
                                         : "";
    if (error == EAGAIN || error == ENOMEM) {
        limits_explain(run->limit, sizeof run->limit, threads_then, thread_bytes);
    } else {
        snprintf(run->limit, sizeof run->limit, "cannot create a thread: %s%s",
                 strerror(error), hint);
    }
}

int run_start_thread(struct run *run, struct thread *thread, bool detached) {
    struct thread_attributes attributes = run->config->threads;
    attributes.detached = detached;
    int64_t alive = gauge_reserve(&run->tally.threads);
    int64_t before_ns = now_ns();
    clock_spend(run->config->spawn_ns);
    int error = thread_start(thread, &attributes);
    run->tally.create_ns += now_ns() - before_ns;
    if (error == 0) {
        run->tally.created_threads++;
        gauge_note_peak(&run->tally.threads, alive);
        thread_yield(); /* only now: what others do meanwhile is no creation */
        return 0;
    }
    gauge_down(&run->tally.threads);
    if (run->create_error == 0) {
        run->create_error = error;
        explain_create_error(run, limits_count_threads());
    }
    return error;
}

void run_thread_ends(struct run *run) {
    gauge_down(&run->tally.threads);
}

void run_sample_memory(struct run *run) {
    process_sample_memory(&run->process);
}
