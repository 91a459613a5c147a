#include "program/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "program/json.h"
#include "program/results.h"
#include "strategies/run.h"
#include "sync/clock.h"
#include "sync/must.h"

#define TICK_NS (50 * NS_PER_MS)
#define LAST_NS NS_PER_S
enum { QUIET_TICKS = 20, STACK_BYTES = 256 * 1024 };
enum { LINE = 1024 };

static void complain(const struct progress *progress, const char *error) {
    fprintf(stderr, "%s: cannot write progress to descriptor %d: %s\n",
            program_invocation_short_name, progress->fd, error);
}

static bool is_patient_terminal(int fd) {
    const char *kind = getenv("TERM");
    return isatty(fd) && kind != NULL && kind[0] != 0 && strcmp(kind, "dumb") != 0;
}

void progress_open(struct progress *progress, int fd) {
    *progress = (struct progress){.fd = fd > 0 ? fd : -1, .over_fd = -1};
    if (fd <= 0 && is_patient_terminal(STDERR_FILENO)) {
        progress->fd = STDERR_FILENO;
        progress->for_people = true;
    } else if (fd > 0) {
        int flags = fcntl(fd, F_GETFL);
        if (flags == -1 || (flags & O_ACCMODE) == O_RDONLY) {
            complain(progress, strerror(EBADF));
            exit(EXIT_ENVIRONMENT);
        }
    }
}

/* ---- what is told ---- */

static void write_json(struct run *run, bool last, FILE *out) {
    const struct tally *tally = &run->tally;
    struct json json = {.out = out};
    json_open(&json, NULL);
    json_count(&json, "at_ns", now_ns() - tally->started_at_ns);
    json_count(&json, "tasks", run->workload->tasks);
    json_open(&json, "outcomes");
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        enum outcome outcome = (enum outcome)i;
        json_count(&json, outcome_name(outcome), tally_outcome(tally, outcome));
    }
    json_close(&json);
    json_count(&json, "calls", atomic_load(&tally->attempts));
    json_count(&json, "retries", atomic_load(&tally->retries));
    json_count(&json, "in_flight", gauge_now(&run->api.in_flight));
    json_count(&json, "served", api_served(&run->api));
    json_count(&json, "threads", gauge_now(&run->tally.threads));
    json_flag(&json, "last", last);
    json_close(&json);
    fputc('\n', out);
}

/* Begins by erasing what is there; the last one does nothing else. */
static void write_for_people(struct run *run, bool last, FILE *out) {
    fputs("\r\033[K", out);
    if (!last) {
        fprintf(out,
                "%" PRId64 " of %" PRId64 " tasks done, %" PRId64 " ok; %" PRId64
                " calls in flight; %.1f s",
                tally_total(&run->tally), run->workload->tasks,
                tally_outcome(&run->tally, OUTCOME_OK), gauge_now(&run->api.in_flight),
                (double)(now_ns() - run->tally.started_at_ns) / (double)NS_PER_S);
    }
}

/* ---- telling it ---- */

/* True: it is ready. The kernel counts real, monotonic time. */
static bool becomes_ready(int fd, short event, int64_t most_ns) {
    struct pollfd wanted = {.fd = fd, .events = event};
    struct timespec most = to_timespec(most_ns);
    return ppoll(&wanted, 1, &most, NULL) == 1;
}

/* Is there room at once, or soon? A pipe with any room takes a whole line. */
static bool has_room(int fd, int64_t patience_ns) {
    return becomes_ready(fd, POLLOUT, patience_ns);
}

static void tell(struct progress *progress, bool last) {
    char line[LINE];
    if (progress->error != NULL || !has_room(progress->fd, last ? LAST_NS : 0)) {
        return;
    }
    FILE *out = fmemopen(line, sizeof line, "w");
    if (out == NULL) {
        return; /* no memory for this one; perhaps for the next */
    }
    (progress->for_people ? write_for_people : write_json)(progress->run, last, out);
    long length = ftell(out);
    fclose(out);
    if (write(progress->fd, line, (size_t)length) < 0) {
        progress->error = strerror(errno);
        complain(progress, progress->error);
    }
}

/* The ticks are of the real time, also where the run has another clock: it is people
 * and programs outside that wait for them. */
static void *tell_again_and_again(void *argument) {
    struct progress *progress = argument;
    int quiet_ticks = progress->for_people ? QUIET_TICKS : 0;
    bool told = !progress->for_people;
    while (!becomes_ready(progress->over_fd, POLLIN, TICK_NS)) {
        if (quiet_ticks > 0) {
            quiet_ticks--;
        } else {
            tell(progress, false);
            told = true;
        }
    }
    if (told) {
        tell(progress, true);
    }
    return NULL;
}

/* Writing to a reader who has gone is an error, and not the end of the program. */
static int start_thread(struct progress *progress) {
    pthread_attr_t attributes;
    sigset_t pipe;
    sigset_t before;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    must(pthread_attr_init(&attributes));
    must(pthread_attr_setstacksize(&attributes, STACK_BYTES));
    must(pthread_sigmask(SIG_BLOCK, &pipe, &before));
    int error =
        pthread_create(&progress->thread, &attributes, tell_again_and_again, progress);
    must(pthread_sigmask(SIG_SETMASK, &before, NULL));
    must(pthread_attr_destroy(&attributes));
    return error;
}

void progress_watch(struct progress *progress, struct run *run) {
    progress->run = run;
    if (progress->fd == -1) {
        return;
    }
    progress->over_fd = eventfd(0, EFD_CLOEXEC);
    int error = progress->over_fd == -1 ? errno : start_thread(progress);
    if (error != 0) { /* the run matters more */
        complain(progress, strerror(error));
        close(progress->over_fd);
        progress->over_fd = -1;
    }
}

void progress_end(struct progress *progress) {
    if (progress->over_fd != -1) {
        must(eventfd_write(progress->over_fd, 1));
        must(pthread_join(progress->thread, NULL));
        close(progress->over_fd);
    }
}
