/*
 * A circuit breaker: after so many failures in a row the client stops calling for a
 * while, which spares an API in trouble the calls and the client the waiting. (M. T.
 * Nygard, "Release It!"; the words are those of its many implementations.)
 *
 *   closed      calls are let through; `failures` in a row open it
 *   open        no call is let through until the pause is over
 *   half-open   one call is let through as a probe: if it goes well the breaker closes,
 *               otherwise it opens again
 *
 *   if (breaker_allows(breaker, now_ns(), &ticket)) {
 *       ... call ...
 *       breaker_tell(breaker, ticket, how, now_ns());
 *   }
 *
 * What a call tells counts only in the state that let it through: one that was begun
 * before the breaker opened says nothing about whether the API has recovered.
 *
 * All of the client's threads share one. The caller brings the time.
 */
#ifndef FIVE_COOKS_BREAKER_H
#define FIVE_COOKS_BREAKER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN };

/* A call that was interrupted tells nothing. */
enum call_end { CALL_WENT_WELL, CALL_FAILED, CALL_TELLS_NOTHING };

struct breaker {
    /* set once, before any thread starts: */
    int64_t most_failures; /* in a row; 0: there is no breaker */
    int64_t pause_ns;

    pthread_mutex_t lock;

    /* lock must be held when using these: */
    enum breaker_state state;
    uint64_t period;        /* counts up whenever the state changes */
    int64_t failures;       /* in a row, while it is closed */
    int64_t opened_at_ns;   /* for the last time */
    int64_t left_closed_ns; /* when it was last closed */
    bool probing;           /* half-open: the probe is on its way */

    /* for the record: */
    int64_t opened;  /* how often */
    int64_t stopped; /* calls not let through */
    int64_t open_ns; /* not closed, until it last closed again */
};

void breaker_init(struct breaker *breaker, int64_t most_failures, int64_t pause_ns);
void breaker_destroy(struct breaker *breaker);

bool breaker_allows(struct breaker *breaker, int64_t now_ns, uint64_t *ticket);
void breaker_tell(struct breaker *breaker, uint64_t ticket, enum call_end how,
                  int64_t now_ns);

/* How long it was open or half-open, from the first to `end_ns`. */
int64_t breaker_open_ns(const struct breaker *breaker, int64_t end_ns);

#endif
