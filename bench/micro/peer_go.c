/*
 * Go's channels as a contender: this file starts the program built from peer_go.go and
 * asks it for one batch after the other. A process of its own is the plainest and
 * fairest form: Go's scheduler works as in any Go program, and no call between C and
 * Go is in the figure. The program reads the same clock, CLOCK_MONOTONIC, and checks
 * the sum of the jobs itself.
 *
 * One line each way: we write the number of jobs, it answers with nanoseconds.
 */
#include "operation.h"
#include "sync/must.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct go_program {
    pid_t pid;
    FILE *answers; /* both ways of the conversation; written to by its descriptor */
    char name[64]; /* the operation's, which tells the program what to do */
};

/* The program lies beside this one. */
static char *path_of_program(char *path, size_t bytes) {
    ssize_t length = readlink("/proc/self/exe", path, bytes);
    if (length <= 0 || (size_t)length == bytes) {
        return NULL;
    }
    path[length] = '\0';
    char *slash = strrchr(path, '/');
    size_t left = bytes - (size_t)(slash + 1 - path);
    return snprintf(slash + 1, left, "peer_go") < (int)left ? path : NULL;
}

static int spawn(struct go_program *go, int end) {
    char path[4096];
    char *arguments[] = {"peer_go", go->name, NULL};
    posix_spawn_file_actions_t actions;
    must(posix_spawn_file_actions_init(&actions));
    must(posix_spawn_file_actions_adddup2(&actions, end, STDIN_FILENO));
    must(posix_spawn_file_actions_adddup2(&actions, end, STDOUT_FILENO));
    int error = path_of_program(path, sizeof path) == NULL
                    ? ENAMETOOLONG
                    : posix_spawn(&go->pid, path, &actions, NULL, arguments, environ);
    must(posix_spawn_file_actions_destroy(&actions));
    return error;
}

static void *start(const struct operation *operation) {
    int ends[2];
    struct go_program *go = calloc(1, sizeof *go);
    invariant(go != NULL);
    snprintf(go->name, sizeof go->name, "%s", operation->name);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        free(go);
        return NULL;
    }
    int error = spawn(go, ends[1]);
    close(ends[1]);
    if (error != 0) {
        close(ends[0]);
        free(go);
        return NULL;
    }
    go->answers = fdopen(ends[0], "r");
    invariant(go->answers != NULL);
    return go;
}

static void stop(void *subject) {
    struct go_program *go = subject;
    fclose(go->answers); /* it reads the end of the file, and ends */
    waitpid(go->pid, NULL, 0);
    free(go);
}

static int64_t hand_over(void *subject, int64_t count) {
    struct go_program *go = subject;
    int64_t took_ns;
    if (dprintf(fileno(go->answers), "%" PRId64 "\n", count) < 0) {
        return -1;
    }
    return fscanf(go->answers, "%" SCNd64, &took_ns) == 1 ? took_ns : -1;
}

#define GO(what)                                                                       \
    {                                                                                  \
        .name = what "/go", .batch = HAND_OFF_BATCH, .batches = HAND_OFF_BATCHES,      \
        .start = start, .run = hand_over, .stop = stop                                 \
    }

const struct operation peer_go[] = {
    GO("hand_off/unbuffered/workers:1"),
    GO("hand_off/unbuffered/workers:5"),
    GO("hand_off/unbuffered/workers:50"),
    GO("hand_off/buffered:128/workers:5"),
    GO("hand_off/select/workers:5"),
    GO("send_receive/uncontended"),
    END_OF_TABLE,
};
