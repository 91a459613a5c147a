#include "support/death.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "must.h"
#include "support/suite.h"

_Noreturn static void commit(void (*misuse)(void), int said) {
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    alarm(20); /* stuck is no abort either */
    dup2(said, STDERR_FILENO);
    signal(SIGSEGV, SIG_DFL); /* cmocka catches it: here it shall be seen */
    misuse();
    _exit(0);
}

void assert_ends_program(void (*misuse)(void)) {
    int pipe_ends[2];
    invariant(pipe(pipe_ends) == 0);
    fflush(NULL);
    pid_t child = fork();
    invariant(child >= 0);
    if (child == 0) {
        commit(misuse, pipe_ends[1]);
    }
    close(pipe_ends[1]);
    char said[512] = "";
    ssize_t length = read(pipe_ends[0], said, sizeof said - 1);
    close(pipe_ends[0]);
    int status;
    invariant(waitpid(child, &status, 0) == child);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT || length <= 0) {
        fail_msg("no abort: wait status %#x, stderr '%s'", (unsigned)status, said);
    }
}
