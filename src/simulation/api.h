/*
 * The API on the other end: slow, limited and not always right. It is simulated by
 * sleeping: it takes time and turns callers away as a real one does, but needs no
 * network. What it leaves out is in README, "Limits". Or it is real (`url`): then all
 * that is here is the caller's side of it, see remote.h.
 *
 *   api_init(api, config, start) before the first thread; outages count from `start`
 *   api_call(api, call, ...)     by any thread; blocks while the call is served
 *   api_destroy(api)
 *
 * A call is turned away (429, after reject_ns) if the token bucket is empty, or if
 * `capacity` calls are being served and `queue` others wait for their turn; during an
 * outage it fails instead. The bucket stands in front: a call that it lets through and
 * that then finds no place has used its token. Any other call is served until a moment
 * fixed at its start, `start + service time`, so that late wake-ups do not add up.
 *
 * Calls wait in the order in which they came. What becomes of a call whose caller does
 * not wait for the end is up to `keeps_working`: either the API forgets it at once, and
 * the next one takes its place, or it knows nothing of the caller and serves the call
 * all the same. This is what sinks overloaded services: they are busy with calls that
 * nobody waits for any more.
 *
 * The API keeps its own accounts, so that the callers' can be checked against them.
 */
#ifndef FIVE_COOKS_API_H
#define FIVE_COOKS_API_H

#include "measure/gauge.h"
#include "simulation/agenda.h"
#include "simulation/bucket.h"
#include "simulation/remote.h"
#include "simulation/workload.h"

struct chan;

#define API_QUEUE_UNLIMITED INT64_MAX

struct api_config {
    const char *url;    /* of a remote one; NULL: it is simulated, as follows */
    int64_t capacity;   /* calls served at once; 0: no limit */
    int64_t queue;      /* calls that may wait for that; API_QUEUE_UNLIMITED */
    bool keeps_working; /* on a call whose caller has given up */
    double rate_per_s;  /* of the token bucket; 0: no limit */
    int64_t burst;
    int64_t retry_after_ns; /* a rejection says: not before; 0: it says nothing */
    int64_t reject_ns;      /* how long it takes to turn a call away */
    double slowdown; /* service time grows by this share for each other call served */
    int64_t outage_start_ns; /* everything fails in this stretch of the run */
    int64_t outage_length_ns;
    int64_t oversleep_ns; /* in virtual time: whoever waits wakes up so much too late */
};

struct api {
    const struct api_config *config;
    struct remote *remote; /* NULL: it is simulated */
    int64_t opened_ns;     /* outages count from here */
    struct bucket bucket;
    struct gauge in_flight; /* calls outstanding, accepted or being turned away */
    struct gauge served;    /* accepted: never above the capacity */
    struct gauge waiting;   /* in the queue: only its peak is kept */
    struct gauge present;   /* if there is a queue: served or waiting */
    struct chan *places;    /* if there is a queue: a value for each place taken */
    struct agenda agenda;   /* if it keeps working: instead of `places` and `served` */
    _Atomic int64_t replies[REPLY_COUNT];
    _Atomic int64_t waited;     /* calls that had to */
    _Atomic int64_t abandoned;  /* whose callers did not wait for the end */
    _Atomic int64_t service_ns; /* spent on serving, altogether */
    _Atomic int64_t wasted_ns;  /* of it, on abandoned calls */
};

/* 0 or -errno. */
int api_init(struct api *api, const struct api_config *config, int64_t start_ns);
void api_destroy(struct api *api);

/* One call. The caller stops waiting at the moment give_up_ns, and also when `hang_up`
 * is closed, unless that is NULL. */
enum reply api_call(struct api *api, const struct call *call, int64_t give_up_ns,
                    struct chan *hang_up);

int64_t api_served(struct api *api); /* now */
int64_t api_calls(struct api *api);  /* all that were ever answered or given up */

#endif
