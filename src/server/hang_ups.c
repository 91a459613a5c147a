#include "server/hang_ups.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sync/chan.h"
#include "sync/must.h"

struct caller {
    struct chan *gone; /* NULL: no connection has this number */
    bool told;
};

static bool has_gone(int fd) {
    struct pollfd line = {.fd = fd, .events = POLLRDHUP};
    return poll(&line, 1, 0) == 1 &&
           (line.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

static void tell(struct hang_ups *hang_ups, int fd) {
    must(pthread_mutex_lock(&hang_ups->lock));
    struct caller *caller = &hang_ups->callers[fd];
    if (caller->gone != NULL && !caller->told && has_gone(fd)) {
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
    close(hang_ups->over_fd);
    close(hang_ups->epoll_fd);
}
