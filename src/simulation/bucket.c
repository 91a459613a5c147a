#include "simulation/bucket.h"

#include <math.h>

#include "clock.h"
#include "must.h"

void bucket_init(struct bucket *bucket, double rate_per_s, int64_t burst,
                 int64_t now_ns) {
    bucket->rate_per_s = rate_per_s;
    bucket->burst = (double)burst;
    bucket->tokens = bucket->burst;
    bucket->filled_ns = now_ns;
    must(pthread_mutex_init(&bucket->lock, NULL));
}

void bucket_destroy(struct bucket *bucket) {
    must(pthread_mutex_destroy(&bucket->lock));
}

bool bucket_take(struct bucket *bucket, int64_t now_ns) {
    must(pthread_mutex_lock(&bucket->lock));
    if (now_ns > bucket->filled_ns) {
        double elapsed_s = (double)(now_ns - bucket->filled_ns) / (double)NS_PER_S;
        bucket->tokens =
            fmin(bucket->burst, bucket->tokens + elapsed_s * bucket->rate_per_s);
        bucket->filled_ns = now_ns;
    }
    /* A token that is only a rounding error short of whole is whole. Moments are whole
     * nanoseconds: a caller that keeps to the rate may be nearly one of them early. */
    double rounding = fmax(1e-9, bucket->rate_per_s / (double)NS_PER_S);
    bool taken = bucket->tokens > 1.0 - rounding;
    if (taken) {
        bucket->tokens -= 1.0;
    }
    must(pthread_mutex_unlock(&bucket->lock));
    return taken;
}
