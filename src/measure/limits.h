/*
 * Why could no more threads be created? pthread_create() says EAGAIN, whatever it was.
 * This looks at every limit known to do it and names the one that is closest to being
 * full.
 *
 *   int64_t threads = limits_count_threads()   at once, when creation has failed
 *   limits_explain(text, size, threads, ...)   then
 *
 * The memory of a control group is a limit of another kind: who goes beyond it is told
 * nothing, but killed. So this must be asked before.
 *
 *   limits_hold(text, size, bytes)             false: they would be too many
 */
#ifndef FIVE_COOKS_LIMITS_H
#define FIVE_COOKS_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Threads of this process now, those about to end included; -1: not known. Looking at
 * all the limits takes milliseconds, and such threads are gone in microseconds. */
int64_t limits_count_threads(void);

/* Writes one sentence naming the most likely limit, its value and where it is set.
 * `thread_bytes` is what one more thread would have mapped. */
void limits_explain(char *text, size_t size, int64_t threads_then,
                    int64_t thread_bytes);

/* Whether our control groups can hold so many bytes more, in memory or in swap. If not,
 * writes which of them cannot, as the end of a sentence. What cannot be read holds all.
 */
bool limits_hold(char *text, size_t size, int64_t bytes);

/* The same for tests, with /proc and /sys looked for below `root`. */
void limits_explain_below(const char *root, char *text, size_t size,
                          int64_t threads_then, int64_t thread_bytes);
bool limits_hold_below(const char *root, char *text, size_t size, int64_t bytes);

#endif
