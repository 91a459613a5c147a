#include "http/hang_up.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "sync/chan.h"
#include "sync/clock.h"
#include "sync/must.h"

int hang_up_init(struct hang_up *hang_up) {
    *hang_up = (struct hang_up){.over = chan_create(0, 0)};
    if (hang_up->over == NULL) {
        return -ENOMEM;
    }
    hang_up->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (hang_up->fd < 0) {
        int error = -errno;
        chan_free(hang_up->over);
        return error;
    }
    must(pthread_mutex_init(&hang_up->lock, NULL));
    return 0;
}

void hang_up_destroy(struct hang_up *hang_up) {
    if (hang_up->signal != NULL) {
        chan_close(hang_up->over);
        must(pthread_join(hang_up->listener, NULL));
    }
    must(pthread_mutex_destroy(&hang_up->lock));
    close(hang_up->fd);
    chan_free(hang_up->over);
}

static void *listen_to_signal(void *argument) {
    struct hang_up *hang_up = argument;
    enum { OVER, SIGNAL };
    struct chan_case cases[] = {
        [OVER] = {.chan = hang_up->over, .direction = CHAN_RECEIVE},
        [SIGNAL] = {.chan = hang_up->signal, .direction = CHAN_RECEIVE},
    };
    if (chan_select(cases, 2, DEADLINE_NEVER) == SIGNAL) {
        must(eventfd_write(hang_up->fd, 1));
    }
    return NULL;
}

int hang_up_fd(struct hang_up *hang_up, struct chan *signal) {
    if (signal == NULL) {
        return -1;
    }
    must(pthread_mutex_lock(&hang_up->lock));
    invariant(hang_up->signal == NULL || hang_up->signal == signal);
    int error = 0;
    if (hang_up->signal == NULL) {
        hang_up->signal = signal;
        error = pthread_create(&hang_up->listener, NULL, listen_to_signal, hang_up);
        if (error != 0) {
            hang_up->signal = NULL; /* only now: there is nobody who reads it */
        }
    }
    must(pthread_mutex_unlock(&hang_up->lock));
    return error == 0 ? hang_up->fd : -2;
}
