/*
 * The API on the other end: slow, limited and not always right. It is simulated by
 * sleeping: it takes time and turns callers away as a real one does, but needs no
 * network. What it leaves out is in README, "Limits".
 *
 *   api_init(api, config, start) before the first thread; outages count from `start`
 *   api_call(api, call, ...)     by any thread; blocks while the call is served
 *   api_destroy(api)
 *
 * A call is turned away (429, after reject_ns) if `capacity` calls are being served or
 * the token bucket is empty; during an outage it fails instead. The bucket stands in
 * front: a call that it lets through and that then finds no place has used its token.
 * Any other call is served until a moment fixed at its start, `start + service time`,
 * so that late wake-ups do not add up.
 *
 * The API keeps its own accounts, so that the callers' can be checked against them.
 */
#ifndef FIVE_COOKS_API_H
#define FIVE_COOKS_API_H

#include "measure/gauge.h"
#include "simulation/bucket.h"
#include "simulation/workload.h"

struct chan;

struct api_config {
    int64_t capacity;  /* calls served at once; 0: no limit */
    double rate_per_s; /* of the token bucket; 0: no limit */
    int64_t burst;
    int64_t reject_ns; /* how long it takes to turn a call away */
    double slowdown;   /* service time grows by this share for each other call served */
    int64_t outage_start_ns; /* everything fails in this stretch of the run */
    int64_t outage_length_ns;
    int64_t oversleep_ns; /* in virtual time: whoever waits wakes up so much too late */
};

enum reply {
    REPLY_OK,       /* 200 */
    REPLY_REJECTED, /* 429 */
    REPLY_FAILED,   /* 503 */
    REPLY_WRONG,    /* 200 to the caller, who cannot tell; the harness can */
    REPLY_TOO_LATE, /* the caller gave up at give_up_ns */
    REPLY_HUNG_UP,  /* the caller was cancelled in mid-call */
    REPLY_COUNT
};

struct api {
    const struct api_config *config;
    int64_t opened_ns; /* outages count from here */
    struct bucket bucket;
    struct gauge in_flight; /* calls outstanding, accepted or being turned away */
    struct gauge served;    /* accepted: never above the capacity */
    _Atomic int64_t replies[REPLY_COUNT];
};

void api_init(struct api *api, const struct api_config *config, int64_t start_ns);
void api_destroy(struct api *api);

/* One call. The caller stops waiting at the moment give_up_ns, and also when `hang_up`
 * is closed, unless that is NULL; the API then forgets the call at once. */
enum reply api_call(struct api *api, const struct call *call, int64_t give_up_ns,
                    struct chan *hang_up);

int64_t api_calls(struct api *api); /* all that were ever answered or given up */

#endif
