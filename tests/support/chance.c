#include "support/chance.h"

#include <stdio.h>
#include <sys/random.h>

#include "support/scale.h"
#include "sync/must.h"

static uint64_t seed; /* set once, before any claim is checked */

void chance_init(void) {
    uint16_t fresh;
    invariant(getrandom(&fresh, sizeof fresh, 0) == sizeof fresh);
    seed = (uint64_t)setting("FIVE_COOKS_SEED", fresh);
    printf("seed %llu (FIVE_COOKS_SEED=%llu repeats it)\n", (unsigned long long)seed,
           (unsigned long long)seed);
}

struct random chance(uint64_t stream) {
    return random_at(seed, stream);
}
