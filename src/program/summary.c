#include "program/summary.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "sync/clock.h"

enum { TEXT = 32 };

/* Three digits and the largest unit that suits; units end with a NULL name. */
struct unit {
    const char *name;
    double size;
};

static const char *print(double value, const struct unit *unit,
                         char text[static TEXT]) {
    while (unit[1].name != NULL && value >= unit[1].size) {
        unit++;
    }
    value /= unit->size;
    snprintf(text, TEXT, value < 100 ? "%.3g %s" : "%.0f %s", value, unit->name);
    return text;
}

static const char *duration(int64_t ns, char text[static TEXT]) {
    static const struct unit units[] = {
        {"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {NULL, 0}};
    return ns == 0 ? "0 s" : print((double)ns, units, text);
}

static const char *bytes(int64_t count, char text[static TEXT]) {
    static const struct unit units[] = {{"B", 1},    {"kB", 1e3},  {"MB", 1e6},
                                        {"GB", 1e9}, {"TB", 1e12}, {NULL, 0}};
    return count < 0 ? "unknown" : print((double)count, units, text);
}

/* "1 task", "2 tasks" */
static void write_number(int64_t count, const char *noun, FILE *out) {
    fprintf(out, "%" PRId64 " %s%s", count, noun, count == 1 ? "" : "s");
}

static const char *thread_noun(void) {
    return thread_is_fiber() ? "fiber" : "thread";
}

static void write_outcomes(const struct tally *tally, FILE *out) {
    fputs("  outcomes    ", out);
    const char *separator = "";
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        int64_t count = tally_outcome(tally, (enum outcome)i);
        if (count > 0 || i == OUTCOME_OK) {
            fprintf(out, "%s%" PRId64 " ", separator, count);
            for (const char *c = outcome_name((enum outcome)i); *c != '\0'; c++) {
                fputc(*c == '_' ? ' ' : *c, out);
            }
            separator = ", ";
        }
    }
    fputc('\n', out);
    if (tally_outcome(tally, OUTCOME_SILENT) > 0) {
        int64_t believed =
            tally_outcome(tally, OUTCOME_OK) + tally_outcome(tally, OUTCOME_SILENT);
        fprintf(out, "              (the callers believe that %" PRId64 " %s ok)\n",
                believed, believed == 1 ? "is" : "are");
    }
}

/* What keeps the tasks from being served faster than so many a second. Only virtual
 * time knows what it takes of the CPU. */
struct bottleneck {
    const char *name;
    double per_s; /* INFINITY: nothing does */
};

static void narrow(struct bottleneck *narrowest, double per_s, const char *name) {
    if (per_s > 0 && per_s < narrowest->per_s) {
        *narrowest = (struct bottleneck){name, per_s};
    }
}

/* Of so many at once, whose calls may slow each other down: then fewer can be better,
 * and one alone is best if there is anything better at all. */
static double per_s(int64_t at_once, double slowdown, double call_ns,
                    double besides_ns) {
    double all = (double)at_once;
    double alone_ns = call_ns + besides_ns;
    double together_ns = call_ns * (1 + slowdown * (all - 1)) + besides_ns;
    if (at_once == 0 || alone_ns == 0) {
        return INFINITY;
    }
    return (double)NS_PER_S * fmax(1 / alone_ns, all / together_ns);
}

/* With one call a task, which lasts as long as the API says: whoever hangs up or does
 * not call at all changes that, and a remote API says nothing. Whoever tries again gets
 * less. */
static struct bottleneck find_bottleneck(const struct run *run) {
    const struct runner_config *design = run->config;
    const struct api_config *api = run->api.config;
    const struct workload_config *workload = run->workload;
    struct bottleneck narrowest = {"", INFINITY};
    double call_ns = (double)workload->service_ns * (1 - workload->hang_rate) +
                     (double)workload->hang_ns * workload->hang_rate;
    double besides_ns = (double)(api->oversleep_ns + design->task_ns);
    int64_t cpu_ns = design->task_ns + (design->workers == 0 ? design->spawn_ns : 0);
    if (api->url != NULL || run->client.config->timeout_ns > 0 ||
        run->client.config->breaker_failures > 0) {
        return narrowest;
    }
    bool helps = design->workers > 0 && design->when_full == WHEN_FULL_CALLER_RUNS;
    narrow(&narrowest,
           per_s(design->workers + helps, api->slowdown, call_ns, besides_ns),
           "the workers");
    narrow(&narrowest, per_s(design->max_threads, api->slowdown, call_ns, besides_ns),
           "--max-threads");
    narrow(&narrowest, per_s(api->capacity, api->slowdown, call_ns, 0),
           "the API's capacity");
    narrow(&narrowest, api->rate_per_s, "the API's rate");
    narrow(&narrowest, per_s(1, 0, (double)cpu_ns, 0), "the CPU");
    return narrowest;
}

/* Only if it is too much: then no figure below holds for a longer run. */
static void write_load(const struct run *run, FILE *out) {
    struct bottleneck narrowest = find_bottleneck(run);
    double rho = run->workload->arrivals_per_s / narrowest.per_s;
    double rounding = 1e-9;
    const char *then =
        rho > 1 + rounding
            ? "while they arrive, waits grow or tasks are turned away"
            : "nothing is to spare: what is not quite regular makes waits grow";
    if (run->workload->arrivals != ARRIVALS_BATCH && rho >= 1 - rounding) {
        fprintf(out, "  load        %.4g/s arrive, %s: at most %.4g/s (rho = %.3g);\n",
                run->workload->arrivals_per_s, narrowest.name, narrowest.per_s, rho);
        fprintf(out, "              %s\n", then);
    }
}

/* Only if there was a queue, or work in vain. */
static void write_queue(struct api *api, FILE *out) {
    char text[TEXT];
    if (atomic_load(&api->waited) == 0 && atomic_load(&api->wasted_ns) == 0) {
        return;
    }
    fprintf(out, "  at the API  %" PRId64 " waited, at most %" PRId64 " at once; ",
            atomic_load(&api->waited), gauge_peak(&api->waiting));
    write_number(atomic_load(&api->abandoned), "call", out);
    fprintf(out, " abandoned, %s wasted\n",
            duration(atomic_load(&api->wasted_ns), text));
}

static void write_connections(struct remote *remote, FILE *out) {
    if (remote != NULL) {
        fputs("  connections ", out);
        write_number(atomic_load(&remote->http.opened), "socket", out);
        fprintf(out, ", %" PRId64 " at once; ", gauge_peak(&remote->http.connected));
        write_number(gauge_peak(&remote->http.descriptors), "descriptor", out);
        fputc('\n', out);
    }
}

static void write_breaker(const struct run *run, FILE *out) {
    const struct breaker *breaker = &run->client.breaker;
    char text[TEXT];
    if (breaker->most_failures > 0) {
        fputs("  breaker     opened ", out);
        write_number(breaker->opened, "time", out);
        int64_t open_ns =
            breaker_open_ns(breaker, atomic_load(&run->tally.last_outcome_ns));
        fprintf(out, ", for %s; ", duration(open_ns, text));
        write_number(breaker->stopped, "call", out);
        fputs(" stopped\n", out);
    }
}

static void write_calls(struct run *run, FILE *out) {
    int64_t retries = atomic_load(&run->tally.retries);
    fprintf(out, "  calls       %" PRId64, api_calls(&run->api));
    if (retries > 0) {
        fprintf(out, ", %" PRId64 " of them retries", retries);
    }
    fputs("\n  at once     ", out);
    write_number(gauge_peak(&run->tally.threads), thread_noun(), out);
    fputs(", ", out);
    write_number(gauge_peak(&run->api.in_flight), "call", out);
    if (run->api.remote == NULL) {
        fprintf(out, ", %" PRId64 " of them served", gauge_peak(&run->api.served));
    }
    fputc('\n', out);
    write_queue(&run->api, out);
    write_connections(run->api.remote, out);
    write_breaker(run, out);
}

/* The p99 of few tasks would only be their maximum: ten lie beyond what is shown. */
static void write_quantiles(const char *name, const struct histogram *histogram,
                            FILE *out) {
    static const struct {
        const char *name;
        double share;
        uint64_t fewest_tasks;
    } quantiles[] = {{"p50", 0.5, 0}, {"p90", 0.9, 100}, {"p99", 0.99, 1000}};
    char text[TEXT];
    if (histogram_quantile_ns(histogram, 0) < 0) {
        return;
    }
    fprintf(out, "  %-11s mean %s;", name,
            duration(histogram_mean_ns(histogram), text));
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++) {
        if (atomic_load(&histogram->count) >= quantiles[i].fewest_tasks) {
            int64_t ns = histogram_quantile_ns(histogram, quantiles[i].share);
            fprintf(out, " %s %s,", quantiles[i].name, duration(ns, text));
        }
    }
    fprintf(out, " max %s\n", duration(histogram_quantile_ns(histogram, 1), text));
}

