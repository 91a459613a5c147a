/*
 * Where calls come in: the API behind HTTP/1.1, on this machine only.
 *
 *   desk_open(desk, ...)   0 or -errno; its port is free, and is known from then on
 *   desk_close(desk)       hangs up on whoever is still there, and waits for all
 *
 * Each connection has a thread (libmicrohttpd), which serves its calls one after the
 * other: so api_call() serves real callers exactly as it does simulated ones. When a
 * caller hangs up, its call is abandoned as in the simulation.
 *
 * 127.0.0.1 is no setting. Nothing that is asked of this server can be of use to anyone
 * on another machine.
 */
#ifndef FIVE_COOKS_DESK_H
#define FIVE_COOKS_DESK_H

#include <stdatomic.h>
#include <stdio.h>

#include "measure/gauge.h"
#include "server/hang_ups.h"
#include "simulation/api.h"

struct desk {
    struct api *api;
    const struct workload_config *workload;
    FILE *samples; /* a line for each call; NULL: nobody wants them */
    uint16_t port;
    struct gauge connected;
    _Atomic int64_t connections; /* ever */
    _Atomic int64_t misfits; /* requests that were no calls; api does not count them */
    struct hang_ups hang_ups;
    struct MHD_Daemon *daemon;
};

int desk_open(struct desk *desk, struct api *api,
              const struct workload_config *workload, FILE *samples);
void desk_close(struct desk *desk);

/* As samples and the accounts call it. */
const char *desk_reply_name(enum reply reply);

#endif
