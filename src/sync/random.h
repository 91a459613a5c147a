/*
 * Random numbers that the seed alone decides.
 *
 * SplitMix64: a counter run through a mixing function. Source: Steele, Lea and Flood,
 * "Fast splittable pseudorandom number generators", OOPSLA 2014. Because the state is
 * a counter, random_at() jumps to any place of the sequence at once. So a workload can
 * be a pure function of (seed, index), and needs no memory.
 *
 * Not for secrets. Nothing here is shared between threads.
 */
#ifndef FIVE_COOKS_RANDOM_H
#define FIVE_COOKS_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state;
};

static inline uint64_t random_mix(uint64_t z) {
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static inline uint64_t random_next(struct random *random) {
    random->state += UINT64_C(0x9e3779b97f4a7c15);
    return random_mix(random->state);
}

/* A separate generator for each (seed, stream); in practice they do not overlap. */
static inline struct random random_at(uint64_t seed, uint64_t stream) {
    return (struct random){random_mix(seed + UINT64_C(0x632be59bd9b4e019)) ^
                           random_mix(stream + UINT64_C(0x9e3779b97f4a7c15))};
}

/* A share in [0, 1). */
static inline double random_share(struct random *random) {
    return (double)(random_next(random) >> 11) * 0x1p-53;
}

/* A whole number in [0, bound); the bias for small bounds is below 2^-32. */
static inline uint32_t random_below(struct random *random, uint32_t bound) {
    return (uint32_t)(((random_next(random) >> 32) * bound) >> 32);
}

#endif