static void write_process(const struct process_figures *process, FILE *out) {
    char text[TEXT];
    fprintf(out, "  peak RSS    %s", bytes(process->rss_peak_bytes, text));
    fprintf(out, " (address space %s", bytes(process->virtual_peak_bytes, text));
    fprintf(out, ", page tables %s)\n", bytes(process->page_table_bytes, text));
    if (process->user_ns < 0) {
        fputs("  CPU         unknown\n", out);
        return;
    }
    fprintf(out, "  CPU         %s user", duration(process->user_ns, text));
    fprintf(out, ", %s system; ", duration(process->system_ns, text));
    write_number(process->voluntary_switches, "wait", out);
    fputs(" in the kernel\n", out);
}

static void write_stop(const struct tally *tally, FILE *out) {
    static const char *const reasons[] = {"", "its deadline", "the first failure",
                                          "a signal"};
    enum stop_reason reason = tally_stop_reason(tally);
    char text[TEXT];
    if (reason == STOP_NOT) {
        return;
    }
    int64_t stop_ns = tally_stop_at_ns(tally);
    fprintf(out, "  stop        by %s at %s", reasons[reason],
            duration(stop_ns - tally->started_at_ns, text));
    fprintf(out, "; the last %s was done %s later\n", thread_noun(),
            duration(tally->finished_at_ns - stop_ns, text));
    fputs("              ", out);
    write_number(atomic_load(&tally->started_before_stop), "task", out);
    fprintf(out,
            " had started, %" PRId64 " of them in flight; %" PRId64 " never started\n",
            atomic_load(&tally->in_flight_at_stop), tally_never_started(tally));
}

