#include "server/hang_ups.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sync/chan.h"
#include "sync/must.h"

struct caller {
    struct chan *gone; /* NULL: no connection has this number */
    bool told;
};

/* ---- the other end ---- */

/* The inode of the file that the other end belongs to; 0 if it has none any more. */
static uint32_t ask_inode(int ends_fd, const struct inet_diag_sockid *end) {
    struct {
        struct nlmsghdr header;
        struct inet_diag_req_v2 request;
    } question = {
        .header = {.nlmsg_len = sizeof question,
                   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                   .nlmsg_flags = NLM_F_REQUEST},
        .request = {.sdiag_family = AF_INET,
                    .sdiag_protocol = IPPROTO_TCP,
                    .idiag_ext = 1 << (INET_DIAG_INFO - 1),
                    .id = *end},
    };
    struct {
        struct nlmsghdr header;
        struct inet_diag_msg message;
        char more[1024];
    } answer;
    ssize_t got = -1;
    if (send(ends_fd, &question, sizeof question, 0) == (ssize_t)sizeof question) {
        do {
            got = recv(ends_fd, &answer, sizeof answer, 0);
        } while (got < 0 && errno == EINTR);
    }
    bool found = got >= (ssize_t)NLMSG_LENGTH(sizeof answer.message) &&
                 answer.header.nlmsg_type == SOCK_DIAG_BY_FAMILY;
    return found ? answer.message.idiag_inode : 0;
}

/*
 * Whoever closes and whoever ends its half alone look the same from here, as both send
 * a FIN. But both ends are on this machine, and what has been closed is no file's.
 *
 * close(2) sends the FIN first and leaves the file then, all under the socket's lock.
 * To be told about the connection (INET_DIAG_INFO) is to wait for that lock, so what is
 * said the first time may be too early, and the second time it is not.
 */
static bool is_open(int ends_fd, int fd) {
    struct sockaddr_in here;
    struct sockaddr_in there;
    socklen_t size_here = sizeof here;
    socklen_t size_there = sizeof there;
    if (getsockname(fd, (struct sockaddr *)&here, &size_here) != 0 ||
        getpeername(fd, (struct sockaddr *)&there, &size_there) != 0) {
        return false;
    }
    const struct inet_diag_sockid end = {
        .idiag_sport = there.sin_port,
        .idiag_dport = here.sin_port,
        .idiag_src = {there.sin_addr.s_addr},
        .idiag_dst = {here.sin_addr.s_addr},
        .idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE},
    };
    return ask_inode(ends_fd, &end) != 0 && ask_inode(ends_fd, &end) != 0;
}

static bool has_gone(int ends_fd, int fd) {
    struct pollfd line = {.fd = fd, .events = POLLRDHUP};
    if (poll(&line, 1, 0) != 1) {
        return false;
    }
    return (line.revents & (POLLHUP | POLLERR)) != 0 ||
           ((line.revents & POLLRDHUP) != 0 && !is_open(ends_fd, fd));
}

/* ---- the watcher ---- */

static void tell(struct hang_ups *hang_ups, int fd) {
    must(pthread_mutex_lock(&hang_ups->lock));
    struct caller *caller = &hang_ups->callers[fd];
    if (caller->gone != NULL && !caller->told && has_gone(hang_ups->ends_fd, fd)) {
        caller->told = true;
        chan_close(caller->gone);
    }
    must(pthread_mutex_unlock(&hang_ups->lock));
}

static void *watch(void *argument) {
    struct hang_ups *hang_ups = argument;
    for (;;) {
        struct epoll_event event;
        int count = epoll_wait(hang_ups->epoll_fd, &event, 1, -1);
        invariant(count == 1 || errno == EINTR);
        if (count == 1 && event.data.fd == hang_ups->over_fd) {
            return NULL;
        }
        if (count == 1) {
            tell(hang_ups, event.data.fd);
        }
    }
}

static int add(struct hang_ups *hang_ups, int fd, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    return epoll_ctl(hang_ups->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

int hang_ups_init(struct hang_ups *hang_ups) {
    struct rlimit limit;
    must(getrlimit(RLIMIT_NOFILE, &limit));
    *hang_ups = (struct hang_ups){
        .epoll_fd = epoll_create1(EPOLL_CLOEXEC),
        .over_fd = eventfd(0, EFD_CLOEXEC),
        .ends_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG),
        .room = (int64_t)limit.rlim_cur,
        .callers = calloc(limit.rlim_cur, sizeof(struct caller)),
    };
    if (hang_ups->epoll_fd < 0 || hang_ups->over_fd < 0 || hang_ups->callers == NULL ||
        add(hang_ups, hang_ups->over_fd, EPOLLIN) != 0) {
        return -errno;
    }
    must(pthread_mutex_init(&hang_ups->lock, NULL));
    return -pthread_create(&hang_ups->watcher, NULL, watch, hang_ups);
}

struct chan *hang_ups_watch(struct hang_ups *hang_ups, int fd) {
    struct chan *gone = chan_create(0, 0);
    if (gone == NULL) {
        return NULL;
    }
    must(pthread_mutex_lock(&hang_ups->lock));
    invariant(fd < hang_ups->room);
    hang_ups->callers[fd] = (struct caller){.gone = gone};
    must(pthread_mutex_unlock(&hang_ups->lock));
    /* Once is enough: who has hung up stays away. */
    if (add(hang_ups, fd, EPOLLRDHUP | EPOLLONESHOT) != 0) {
        hang_ups_forget(hang_ups, fd);
        return NULL;
    }
    return gone;
}

/* What the kernel watches ends by itself, with the descriptor. */
void hang_ups_forget(struct hang_ups *hang_ups, int fd) {
    must(pthread_mutex_lock(&hang_ups->lock));
    chan_free(hang_ups->callers[fd].gone);
    hang_ups->callers[fd] = (struct caller){0};
    must(pthread_mutex_unlock(&hang_ups->lock));
}

void hang_ups_destroy(struct hang_ups *hang_ups) {
    must(eventfd_write(hang_ups->over_fd, 1));
    must(pthread_join(hang_ups->watcher, NULL));
    must(pthread_mutex_destroy(&hang_ups->lock));
    free(hang_ups->callers);
    if (hang_ups->ends_fd >= 0) {
        close(hang_ups->ends_fd);
    }
    close(hang_ups->over_fd);
    close(hang_ups->epoll_fd);
}
