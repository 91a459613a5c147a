#include "measure/summary.h"

#include <inttypes.h>

#include "clock.h"

/* 10.2 ms, 2.03 s: three digits and the unit that suits. */
static const char *duration(int64_t ns, char text[static 32]) {
    double value = (double)ns;
    const char *unit = "ns";
    if (ns >= NS_PER_S) {
        value /= (double)NS_PER_S;
        unit = "s";
    } else if (ns >= NS_PER_MS) {
        value /= (double)NS_PER_MS;
        unit = "ms";
    } else if (ns >= NS_PER_US) {
        value /= (double)NS_PER_US;
        unit = "us";
    }
    snprintf(text, 32, value < 100 ? "%.3g %s" : "%.0f %s", value, unit);
    return text;
}

static const char *megabytes(int64_t bytes, char text[static 32]) {
    if (bytes < 0) {
        snprintf(text, 32, "unknown");
    } else {
        snprintf(text, 32, "%.1f MB", (double)bytes / 1e6);
    }
    return text;
}

static void write_outcomes(const struct tally *tally, FILE *out) {
    fputs("  outcomes    ", out);
    const char *separator = "";
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        int64_t count = tally_outcome(tally, (enum outcome)i);
        if (count > 0 || i == OUTCOME_OK) {
            fprintf(out, "%s%" PRId64 " %s", separator, count,
                    outcome_name((enum outcome)i));
            separator = ", ";
        }
    }
    fputc('\n', out);
    if (tally_outcome(tally, OUTCOME_SILENT) > 0) {
        fprintf(out, "              (the callers believe that %" PRId64 " are ok)\n",
                tally_outcome(tally, OUTCOME_OK) +
                    tally_outcome(tally, OUTCOME_SILENT));
    }
}

static void write_quantiles(const char *name, const struct histogram *histogram,
                            FILE *out) {
    char median[32];
    char p99[32];
    char greatest[32];
    if (histogram_quantile_ns(histogram, 0) < 0) {
        return;
    }
    fprintf(out, "  %-11s median %s, p99 %s, most %s\n", name,
            duration(histogram_quantile_ns(histogram, 0.5), median),
            duration(histogram_quantile_ns(histogram, 0.99), p99),
            duration(histogram_quantile_ns(histogram, 1), greatest));
}

static void write_stop(const struct tally *tally, FILE *out) {
    static const char *const reasons[] = {"", "its deadline", "the first failure",
                                          "a signal"};
    enum stop_reason reason = tally_stop_reason(tally);
    char at[32];
    char latency[32];
    if (reason == STOP_NOT) {
        return;
    }
    int64_t stop_ns = atomic_load(&tally->stop_at_ns);
    fprintf(out, "  stop        by %s at %s; the last thread was done %s later\n",
            reasons[reason], duration(stop_ns - tally->started_at_ns, at),
            duration(tally->finished_at_ns - stop_ns, latency));
    fprintf(out,
            "              %" PRId64 " tasks had started, %" PRId64 " were in flight\n",
            atomic_load(&tally->started_before_stop),
            atomic_load(&tally->in_flight_at_stop));
}

void summary_write(const struct record *record, FILE *out) {
    struct run *run = record->run;
    struct tally *tally = &run->tally;
    char text[32];
    fprintf(out, "%s: %" PRId64 " tasks", record->program, run->workload->tasks);
    fprintf(out, " of %s", duration(run->workload->service_ns, text));
    fprintf(out, ", %" PRId64 " threads created%s\n", tally->created_threads,
            record->complete ? "" : " (stopped early)");
    fprintf(out, "  wall time   %s", duration(tally_wall_ns(tally), text));
    fprintf(out, ", of it %s creating threads\n", duration(tally->create_ns, text));
    write_outcomes(tally, out);
    fprintf(out, "  calls       %" PRId64 ", of them %" PRId64 " retries\n",
            api_calls(&run->api), atomic_load(&tally->retries));
    fprintf(out,
            "  at once     %" PRId64 " threads, %" PRId64 " calls in flight, %" PRId64
            " of them served\n",
            gauge_peak(&tally->threads), gauge_peak(&run->api.in_flight),
            gauge_peak(&run->api.served));
    write_quantiles("latency", &tally->latency, out);
    write_quantiles("queue wait", &tally->queue_wait, out);
    fprintf(out, "  peak RSS    %s", megabytes(run->process.rss_peak_bytes, text));
    fprintf(out, " (address space %s",
            megabytes(run->process.virtual_peak_bytes, text));
    fprintf(out, ", page tables %s)\n", megabytes(run->process.page_table_bytes, text));
    fprintf(out, "  CPU         %s user", duration(run->process.user_ns, text));
    fprintf(out, ", %s system, %" PRId64 " voluntary switches\n",
            duration(run->process.system_ns, text), run->process.voluntary_switches);
    write_stop(tally, out);
}
