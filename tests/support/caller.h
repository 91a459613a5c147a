/*
 * Calls of the API: one that is waited for, and some that last until they are told to
 * hang up, so that a test can look at what the API does meanwhile.
 *
 *   caller_start(&caller, &api, hang_up);   returns when the call is being served, or
 *                                           is being turned away
 *   ... look ...
 *   callers_hang_up(&caller, 1, hang_up);   closes the channel; returns when all are
 * back
 */
#ifndef TEST_CALLER_H
#define TEST_CALLER_H

#include <pthread.h>

#include "simulation/api.h"

extern const struct call endless_call;

enum reply call_now(struct api *api, const struct call *call);

struct caller {
    struct api *api;
    struct chan *hang_up;
    pthread_t thread;
    enum reply reply;
};

void caller_start(struct caller *caller, struct api *api, struct chan *hang_up);
void callers_hang_up(struct caller *callers, int count, struct chan *hang_up);

#endif
