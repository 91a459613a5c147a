#include "server/accounts.h"

#include <inttypes.h>

#include "program/json.h"
#include "version.h"

static void write_replies(struct json *json, struct api *api) {
    int64_t replies[REPLY_COUNT];
    for (int i = 0; i < REPLY_COUNT; i++) {
        replies[i] = atomic_load(&api->replies[i]);
    }
    replies[REPLY_HUNG_UP] += replies[REPLY_TOO_LATE]; /* to a server they are one */
    json_count(json, "calls", api_calls(api));
    json_open(json, "replies");
    for (int i = 0; i < REPLY_COUNT; i++) {
        if (i != REPLY_TOO_LATE) {
            json_count(json, desk_reply_name((enum reply)i), replies[i]);
        }
    }
    json_close(json);
}

static void write_api(struct json *json, struct api *api) {
    json_open(json, "api");
    json_count(json, "waited", atomic_load(&api->waited));
    json_count(json, "abandoned", atomic_load(&api->abandoned));
    json_count(json, "service_ns", atomic_load(&api->service_ns));
    json_count(json, "wasted_ns", atomic_load(&api->wasted_ns));
    json_close(json);
}

static void write_peaks(struct json *json, struct desk *desk) {
    json_open(json, "peak");
    json_count(json, "in_flight", gauge_peak(&desk->api->in_flight));
    json_count(json, "served", gauge_peak(&desk->api->served));
    json_count(json, "waiting", gauge_peak(&desk->api->waiting));
    json_count(json, "connected", gauge_peak(&desk->connected));
    json_close(json);
}

void accounts_write(struct desk *desk, const char *config, FILE *out) {
    struct json json = {.out = out};
    char digest[17];
    snprintf(digest, sizeof digest, "%016" PRIx64, workload_digest(desk->workload));
    json_open(&json, NULL);
    json_count(&json, "schema_version", 2);
    json_text(&json, "program", "api-server");
    json_text(&json, "version", FIVE_COOKS_VERSION);
    json_text(&json, "commit", FIVE_COOKS_COMMIT);
    json_raw(&json, "config", config);
    json_text(&json, "workload_digest", digest);
    write_replies(&json, desk->api);
    write_api(&json, desk->api);
    write_peaks(&json, desk);
    json_count(&json, "connections", atomic_load(&desk->connections));
    json_count(&json, "misfits", atomic_load(&desk->misfits));
    json_close(&json);
    fputc('\n', out);
}
