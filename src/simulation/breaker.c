#include "simulation/breaker.h"

#include "sync/clock.h"
#include "sync/must.h"

void breaker_init(struct breaker *breaker, int64_t most_failures, int64_t pause_ns) {
    *breaker = (struct breaker){.most_failures = most_failures, .pause_ns = pause_ns};
    must(pthread_mutex_init(&breaker->lock, NULL));
}

void breaker_destroy(struct breaker *breaker) {
    must(pthread_mutex_destroy(&breaker->lock));
}

static void enter(struct breaker *breaker, enum breaker_state state) {
    breaker->state = state;
    breaker->period++;
    breaker->failures = 0;
    breaker->probing = false;
}

static void open(struct breaker *breaker, int64_t now_ns) {
    if (breaker->state == BREAKER_CLOSED) {
        breaker->left_closed_ns = now_ns;
    }
    enter(breaker, BREAKER_OPEN);
    breaker->opened_at_ns = now_ns;
    breaker->opened++;
}

static void close(struct breaker *breaker, int64_t now_ns) {
    enter(breaker, BREAKER_CLOSED);
    breaker->open_ns += now_ns - breaker->left_closed_ns;
}

static bool lets_through(struct breaker *breaker, int64_t now_ns) {
    if (breaker->state == BREAKER_OPEN &&
        now_ns >= deadline_after_ns(breaker->opened_at_ns, breaker->pause_ns)) {
        enter(breaker, BREAKER_HALF_OPEN);
    }
    if (breaker->state == BREAKER_HALF_OPEN && !breaker->probing) {
        breaker->probing = true;
        return true;
    }
    return breaker->state == BREAKER_CLOSED;
}

bool breaker_allows(struct breaker *breaker, int64_t now_ns, uint64_t *ticket) {
    if (breaker->most_failures == 0) {
        return true;
    }
    must(pthread_mutex_lock(&breaker->lock));
    bool allowed = lets_through(breaker, now_ns);
    *ticket = breaker->period;
    breaker->stopped += !allowed;
    must(pthread_mutex_unlock(&breaker->lock));
    return allowed;
}

static void learn(struct breaker *breaker, enum call_end how, int64_t now_ns) {
    if (how == CALL_TELLS_NOTHING) {
        breaker->probing = false; /* so that another call can be the probe */
    } else if (how == CALL_WENT_WELL) {
        breaker->failures = 0;
        if (breaker->state == BREAKER_HALF_OPEN) {
            close(breaker, now_ns);
        }
    } else if (breaker->state == BREAKER_HALF_OPEN ||
               ++breaker->failures >= breaker->most_failures) {
        open(breaker, now_ns);
    }
}

void breaker_tell(struct breaker *breaker, uint64_t ticket, enum call_end how,
                  int64_t now_ns) {
    if (breaker->most_failures == 0) {
        return;
    }
    must(pthread_mutex_lock(&breaker->lock));
    if (ticket == breaker->period) {
        learn(breaker, how, now_ns);
    }
    must(pthread_mutex_unlock(&breaker->lock));
}

int64_t breaker_open_ns(const struct breaker *breaker, int64_t end_ns) {
    return breaker->state == BREAKER_CLOSED
               ? breaker->open_ns
               : breaker->open_ns + end_ns - breaker->left_closed_ns;
}
