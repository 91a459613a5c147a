/*
 * What a remote API and its callers have agreed on, and each side computes for itself.
 *
 *   GET /call/INDEX?attempt=K    429 or 503: turned away; another 5xx: failed;
 *                                200: served, and the body is "served INDEX/K"
 *
 * With these two numbers either side knows the fate of the call (workload.h). A wrong
 * answer claims success like a right one, and names another order.
 */
#ifndef FIVE_COOKS_WIRE_H
#define FIVE_COOKS_WIRE_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define WIRE_PATH "/call/"

enum { WIRE_TEXT = 64 };

/* The body that answers a call; its length. */
static inline size_t wire_body(char body[static WIRE_TEXT], uint64_t index,
                               int64_t attempt, bool right) {
    return (size_t)snprintf(body, WIRE_TEXT, "served %" PRIu64 "/%" PRId64 "\n",
                            right ? index : index + 1, attempt);
}

#endif