void summary_print(const struct record *record, FILE *out) {
    struct run *run = record->run;
    struct tally *tally = &run->tally;
    char text[TEXT];
    fprintf(out, "%s: ", record->program);
    write_number(run->workload->tasks, "task", out);
    fprintf(out, " of %s, ", duration(run->workload->service_ns, text));
    write_number(tally->created_threads, thread_noun(), out);
    const struct runner_config *design = run->config;
    bool fed_apart = design->workers > 0 && design->idle_ns == 0 &&
                     tally->created_threads > design->workers;
    fprintf(out, " created%s%s\n", fed_apart ? ", the feeder among them" : "",
            record->complete ? "" : " (stopped early)");
    fprintf(out, "  %s %s", clock_is_virtual() ? "virtual    " : "wall time  ",
            duration(tally_wall_ns(tally), text));
    fprintf(out, ", creating %ss %s\n", thread_noun(),
            duration(tally->create_ns, text));
    write_load(run, out);
    write_outcomes(tally, out);
    write_calls(run, out);
    write_quantiles("latency", &tally->latency, out);
    write_quantiles("of failed", &tally->failed_latency, out);
    write_quantiles("queue wait", &tally->queue_wait, out);
    if (!clock_is_virtual()) {
        write_process(&run->process, out);
    }
    write_stop(tally, out);
}
