#include "http/get.h"

#include <errno.h>

#include "sync/clock.h"
#include "sync/must.h"

#ifdef HAVE_LIBCURL

#include <curl/curl.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- the library ---- */

/* Those of its functions that are used, without their "curl_". */
#define FUNCTIONS(EACH)                                                                \
    EACH(global_init)                                                                  \
    EACH(easy_init)                                                                    \
    EACH(easy_setopt)                                                                  \
    EACH(easy_getinfo)                                                                 \
    EACH(easy_cleanup)                                                                 \
    EACH(multi_init)                                                                   \
    EACH(multi_add_handle)                                                             \
    EACH(multi_remove_handle)                                                          \
    EACH(multi_perform)                                                                \
    EACH(multi_poll)                                                                   \
    EACH(multi_info_read)                                                              \
    EACH(multi_cleanup)

#define POINTER(name) __typeof__(curl_##name) *name;
static struct { FUNCTIONS(POINTER) } libcurl;

static bool look_up(void *library, const char *name, void *function) {
    void *found = dlsym(library, name);
    memcpy(function, &found, sizeof found); /* ISO C has no cast for this */
    return found != NULL;
}

#define LOOK_UP(name) &&look_up(library, "curl_" #name, &libcurl.name)

const char *http_load(void) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        return "libcurl is not installed (libcurl.so.4)";
    }
    if (!(true FUNCTIONS(LOOK_UP))) {
        return "libcurl is too old: 7.66 would do";
    }
    return libcurl.global_init(CURL_GLOBAL_NOTHING) == CURLE_OK
               ? NULL
               : "libcurl cannot be initialised";
}

/* ---- a thread's handle ---- */

struct handle {
    struct http *http;
    CURL *easy;
    CURLM *multi; /* a GET in it can be waited for together with something else */
    int error;    /* of the last socket that could not be opened, or 0 */
    struct http_answer *answer;
};

static size_t take_body(char *bytes, size_t one, size_t count, void *argument) {
    struct http_answer *answer = ((struct handle *)argument)->answer;
    if (answer->length < HTTP_BODY - 1) {
        size_t room = HTTP_BODY - 1 - answer->length;
        memcpy(answer->body + answer->length, bytes, count < room ? count : room);
    }
    answer->length += count;
    return one * count;
}

static curl_socket_t open_socket(void *argument, curlsocktype purpose,
                                 struct curl_sockaddr *address) {
    struct handle *handle = argument;
    (void)purpose;
    int fd =
        socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0) {
        handle->error = errno;
        return CURL_SOCKET_BAD;
    }
    atomic_fetch_add_explicit(&handle->http->opened, 1, memory_order_relaxed);
    gauge_up(&handle->http->connected);
    /* The kernel gives out the lowest number that is free: when this one was given, all
     * below it were taken. */
    gauge_note_peak(&handle->http->descriptors, fd + 1);
    return fd;
}

static int close_socket(void *argument, curl_socket_t fd) {
    gauge_down(&((struct http *)argument)->connected);
    return close(fd);
}

static void set_up(struct handle *handle) {
    CURL *easy = handle->easy;
    libcurl.easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    libcurl.easy_setopt(easy, CURLOPT_PROXY, ""); /* whatever the environment says */
    libcurl.easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    libcurl.easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    libcurl.easy_setopt(easy, CURLOPT_WRITEDATA, handle);
    libcurl.easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    libcurl.easy_setopt(easy, CURLOPT_OPENSOCKETDATA, handle);
    libcurl.easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    libcurl.easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, handle->http);
}

/* By each thread, as it ends. */
static void free_handle(void *argument) {
    struct handle *handle = argument;
    struct http *http = handle->http;
    libcurl.easy_cleanup(handle->easy);
    libcurl.multi_cleanup(handle->multi); /* closes the connection */
    free(handle);
    must(pthread_mutex_lock(&http->lock));
    if (--http->handles == 0) {
        must(pthread_cond_broadcast(&http->none_left));
    }
    must(pthread_mutex_unlock(&http->lock));
}

/* NULL: no memory, or no descriptor (newer libcurls open one); errno says which. */
static struct handle *my_handle(struct http *http) {
    struct handle *handle = pthread_getspecific(http->key);
    if (handle != NULL || (handle = calloc(1, sizeof *handle)) == NULL) {
        return handle;
    }
    must(pthread_mutex_lock(&http->lock));
    http->handles++;
    must(pthread_mutex_unlock(&http->lock));
    *handle = (struct handle){http, libcurl.easy_init(), libcurl.multi_init(), 0, NULL};
    if (handle->easy == NULL || handle->multi == NULL ||
        pthread_setspecific(http->key, handle) != 0) {
        int error = errno;
        free_handle(handle);
        errno = error;
        return NULL;
    }
    set_up(handle);
    return handle;
}

int http_init(struct http *http) {
    *http = (struct http){0};
    must(pthread_mutex_init(&http->lock, NULL));
    must(pthread_cond_init(&http->none_left, NULL));
    return -pthread_key_create(&http->key, free_handle);
}

