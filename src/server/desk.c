#include "server/desk.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "program/quantity.h"
#include "simulation/wire.h"
#include "sync/clock.h"
#include "sync/must.h"

enum {
    STACK_BYTES = 256 * 1024,
    BACKLOG = 65535,           /* the kernel has a limit of its own */
    DESCRIPTORS_MOST = 1 << 18 /* more than ports; some systems allow 10^9 */
};

const char *desk_reply_name(enum reply reply) {
    static const char *const names[REPLY_COUNT] = {
        [REPLY_OK] = "ok",
        [REPLY_REJECTED] = "rejected",
        [REPLY_FAILED] = "failed",
        [REPLY_WRONG] = "silent",
        [REPLY_TOO_LATE] = "hung_up",
        [REPLY_HUNG_UP] = "hung_up",
    };
    return names[reply];
}

/* ---- answers ---- */

/* In whole seconds, as HTTP has it: never too early. */
static void add_retry_after(struct MHD_Response *response, int64_t pause_ns) {
    char seconds[WIRE_TEXT];
    if (pause_ns > 0) {
        snprintf(seconds, sizeof seconds, "%" PRId64,
                 (pause_ns + NS_PER_S - 1) / NS_PER_S);
        MHD_add_response_header(response, "Retry-After", seconds);
    }
}

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status,
                              const char *body, int64_t retry_after_ns) {
    struct MHD_Response *response = MHD_create_response_from_buffer(
        strlen(body), (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
    if (response == NULL) {
        return MHD_NO;
    }
    add_retry_after(response, retry_after_ns);
    enum MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result answer_call(struct desk *desk, struct MHD_Connection *connection,
                                   const struct call *call, enum reply reply) {
    char body[WIRE_TEXT];
    switch (reply) {
    case REPLY_OK:
    case REPLY_WRONG:
        wire_body(body, call->index, call->attempt, reply == REPLY_OK);
        return answer(connection, MHD_HTTP_OK, body, 0);
    case REPLY_REJECTED:
        return answer(connection, MHD_HTTP_TOO_MANY_REQUESTS, "too many calls\n",
                      desk->api->config->retry_after_ns);
    case REPLY_FAILED:
        return answer(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, "failed\n", 0);
    case REPLY_TOO_LATE:
    case REPLY_HUNG_UP:
    case REPLY_COUNT:
        break;
    }
    return MHD_NO; /* there is nobody to answer */
}

/* ---- calls ---- */

/* /call/INDEX?attempt=K, with an index that the workload has. */
static bool read_call(const struct desk *desk, struct MHD_Connection *connection,
                      const char *url, struct call *call) {
    const char *attempt =
        MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "attempt");
    int64_t index;
    int64_t number;
    if (strncmp(url, WIRE_PATH, sizeof WIRE_PATH - 1) != 0 || attempt == NULL ||
        !quantity_parse_count(url + sizeof WIRE_PATH - 1, &index) ||
        !quantity_parse_count(attempt, &number) || number < 1 ||
        index >= desk->workload->tasks) {
        return false;
    }
    *call = workload_call(desk->workload, (uint64_t)index, number);
    return true;
}

static struct chan *hang_up_signal(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

static enum MHD_Result take_request(void *argument, struct MHD_Connection *connection,
                                    const char *url, const char *method,
                                    const char *version, const char *upload,
                                    size_t *upload_size, void **context) {
    struct desk *desk = argument;
    struct call call;
    (void)version;
    (void)upload;
    /* More is to come: to answer now would be to hang up. */
    if (*context == NULL || *upload_size != 0) {
        *context = desk;
        *upload_size = 0;
        return MHD_YES;
    }
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 ||
        !read_call(desk, connection, url, &call)) {
        atomic_fetch_add(&desk->misfits, 1);
        return answer(connection, MHD_HTTP_NOT_FOUND,
                      "GET " WIRE_PATH "INDEX?attempt=K, with the index of a task\n",
                      0);
    }
    enum reply reply =
        api_call(desk->api, &call, DEADLINE_NEVER, hang_up_signal(connection));
    if (desk->samples != NULL) {
        fprintf(desk->samples, "%" PRIu64 ",%" PRId64 ",%s\n", call.index, call.attempt,
                desk_reply_name(reply));
    }
    return answer_call(desk, connection, &call, reply);
}

/* ---- connections ---- */

static void take_connection(void *argument, struct MHD_Connection *connection,
                            void **context, enum MHD_ConnectionNotificationCode what) {
    struct desk *desk = argument;
    int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
                 ->connect_fd;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        gauge_up(&desk->connected);
        atomic_fetch_add(&desk->connections, 1);
        *context = hang_ups_watch(&desk->hang_ups, fd);
    } else {
        gauge_down(&desk->connected);
        if (*context != NULL) {
            hang_ups_forget(&desk->hang_ups, fd);
        }
    }
}

/* As many descriptors as are allowed and of use; how many connections that is good for.
 * What keeps an account of each descriptor (hang_ups.h) has room for as many. */
static unsigned raise_limit(void) {
    struct rlimit limit;
    must(getrlimit(RLIMIT_NOFILE, &limit));
    limit.rlim_cur =
        limit.rlim_max < DESCRIPTORS_MOST ? limit.rlim_max : DESCRIPTORS_MOST;
    setrlimit(RLIMIT_NOFILE, &limit);
    unsigned most = (unsigned)limit.rlim_cur;
    return most > 100 ? most - 50 : most / 2;
}

int desk_open(struct desk *desk, struct api *api,
              const struct workload_config *workload, FILE *samples) {
    const struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    unsigned connections = raise_limit();
    *desk = (struct desk){.api = api, .workload = workload, .samples = samples};
    int error = hang_ups_init(&desk->hang_ups);
    if (error != 0) {
        return error;
    }
    errno = 0; /* it does not always say why */
    desk->daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL,
        0, NULL, NULL, take_request, desk, MHD_OPTION_SOCK_ADDR, &address,
        MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_THREAD_STACK_SIZE,
        (size_t)STACK_BYTES, MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned)BACKLOG,
        MHD_OPTION_NOTIFY_CONNECTION, take_connection, desk, MHD_OPTION_END);
    if (desk->daemon == NULL) {
        return errno != 0 ? -errno : -EIO;
    }
    desk->port = MHD_get_daemon_info(desk->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    return 0;
}

void desk_close(struct desk *desk) {
    MHD_stop_daemon(desk->daemon);
    hang_ups_destroy(&desk->hang_ups);
}
