#include "run.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "ctx.h"
#include "deadlock.h"
#include "must.h"
#include "program/limits.h"
#include "simulation/nap.h"

static int init_thread_attributes(struct run *run) {
    pthread_attr_t *attributes = &run->thread_attributes;
    const struct runner_config *config = run->config;
    must(pthread_attr_init(attributes));
    int error = 0;
    if (config->stack_bytes > 0) {
        error = pthread_attr_setstacksize(attributes, (size_t)config->stack_bytes);
    }
    if (error == 0 && config->guard_bytes >= 0) {
        error = pthread_attr_setguardsize(attributes, (size_t)config->guard_bytes);
    }
    return -error;
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

/* Where the run's clock starts, and all that counts from it. */
static int start_clock(struct run *run, const struct run_config *config) {
    int64_t start_ns = now_ns();
    int64_t deadline_ns = config->deadline_ns > 0
                              ? deadline_after_ns(start_ns, config->deadline_ns)
                              : DEADLINE_NEVER;
    run->root = ctx_with_cancel(ctx_background());
    run->ctx = run->root == NULL ? NULL : ctx_with_deadline(run->root, deadline_ns);
    if (run->ctx == NULL) {
        ctx_free(run->root);
        return -ENOMEM;
    }
    api_init(&run->api, &config->api, start_ns);
    tally_start(&run->tally, start_ns, deadline_ns);
    return 0;
}

/* Not every kernel lets it be set (gVisor does not): then its own slack is in force,
 * and is what the record tells; or -1, if it will not even say that. */
static void set_timer_slack(struct run_config *config) {
    if (prctl(PR_SET_TIMERSLACK, (unsigned long)config->timer_slack_ns) != 0) {
        fprintf(stderr, "%s: --timer-slack has no effect here: %s\n",
                program_invocation_short_name, strerror(errno));
    }
    config->timer_slack_ns = prctl(PR_GET_TIMERSLACK);
}

int run_init(struct run *run, struct run_config *config) {
    *run = (struct run){.config = &config->runner, .workload = &config->workload};
    set_timer_slack(config);
    tally_init(&run->tally, config->workload.tasks,
               config->sampled ? &run->samples : NULL);
    int error = init_thread_attributes(run);
    if (error != 0) {
        goto destroy_attributes;
    }
    if (config->sampled &&
        (error = samples_init(&run->samples, config->workload.tasks))) {
        goto destroy_attributes;
    }
    if ((error = limit_memory(run, config->memory_bytes)) != 0 ||
        (error = start_clock(run, config)) != 0) {
        goto destroy_samples;
    }
    run->client = (struct client){
        .config = &config->client,
        .workload = &config->workload,
        .api = &run->api,
        .tally = &run->tally,
        .ctx = run->ctx,
        .heeded = config->client.cancel == CANCEL_NONE ? run->root : run->ctx,
    };
    return 0;

destroy_samples:
    samples_destroy(&run->samples);
destroy_attributes:
    must(pthread_attr_destroy(&run->thread_attributes));
    return error;
}

/* Now that the clock is stopped, there is time to tell of each task given up. */
static void sample_given_up(struct run *run) {
    struct task task = run->tally.given_up;
    while (task.index < (uint64_t)run->workload->tasks) {
        sample_unstarted(&run->samples, task, run->tally.given_up_as);
        task = workload_next(run->workload, task);
    }
}

void run_finish(struct run *run) {
    tally_finish(&run->tally);
    if (run->tally.samples != NULL) {
        sample_given_up(run);
    }
}

void run_destroy(struct run *run) {
    api_destroy(&run->api);
    ctx_free(run->ctx);
    ctx_free(run->root);
    samples_destroy(&run->samples);
    must(pthread_attr_destroy(&run->thread_attributes));
}

/* EAGAIN may be any limit of the machine, and glibc tells ENOMEM as EAGAIN, too. All
 * else is no limit, so to name the fullest one would be misleading. */
static void explain_create_error(struct run *run, int64_t threads_then) {
    int64_t thread_bytes = run->config->stack_bytes + run->config->guard_bytes;
    int error = run->create_error;
    const char *hint = error == EPERM    ? "; a seccomp filter or the like?"
                       : error == EINVAL ? "; is the stack too small for this machine?"
                                         : "";
    if (error == EAGAIN || error == ENOMEM) {
        limits_explain(run->limit, sizeof run->limit, threads_then, thread_bytes);
    } else {
        snprintf(run->limit, sizeof run->limit, "pthread_create: %s%s", strerror(error),
                 hint);
    }
}

int run_start_thread(struct run *run, pthread_t *thread, void *(*body)(void *),
                     void *argument) {
    pthread_t detached;
    must(pthread_attr_setdetachstate(&run->thread_attributes,
                                     thread == NULL ? PTHREAD_CREATE_DETACHED
                                                    : PTHREAD_CREATE_JOINABLE));
    deadlock_thread_begins();
    int64_t alive = gauge_expect(&run->tally.threads);
    int64_t before_ns = now_ns();
    int error = pthread_create(thread != NULL ? thread : &detached,
                               &run->thread_attributes, body, argument);
    run->tally.create_ns += now_ns() - before_ns;
    if (error == 0) {
        run->tally.created_threads++;
        gauge_note_peak(&run->tally.threads, alive);
        return 0;
    }
    gauge_down(&run->tally.threads);
    deadlock_thread_cancelled();
    if (run->create_error == 0) {
        run->create_error = error;
        explain_create_error(run, limits_count_threads());
    }
    return error;
}

void run_join_thread(pthread_t thread, pid_t tid) {
    must(pthread_join(thread, NULL));
    /* pthread_join() returns when the thread has left our memory. The kernel counts it
     * for some microseconds more, and offers no call that waits for the end of them. */
    while (syscall(SYS_tgkill, getpid(), tid, 0) == 0) {
        sched_yield();
    }
}

bool run_wait_until_due(struct run *run, struct task task) {
    if (task.due_ns > 0) {
        int64_t due_ns = deadline_after_ns(run->tally.started_at_ns, task.due_ns);
        if (!nap_until(due_ns, ctx_done(run->client.heeded))) {
            return false;
        }
    }
    return !client_is_cancelled(&run->client);
}
