#include "peer_process.h"

#include "sync/must.h"

#include <errno.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct peer {
    pid_t pid;
    FILE *answers; /* both ways of the conversation; sent to by its descriptor */
    char name[64]; /* the operation's, which tells the program what to do */
};

/* The program lies beside this one. */
static char *path_of(const char *program, char *path, size_t bytes) {
    ssize_t length = readlink("/proc/self/exe", path, bytes);
    if (length <= 0 || (size_t)length == bytes) {
        return NULL;
    }
    path[length] = '\0';
    char *slash = strrchr(path, '/');
    size_t left = bytes - (size_t)(slash + 1 - path);
    return snprintf(slash + 1, left, "%s", program) < (int)left ? path : NULL;
}

static int spawn(struct peer *peer, const char *program, int end) {
    char path[4096];
    char *arguments[] = {(char *)(uintptr_t)program, peer->name, NULL};
    posix_spawn_file_actions_t actions;
    must(posix_spawn_file_actions_init(&actions));
    must(posix_spawn_file_actions_adddup2(&actions, end, STDIN_FILENO));
    must(posix_spawn_file_actions_adddup2(&actions, end, STDOUT_FILENO));
    int error = path_of(program, path, sizeof path) == NULL
                    ? ENAMETOOLONG
                    : posix_spawn(&peer->pid, path, &actions, NULL, arguments, environ);
    must(posix_spawn_file_actions_destroy(&actions));
    return error;
}

void *peer_start(const struct operation *operation) {
    int ends[2];
    struct peer *peer = calloc(1, sizeof *peer);
    invariant(peer != NULL);
    snprintf(peer->name, sizeof peer->name, "%s", operation->peer.name);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        free(peer);
        return NULL;
    }
    int error = spawn(peer, operation->peer.program, ends[1]);
    close(ends[1]);
    if (error != 0) {
        close(ends[0]);
        free(peer);
        return NULL;
    }
    peer->answers = fdopen(ends[0], "r");
    invariant(peer->answers != NULL);
    return peer;
}

void peer_stop(void *subject) {
    struct peer *peer = subject;
    fclose(peer->answers); /* it reads the end of the file, and ends */
    waitpid(peer->pid, NULL, 0);
    free(peer);
}

int64_t peer_run(void *subject, int64_t count) {
    struct peer *peer = subject;
    int64_t took_ns;
    char line[32];
    int length = snprintf(line, sizeof line, "%" PRId64 "\n", count);
    /* No SIGPIPE: a peer that died costs its operation, not all the others. */
    if (send(fileno(peer->answers), line, (size_t)length, MSG_NOSIGNAL) != length) {
        return -1;
    }
    return fscanf(peer->answers, "%" SCNd64, &took_ns) == 1 ? took_ns : -1;
}
