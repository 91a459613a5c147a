#include "support/runners.h"

#include <stddef.h>

const struct runner pool_like = {
    .on_threads = {"pool-like", "Has workers and a queue of at least one."},
    .on_fibers = {"pool-like", "Has workers and a queue of at least one."},
    .options = (const struct runner_option[]){{"workers", "5", 1},
                                              {"queue", "7", 1},
                                              {"cancel", "between", 0},
                                              {NULL, NULL, 0}},
};

const struct runner spawner_like = {
    .on_threads = {"spawner-like", "Has a bound and a flag."},
    .on_fibers = {"spawner-like", "Has a bound and a flag."},
    .options = (const struct runner_option[]){{"max-threads", NULL, 1},
                                              {"join", NULL, 0},
                                              {"detach", NULL, 0},
                                              {"cancel", "none", 0},
                                              {NULL, NULL, 0}},
};
