/*
 * An API that is not simulated here, but asked over HTTP.
 *
 *   remote_create(url)          NULL and errno; http_load() comes before
 *   remote_call(remote, ...)    by any thread; as api_call(), which calls it
 *   remote_tell(remote, ...)    after the run: in one line, what broke on the way
 *   remote_free(remote)         NULL is fine
 *
 * A call that gets no whole answer has failed, for whatever reason; the reasons are
 * counted. So is each answer that this call could not have had, as the workload knows:
 * then this is not the API that it claims to be, or it was given another workload.
 */
#ifndef FIVE_COOKS_REMOTE_H
#define FIVE_COOKS_REMOTE_H

#include "http/get.h"
#include "http/hang_up.h"
#include "simulation/workload.h"

enum reply {
    REPLY_OK,       /* 200 */
    REPLY_REJECTED, /* 429 */
    REPLY_FAILED,   /* 500 */
    REPLY_WRONG,    /* 200 to the caller, who cannot tell; the harness can */
    REPLY_TOO_LATE, /* the caller gave up at give_up_ns */
    REPLY_HUNG_UP,  /* the caller was cancelled in mid-call */
    REPLY_COUNT
};

struct remote {
    const char *url;
    struct http http;
    struct hang_up hang_up;
    _Atomic int64_t broken[BROKEN_COUNT];
    _Atomic int64_t unforeseen; /* answers that contradict the workload */
};

struct remote *remote_create(const char *url);
void remote_free(struct remote *remote);

enum reply remote_call(struct remote *remote, const struct call *call,
                       int64_t give_up_ns, struct chan *hang_up);

/* As the record calls it. */
const char *remote_broken_name(enum http_broken broken);

/* Writes why calls got no answer, as "3 refused ..., 2 closed ...". False: all
 * of them did. */
bool remote_tell(struct remote *remote, char *text, size_t size);

/* The limit on descriptors, if that is what calls have failed on; -1: it is not. */
int64_t remote_descriptor_limit(struct remote *remote);

#endif
