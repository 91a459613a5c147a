#include "program/record.h"

#include <errno.h>
#include <inttypes.h>

#include "program/json.h"
#include "version.h"

static void write_outcomes(struct json *json, const struct tally *tally) {
    json_open(json, "outcomes");
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        enum outcome outcome = (enum outcome)i;
        json_count(json, outcome_name(outcome), tally_outcome(tally, outcome));
    }
    json_close(json);
    json_count(json, "believed_ok",
               tally_outcome(tally, OUTCOME_OK) + tally_outcome(tally, OUTCOME_SILENT));
}

static void write_calls(struct json *json, struct run *run) {
    int64_t calls = api_calls(&run->api);
    int64_t retries = atomic_load(&run->tally.retries);
    json_count(json, "calls", calls);
    json_count(json, "retries", retries);
    if (calls > retries) {
        json_real(json, "amplification", (double)calls / (double)(calls - retries), 6);
    } else {
        json_null(json, "amplification");
    }
}

static void write_breaker(struct json *json, const struct run *run) {
    static const char *const states[] = {"closed", "open", "half-open"};
    const struct breaker *breaker = &run->client.breaker;
    if (breaker->most_failures == 0) {
        json_null(json, "breaker");
        return;
    }
    json_open(json, "breaker");
    json_text(json, "state", states[breaker->state]);
    json_count(json, "opened", breaker->opened);
    json_count(json, "open_ns",
               breaker_open_ns(breaker, atomic_load(&run->tally.last_outcome_ns)));
    json_count(json, "stopped", breaker->stopped);
    json_close(json);
}

/* What only the API itself knows: -1, if it is not ours. */
static int64_t own(const struct api *api, int64_t count) {
    return api->remote == NULL ? count : -1;
}

static void write_peaks(struct json *json, struct run *run) {
    json_open(json, "peak");
    json_known(json, "rss_bytes", run->process.rss_peak_bytes);
    json_known(json, "virtual_bytes", run->process.virtual_peak_bytes);
    json_known(json, "page_table_bytes", run->process.page_table_bytes);
    json_count(json, "threads", gauge_peak(&run->tally.threads));
    json_count(json, "in_flight", gauge_peak(&run->api.in_flight));
    json_known(json, "served", own(&run->api, gauge_peak(&run->api.served)));
    json_known(json, "waiting", own(&run->api, gauge_peak(&run->api.waiting)));
    json_close(json);
}

static void write_api(struct json *json, const struct api *api) {
    json_open(json, "api");
    json_known(json, "waited", own(api, atomic_load(&api->waited)));
    json_count(json, "abandoned", atomic_load(&api->abandoned));
    json_known(json, "service_ns", own(api, atomic_load(&api->service_ns)));
    json_known(json, "wasted_ns", own(api, atomic_load(&api->wasted_ns)));
    json_close(json);
}

static void write_remote(struct json *json, struct remote *remote) {
    if (remote == NULL) {
        json_null(json, "remote");
        return;
    }
    json_open(json, "remote");
    json_count(json, "connections", atomic_load(&remote->http.opened));
    json_count(json, "connected", gauge_peak(&remote->http.connected));
    json_count(json, "descriptors", gauge_peak(&remote->http.descriptors));
    json_known(json, "descriptor_limit", remote_descriptor_limit(remote));
    json_open(json, "broken");
    for (int i = 0; i < BROKEN_COUNT; i++) {
        enum http_broken broken = (enum http_broken)i;
        json_count(json, remote_broken_name(broken),
                   atomic_load(&remote->broken[broken]));
    }
    json_close(json);
    json_close(json);
}

static void write_cpu(struct json *json, const struct process_figures *process) {
    json_open(json, "cpu");
    json_known(json, "user_ns", process->user_ns);
    json_known(json, "system_ns", process->system_ns);
    json_known(json, "voluntary_switches", process->voluntary_switches);
    json_known(json, "involuntary_switches", process->involuntary_switches);
    json_known(json, "minor_faults", process->minor_faults);
    json_close(json);
}

static void write_histogram(struct json *json, const char *key,
                            const struct histogram *histogram) {
    json_open(json, key);
    json_known(json, "min", histogram_quantile_ns(histogram, 0));
    json_known(json, "mean", histogram_mean_ns(histogram));
    json_known(json, "p50", histogram_quantile_ns(histogram, 0.5));
    json_known(json, "p90", histogram_quantile_ns(histogram, 0.9));
    json_known(json, "p99", histogram_quantile_ns(histogram, 0.99));
    json_known(json, "max", histogram_quantile_ns(histogram, 1));
    json_close(json);
}

static void write_stop(struct json *json, const struct tally *tally) {
    static const char *const reasons[] = {NULL, "deadline", "fail-fast", "signal"};
    enum stop_reason reason = tally_stop_reason(tally);
    if (reason == STOP_NOT) {
        json_null(json, "stop");
        return;
    }
    int64_t stop_ns = tally_stop_at_ns(tally);
    json_open(json, "stop");
    json_text(json, "reason", reasons[reason]);
    json_count(json, "at_ns", stop_ns - tally->started_at_ns);
    json_count(json, "latency_ns", tally->finished_at_ns - stop_ns);
    json_count(json, "started", atomic_load(&tally->started_before_stop));
    json_count(json, "in_flight", atomic_load(&tally->in_flight_at_stop));
    json_count(json, "never_started", tally_never_started(tally));
    json_close(json);
}

void record_write(const struct record *record, FILE *out) {
    struct run *run = record->run;
    const struct tally *tally = &run->tally;
    struct json json = {.out = out};
    char digest[17];
    snprintf(digest, sizeof digest, "%016" PRIx64, record->digest);
    json_open(&json, NULL);
    json_count(&json, "schema_version", 2);
    json_text(&json, "program", record->program);
    json_text(&json, "version", FIVE_COOKS_VERSION);
    json_text(&json, "commit", FIVE_COOKS_COMMIT);
    json_flag(&json, "complete", record->complete);
    json_raw(&json, "config", record->config);
    json_text(&json, "workload_digest", digest);
    json_count(&json, "wall_ns", tally_wall_ns(tally));
    json_count(&json, "create_ns", tally->create_ns);
    json_count(&json, "threads_created", tally->created_threads);
    write_outcomes(&json, tally);
    write_calls(&json, run);
    write_api(&json, &run->api);
    write_remote(&json, run->api.remote);
    write_breaker(&json, run);
    write_peaks(&json, run);
    write_cpu(&json, &run->process);
    write_histogram(&json, "latency_ns", &tally->latency);
    write_histogram(&json, "failed_latency_ns", &tally->failed_latency);
    write_histogram(&json, "queue_wait_ns", &tally->queue_wait);
    write_stop(&json, tally);
    json_text(&json, "limit", run->limit[0] == '\0' ? NULL : run->limit);
    json_close(&json);
    fputc('\n', out);
}

static bool same(const char *what, int64_t found, int64_t expected) {
    if (found != expected) {
        fprintf(stderr,
                "%s: accounts do not add up: %s: %" PRId64 " instead of %" PRId64 "\n",
                program_invocation_short_name, what, found, expected);
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
    bool foreseen =
        run->api.remote == NULL || same("answers that the workload does not foresee",
                                        atomic_load(&run->api.remote->unforeseen), 0);
    bool capped =
        capacity == 0 || served <= capacity || same("served", served, capacity);
    return outcomes && calls && in_flight && foreseen && capped;
}
