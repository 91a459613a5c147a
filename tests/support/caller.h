/*
 * The API of a claim, and calls of it: one that is waited for, and some that last until
 * they are told to hang up, so that a test can look at what the API does meanwhile.
 *
 *   open_api((struct api_config){.capacity = 1});
 *   caller_start(&caller, hang_up);         returns once it is served or turned away
 *   ... look ...
 *   callers_hang_up(&caller, 1, hang_up);   closes the channel; all are back then
 *   close_api();
 */
#ifndef TEST_CALLER_H
#define TEST_CALLER_H

#include <pthread.h>

#include "simulation/api.h"

/* There from open_api() to close_api(): */
extern struct api_config config; /* a test may change it */
extern struct api api;
extern struct chan *hang_up; /* for whoever needs one */

void open_api(struct api_config wanted);
void close_api(void);

extern const struct call endless_call;

enum reply call_now(const struct call *call);

struct caller {
    const struct call *call;
    struct chan *hang_up;
    struct spawned *thread;
    enum reply reply;
};

/* A call by a thread of its own, wherever it may get; and one that has got through. */
void caller_spawn(struct caller *caller, const struct call *call, struct chan *told);
void caller_start(struct caller *caller, struct chan *told);

void caller_assert_ends(struct caller *caller, enum reply reply);
void callers_hang_up(struct caller *callers, int count, struct chan *told);

#endif
