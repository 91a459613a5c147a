/*
 * Why could no more threads be created? pthread_create() says EAGAIN, whatever it was.
 * This looks at every limit there is and names the one that is closest to being full.
 */
#ifndef FIVE_COOKS_LIMITS_H
#define FIVE_COOKS_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* Writes one sentence naming the most likely limit, its value and where it is set. To
 * be called at the moment it failed, while what fills the limit is still there. */
void limits_explain(char *text, size_t size, int64_t threads_created);

#endif
