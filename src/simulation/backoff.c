#include "simulation/backoff.h"

#include "random.h"

int64_t backoff_ns(int64_t base_ns, uint64_t seed, uint64_t task_index,
                   int64_t attempt) {
    int64_t most_ns = base_ns;
    for (int64_t i = 1; i < attempt && 0 < most_ns && most_ns < BACKOFF_MOST_NS; i++) {
        most_ns = earlier_ns(2 * most_ns, BACKOFF_MOST_NS);
    }
    struct random random = random_at(seed ^ (uint64_t)attempt << 48, task_index);
    return (int64_t)(random_share(&random) * (double)most_ns);
}
