/*
 * Why could no more threads be created? pthread_create() says EAGAIN, whatever it was.
 * This looks at every limit known to do it and names the one that one more thread fills
 * most.
 */
#ifndef FIVE_COOKS_LIMITS_H
#define FIVE_COOKS_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* Writes one sentence naming the most likely limit, its value and where it is set. To
 * be called at the moment it failed, while what fills the limit is still there.
 * `thread_bytes` is what one more thread would have mapped. */
void limits_explain(char *text, size_t size, int64_t thread_bytes);

#endif
