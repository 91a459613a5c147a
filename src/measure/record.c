#include "measure/record.h"

#include <inttypes.h>

#include "version.h"

static void write_count(FILE *out, const char *name, int64_t value) {
    fprintf(out, "\"%s\": %" PRId64, name, value);
}

/* A negative value is one that is not known. */
static void write_known(FILE *out, const char *name, int64_t value) {
    if (value < 0) {
        fprintf(out, "\"%s\": null", name);
    } else {
        write_count(out, name, value);
    }
}

static void write_outcomes(FILE *out, const struct tally *tally) {
    fputs(", \"outcomes\": {", out);
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        fputs(i == 0 ? "" : ", ", out);
        write_count(out, outcome_name((enum outcome)i),
                    tally_outcome(tally, (enum outcome)i));
    }
    fputs("}, ", out);
    write_count(out, "believed_ok",
                tally_outcome(tally, OUTCOME_OK) +
                    tally_outcome(tally, OUTCOME_SILENT));
}

static void write_calls(FILE *out, struct run *run) {
    int64_t calls = api_calls(&run->api);
    int64_t retries = atomic_load(&run->tally.retries);
    fputs(", ", out);
    write_count(out, "calls", calls);
    fputs(", ", out);
    write_count(out, "retries", retries);
    if (calls > retries) {
        fprintf(out, ", \"amplification\": %.6g",
                (double)calls / (double)(calls - retries));
    } else {
        fputs(", \"amplification\": null", out);
    }
}

static void write_peaks(FILE *out, struct run *run) {
    fputs(", \"peak\": {", out);
    write_known(out, "rss_bytes", run->process.rss_peak_bytes);
    fputs(", ", out);
    write_known(out, "virtual_bytes", run->process.virtual_peak_bytes);
    fputs(", ", out);
    write_known(out, "page_table_bytes", run->process.page_table_bytes);
    fputs(", ", out);
    write_count(out, "threads", gauge_peak(&run->tally.threads));
    fputs(", ", out);
    write_count(out, "in_flight", gauge_peak(&run->api.in_flight));
    fputs(", ", out);
    write_count(out, "served", gauge_peak(&run->api.served));
    fputs("}", out);
}

static void write_cpu(FILE *out, const struct process_figures *process) {
    fputs(", \"cpu\": {", out);
    write_count(out, "user_ns", process->user_ns);
    fputs(", ", out);
    write_count(out, "system_ns", process->system_ns);
    fputs(", ", out);
    write_count(out, "voluntary_switches", process->voluntary_switches);
    fputs(", ", out);
    write_count(out, "involuntary_switches", process->involuntary_switches);
    fputs(", ", out);
    write_count(out, "minor_faults", process->minor_faults);
    fputs("}", out);
}

static void write_quantiles(FILE *out, const char *name,
                            const struct histogram *histogram) {
    static const struct {
        const char *name;
        double share;
    } quantiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"max", 1}};
    fprintf(out, ", \"%s\": {", name);
    write_known(out, "min", histogram_quantile_ns(histogram, 0));
    fputs(", ", out);
    write_known(out, "mean", histogram_mean_ns(histogram));
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++) {
        fputs(", ", out);
        write_known(out, quantiles[i].name,
                    histogram_quantile_ns(histogram, quantiles[i].share));
    }
    fputs("}", out);
}

static void write_stop(FILE *out, const struct run *run) {
    static const char *const reasons[] = {"", "deadline", "fail-fast", "signal"};
    const struct tally *tally = &run->tally;
    enum stop_reason reason = tally_stop_reason(tally);
    if (reason == STOP_NOT) {
        fputs(", \"stop\": null", out);
        return;
    }
    int64_t stop_ns = tally_stop_at_ns(tally);
    int64_t started = atomic_load(&tally->started_before_stop);
    fprintf(out, ", \"stop\": {\"reason\": \"%s\", ", reasons[reason]);
    write_count(out, "at_ns", stop_ns - tally->started_at_ns);
    fputs(", ", out);
    write_count(out, "latency_ns", tally->finished_at_ns - stop_ns);
    fputs(", ", out);
    write_count(out, "started", started);
    fputs(", ", out);
    write_count(out, "in_flight", atomic_load(&tally->in_flight_at_stop));
    fputs(", ", out);
    write_count(out, "never_started", tally_never_started(tally));
    fputs("}", out);
}

/* The name of a limit holds paths of the machine's own, and may hold anything. */
static void write_text(FILE *out, const char *name, const char *text) {
    fprintf(out, ", \"%s\": ", name);
    if (text[0] == '\0') {
        fputs("null", out);
        return;
    }
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            fputc('\\', out);
        }
        fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
    }
    fputc('"', out);
}

void record_write(const struct record *record, FILE *out) {
    struct run *run = record->run;
    const struct tally *tally = &run->tally;
    fprintf(out,
            "{\"schema_version\": 1, \"program\": \"%s\", \"version\": \"%s\", "
            "\"commit\": \"%s\", \"complete\": %s, \"config\": %s, "
            "\"workload_digest\": \"%016" PRIx64 "\", ",
            record->program, FIVE_COOKS_VERSION, FIVE_COOKS_COMMIT,
            record->complete ? "true" : "false", record->config, record->digest);
    write_count(out, "wall_ns", tally_wall_ns(tally));
    fputs(", ", out);
    write_count(out, "create_ns", tally->create_ns);
    fputs(", ", out);
    write_count(out, "threads_created", tally->created_threads);
    write_outcomes(out, tally);
    write_calls(out, run);
    write_peaks(out, run);
    write_cpu(out, &run->process);
    write_quantiles(out, "latency_ns", &tally->latency);
    write_quantiles(out, "failed_latency_ns", &tally->failed_latency);
    write_quantiles(out, "queue_wait_ns", &tally->queue_wait);
    write_stop(out, run);
    write_text(out, "limit", run->limit);
    fputs("}\n", out);
}

static bool same(const char *what, int64_t found, int64_t expected) {
    if (found != expected) {
        fprintf(stderr,
                "accounts do not add up: %s: %" PRId64 " instead of %" PRId64 "\n",
                what, found, expected);
    }
    return found == expected;
}

bool record_adds_up(const struct record *record) {
    struct run *run = record->run;
    struct tally *tally = &run->tally;
    int64_t capacity = run->api.config->capacity;
    int64_t served = gauge_peak(&run->api.served);
    bool outcomes = same("outcomes", tally_total(tally), run->workload->tasks);
    bool calls = same("calls", api_calls(&run->api), atomic_load(&tally->attempts));
    bool in_flight =
        same("calls still in flight", atomic_load(&run->api.in_flight.now), 0);
    bool capped =
        capacity == 0 || served <= capacity || same("served", served, capacity);
    return outcomes && calls && in_flight && capped;
}