/* A detached thread that has done its work may still be closing its connection; and the
 * thread that calls this may have made calls, but does not end here. */
void http_destroy(struct http *http) {
    struct handle *mine = pthread_getspecific(http->key);
    if (mine != NULL) {
        must(pthread_setspecific(http->key, NULL));
        free_handle(mine);
    }
    must(pthread_mutex_lock(&http->lock));
    while (http->handles > 0) {
        must(pthread_cond_wait(&http->none_left, &http->lock));
    }
    must(pthread_mutex_unlock(&http->lock));
    must(pthread_key_delete(http->key));
    must(pthread_cond_destroy(&http->none_left));
    must(pthread_mutex_destroy(&http->lock));
}

/* ---- one GET ---- */

static enum http_broken why_no_connection(int error) {
    return error == ECONNREFUSED                ? BROKEN_REFUSED
           : error == EMFILE || error == ENFILE ? BROKEN_DESCRIPTORS
           : error == EADDRNOTAVAIL             ? BROKEN_PORTS
           : error == ECONNRESET                ? BROKEN_RESET
                                                : BROKEN_OTHERWISE;
}

static enum http_broken why_broken(struct handle *handle, CURLcode code) {
    long os_error = 0;
    libcurl.easy_getinfo(handle->easy, CURLINFO_OS_ERRNO, &os_error);
    int error = handle->error != 0 ? handle->error : (int)os_error;
    switch (code) {
    case CURLE_COULDNT_CONNECT:
        return why_no_connection(error);
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
        return BROKEN_RESET;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return BROKEN_RUBBISH;
    default:
        return BROKEN_OTHERWISE;
    }
}

static enum http_end read_end(struct handle *handle) {
    int left;
    struct CURLMsg *message = libcurl.multi_info_read(handle->multi, &left);
    if (message != NULL && message->data.result == CURLE_OK) {
        libcurl.easy_getinfo(handle->easy, CURLINFO_RESPONSE_CODE,
                             &handle->answer->status);
        return HTTP_ANSWERED;
    }
    handle->answer->broken =
        message == NULL ? BROKEN_OTHERWISE : why_broken(handle, message->data.result);
    return HTTP_BROKEN;
}

/* Rounded up, so that nobody wakes too early. */
static int ms_until(int64_t moment_ns) {
    int64_t left_ms =
        moment_ns == DEADLINE_NEVER ? INT_MAX : (moment_ns - now_ns()) / NS_PER_MS + 1;
    return (int)earlier_ns(left_ms < 0 ? 0 : left_ms, INT_MAX);
}

static enum http_end wait_for_answer(struct handle *handle, int64_t give_up_ns,
                                     int hang_up_fd) {
    struct curl_waitfd hang_up = {.fd = hang_up_fd, .events = CURL_WAIT_POLLIN};
    handle->answer->broken = BROKEN_OTHERWISE;
    for (int running;;) {
        if (libcurl.multi_perform(handle->multi, &running) != CURLM_OK) {
            return HTTP_BROKEN;
        }
        if (running == 0) {
            return read_end(handle);
        }
        if (hang_up.revents != 0) {
            return HTTP_HUNG_UP;
        }
        if (is_past(give_up_ns)) {
            return HTTP_TOO_LATE;
        }
        if (libcurl.multi_poll(handle->multi, &hang_up, hang_up_fd >= 0,
                               ms_until(give_up_ns), NULL) != CURLM_OK) {
            return HTTP_BROKEN;
        }
    }
}

enum http_end http_get(struct http *http, const char *url, int64_t give_up_ns,
                       int hang_up_fd, struct http_answer *answer) {
    *answer = (struct http_answer){.broken = BROKEN_OTHERWISE};
    errno = 0;
    struct handle *handle = my_handle(http);
    if (handle == NULL) {
        answer->broken = why_no_connection(errno);
        return HTTP_BROKEN;
    }
    if (libcurl.easy_setopt(handle->easy, CURLOPT_URL, url) != CURLE_OK) {
        return HTTP_BROKEN;
    }
    handle->answer = answer;
    handle->error = 0;
    if (libcurl.multi_add_handle(handle->multi, handle->easy) != CURLM_OK) {
        return HTTP_BROKEN;
    }
    enum http_end end = wait_for_answer(handle, give_up_ns, hang_up_fd);
    libcurl.multi_remove_handle(handle->multi, handle->easy);
    return end;
}

#else

const char *http_load(void) {
    return "this program was built without libcurl (libcurl4-openssl-dev)";
}

int http_init(struct http *http) {
    *http = (struct http){0};
    return -ENOSYS;
}

void http_destroy(struct http *http) {
    (void)http;
}

enum http_end http_get(struct http *http, const char *url, int64_t give_up_ns,
                       int hang_up_fd, struct http_answer *answer) {
    (void)http;
    (void)url;
    (void)give_up_ns;
    (void)hang_up_fd;
    *answer = (struct http_answer){.broken = BROKEN_OTHERWISE};
    return HTTP_BROKEN;
}

#endif
