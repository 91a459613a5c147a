/*
 * A token bucket: lets through `rate` calls per second, and up to `burst` at once after
 * a pause. In any stretch of T seconds it lets through at most burst + rate * T.
 *
 * The caller brings the time, so a test can bring its own. Time that goes back mints no
 * tokens and takes none. Any thread may take. Source of the idea: the leaky bucket of
 * J. S. Turner, 1986; golang.org/x/time/rate for what to test.
 */
#ifndef FIVE_COOKS_BUCKET_H
#define FIVE_COOKS_BUCKET_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct bucket {
    /* set once, before any thread starts: */
    double rate_per_s;
    double burst;

    pthread_mutex_t lock;

    /* lock must be held when using these: */
    double tokens;
    int64_t filled_ns; /* the moment `tokens` is true for */
};

/* Starts full. */
void bucket_init(struct bucket *bucket, double rate_per_s, int64_t burst,
                 int64_t now_ns);
void bucket_destroy(struct bucket *bucket);

/* Takes one token if there is one. */
bool bucket_take(struct bucket *bucket, int64_t now_ns);

#endif
