#include "simulation/remote.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "simulation/wire.h"

struct remote *remote_create(const char *url) {
    struct remote *remote = calloc(1, sizeof *remote);
    if (remote == NULL) {
        return NULL;
    }
    remote->url = url;
    int error = -http_init(&remote->http);
    if (error == 0 && (error = -hang_up_init(&remote->hang_up)) != 0) {
        http_destroy(&remote->http);
    }
    if (error != 0) {
        free(remote);
        errno = error;
        return NULL;
    }
    return remote;
}

void remote_free(struct remote *remote) {
    if (remote != NULL) {
        http_destroy(&remote->http);
        hang_up_destroy(&remote->hang_up);
        free(remote);
    }
}

static void count(_Atomic int64_t *account) {
    atomic_fetch_add_explicit(account, 1, memory_order_relaxed);
}

static enum reply served(struct remote *remote, const struct call *call,
                         const struct http_answer *answer) {
    char body[WIRE_TEXT];
    size_t length = wire_body(body, call->index, call->attempt, true);
    bool right = answer->length == length && memcmp(answer->body, body, length) == 0;
    bool to_be_right = call->fate == FATE_OK || call->fate == FATE_HANG;
    if (right != to_be_right || call->fate == FATE_ERROR) {
        count(&remote->unforeseen);
    }
    return right ? REPLY_OK : REPLY_WRONG;
}

static enum reply reply_of(struct remote *remote, const struct call *call,
                           const struct http_answer *answer) {
    enum { SERVED = 200, TOO_MANY = 429, UNAVAILABLE = 503 };
    switch (answer->status) {
    case SERVED:
        return served(remote, call, answer);
    case TOO_MANY:
    case UNAVAILABLE:
        return REPLY_REJECTED;
    default:
        break;
    }
    if (answer->status < 500 || answer->status > 599) {
        count(&remote->unforeseen);
    }
    return REPLY_FAILED;
}

enum reply remote_call(struct remote *remote, const struct call *call,
                       int64_t give_up_ns, struct chan *hang_up) {
    char url[2 * WIRE_TEXT + 32];
    struct http_answer answer = {.broken = BROKEN_OTHERWISE};
    int fd = hang_up_fd(&remote->hang_up, hang_up);
    snprintf(url, sizeof url, "%s" WIRE_PATH "%" PRIu64 "?attempt=%" PRId64,
             remote->url, call->index, call->attempt);
    switch (fd < -1 ? HTTP_BROKEN
                    : http_get(&remote->http, url, give_up_ns, fd, &answer)) {
    case HTTP_ANSWERED:
        return reply_of(remote, call, &answer);
    case HTTP_TOO_LATE:
        return REPLY_TOO_LATE;
    case HTTP_HUNG_UP:
        return REPLY_HUNG_UP;
    case HTTP_BROKEN:
        break;
    }
    count(&remote->broken[answer.broken]);
    return REPLY_FAILED;
}

const char *remote_broken_name(enum http_broken broken) {
    static const char *const names[BROKEN_COUNT] = {
        [BROKEN_REFUSED] = "refused",         [BROKEN_RESET] = "reset",
        [BROKEN_DESCRIPTORS] = "descriptors", [BROKEN_PORTS] = "ports",
        [BROKEN_RUBBISH] = "no_http",         [BROKEN_OTHERWISE] = "otherwise",
    };
    return names[broken];
}

int64_t remote_descriptor_limit(struct remote *remote) {
    struct rlimit limit;
    return atomic_load(&remote->broken[BROKEN_DESCRIPTORS]) > 0 &&
                   getrlimit(RLIMIT_NOFILE, &limit) == 0
               ? (int64_t)limit.rlim_cur
               : -1;
}

bool remote_tell(struct remote *remote, char *text, size_t size) {
    static const char *const told[BROKEN_COUNT] = {
        [BROKEN_REFUSED] = "refused (does anybody listen there?)",
        [BROKEN_RESET] = "closed by the API before the answer was whole",
        [BROKEN_DESCRIPTORS] = "for want of a descriptor",
        [BROKEN_PORTS] = "for want of a free port on this machine",
        [BROKEN_RUBBISH] = "answered by something that is not HTTP",
        [BROKEN_OTHERWISE] = "broken otherwise",
    };
    size_t length = 0;
    for (int i = 0; i < BROKEN_COUNT && length < size; i++) {
        int64_t calls = atomic_load(&remote->broken[i]);
        if (calls > 0) {
            length += (size_t)snprintf(text + length, size - length, "%s%" PRId64 " %s",
                                       length > 0 ? ", " : "", calls, told[i]);
        }
    }
    int64_t limit = remote_descriptor_limit(remote);
    if (limit >= 0 && length < size) {
        snprintf(text + length, size - length, " (ulimit -n is %" PRId64 ")", limit);
    }
    return length > 0;
}
