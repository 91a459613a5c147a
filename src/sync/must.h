/*
 * Checks for what must not fail.
 *
 *   must(call)        a call that returns 0, or else an error number (pthread_*) or -1
 *                     and errno
 *   invariant(truth)  something that holds unless the program has a bug
 *
 * Both end the program with one line that names the place, in release builds too: a
 * benchmark runs as a release build, so a check that exists only in debug builds guards
 * nothing. That is why nobody here uses assert().
 *
 * A failure that can happen to a correct program (no memory for the 8,000th thread) is
 * an outcome: return an error instead of using must().
 */
#ifndef FIVE_COOKS_MUST_H
#define FIVE_COOKS_MUST_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define must(call) must_at((call), #call, __FILE__, __LINE__)
#define invariant(truth)                                                               \
    ((truth) ? (void)0 : must_end("broken invariant", #truth, __FILE__, __LINE__))

_Noreturn static inline void must_end(const char *what, const char *text,
                                      const char *file, int line) {
    fprintf(stderr, "%s:%d: %s: %s\n", file, line, what, text);
    abort();
}

static inline void must_at(int error, const char *call, const char *file, int line) {
    if (error != 0) {
        must_end(strerror(error > 0 ? error : errno), call, file, line);
    }
}

#endif
