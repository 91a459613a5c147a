/*
 * How threads wait on channels: a model of src/sync/select.c and src/sync/chan.c, to be searched
 * by spin for every interleaving. tests/model/run does it.
 *
 * Two channels; LEFT is unbuffered, RIGHT holds RIGHT_CAPACITY values. A sender and a
 * receiver on each, a select of "receive from LEFT" and "send to RIGHT" whose deadline
 * may pass at any moment, and somebody who closes both, or with -DBY_CLOCK the clock.
 *
 * The names are those of the code, the invariants those of src/sync/chan_internal.h:
 *
 *   order     checked at every unlock
 *   claim     checked at every claim and every wake
 *   lifetime  checked whenever one thread touches another's waiter
 *   closed    checked at every unlock
 *
 * and at the end nothing is lost or doubled: a value was received exactly once if its
 * send said OK, and never if not. That all come to their end is spin's own check.
 *
 * Left out: which waiter of a queue is served first (any may be: that covers both
 * orders), sleeping itself (a wake sets `woken`, which a park never forgets), and the
 * order in which cases are looked at (any).
 *
 * -DMISTAKE=n makes a mistake that the search must find: see below.
 */
#define NO_MISTAKE       0
#define CLAIM_IN_STEPS   1 /* looks at `chosen`, then sets it: no compare-and-swap */
#define LOSER_STAYS      2 /* a waiter returns with an entry still in a queue */
#define CLOSE_FORGETS    3 /* close wakes receivers only */
#define WAKE_THEN_COPY   4 /* the value is copied after the wake */
#define TIMEOUT_RETURNS  5 /* time up: returns without asking whether it was claimed */
#define LOCK_ONE_BY_ONE  6 /* a select looks at its channels one after the other */
#ifndef MISTAKE
#define MISTAKE NO_MISTAKE
#endif
#ifndef RIGHT_CAPACITY
#define RIGHT_CAPACITY 0
#endif

/* Threads, and entries: a thread has the entry of its own number, the selector one
 * more. All even ones are on LEFT, all odd ones on RIGHT. */
#define SENDER_LEFT    0
#define SENDER_RIGHT   1
#define RECEIVER_LEFT  2
#define RECEIVER_RIGHT 3
#define SELECTOR       4 /* its first case: receive from LEFT */
#define SECOND_CASE    5 /* its second case: send to RIGHT */
#define THREADS        5
#define ENTRIES        6
#define NOBODY         255

#define thread_of(e)    ((e) - ((e) == SECOND_CASE))
#define index_of(e)     ((e) == SECOND_CASE)
#define chan_of(e)      ((e) % 2)
#define direction_of(e) ((e) >= RECEIVER_LEFT && (e) <= SELECTOR)
#define value_of(e)     (thread_of(e) + 1) /* what a sender sends */

#define LEFT  0
#define RIGHT 1
#define capacity(c) ((c) * RIGHT_CAPACITY)

#define SEND    0
#define RECEIVE 1

#define UNDECIDED 2
#define GAVE_UP   3

#define OK        1
#define CLOSED    2
#define TIMED_OUT 3

/* struct chan */
bool locked[2], closed[2], by_clock[2];
byte length[2], buffer[2];

/* struct entry */
bool queued[ENTRIES];

/* struct waiter, and what its thread finds */
byte chosen[THREADS] = UNDECIDED;
bool woken[THREADS], returned[THREADS];
byte value[THREADS], result[THREADS];
byte received[THREADS]; /* how often the value of that sender has arrived */

/* ---- the invariants ---- */

#define waits(e, c, d)                                                                 \
    (queued[e] && chan_of(e) == (c) && direction_of(e) == (d) &&                       \
     chosen[thread_of(e)] == UNDECIDED)
#define anyone_sends(c)    (waits(0, c, SEND) || waits(1, c, SEND) || waits(5, c, SEND))
#define anyone_receives(c)                                                             \
    (waits(2, c, RECEIVE) || waits(3, c, RECEIVE) || waits(4, c, RECEIVE))
#define is_closed(c) (closed[c] || by_clock[c])

#define order(c)                                                                       \
    (!(length[c] > 0 && anyone_receives(c)) &&                                         \
     (is_closed(c) || !(length[c] < capacity(c) && anyone_sends(c))) &&                \
     (is_closed(c) || !(anyone_sends(c) && anyone_receives(c))))
#define closed_is_empty(c) (!closed[c] || !(anyone_sends(c) || anyone_receives(c)))

#define lifetime(thread) assert(!returned[thread])

/* ---- locks ---- */

inline lock(c) {
    atomic { !locked[c] -> locked[c] = true }
}

inline unlock(c) {
    atomic {
        assert(order(c));
        assert(closed_is_empty(c));
        locked[c] = false
    }
}

/* ---- chan.c ---- */

/* waiter_claim(): `won` says whether it was to be had. */
inline claim(thread, choice, won) {
#if MISTAKE == CLAIM_IN_STEPS
    won = (chosen[thread] == UNDECIDED);
    if
    :: won -> chosen[thread] = choice
    :: else
    fi
#else
    d_step {
        won = (chosen[thread] == UNDECIDED);
        if
        :: won -> chosen[thread] = choice
        :: else
        fi
    }
#endif
}

#define candidate(e) queued[e] && chan_of(e) == c && direction_of(e) == d -> other = e

/* claim_next(): other is the entry of the claimed waiter, or NOBODY. */
inline claim_next(c, d, other, won) {
    won = false;
    do
    :: won -> break
    :: else ->
        atomic {
            if
            :: candidate(0)
            :: candidate(1)
            :: candidate(2)
            :: candidate(3)
            :: candidate(4)
            :: candidate(5)
            :: else -> other = NOBODY; break
            fi;
            lifetime(thread_of(other));
            queued[other] = false
        }
        claim(thread_of(other), index_of(other), won)
    od
}

inline hand_over(other, what) {
    atomic {
        lifetime(thread_of(other));
        if
        :: direction_of(other) == RECEIVE -> value[thread_of(other)] = what
        :: else -> what = value_of(other)
        fi;
        result[thread_of(other)] = OK
    }
}

/* chan_try() for one entry's case; sets `did`, and `other` is whom to wake. */
inline try(e) {
    c = chan_of(e);
    did = false;
    other = NOBODY;
    if
    :: direction_of(e) == SEND ->
        if
        :: is_closed(c) -> did = true; result[me] = CLOSED
        :: else ->
            claim_next(c, RECEIVE, other, won);
            if
            :: other != NOBODY ->
                did = true;
                result[me] = OK;
#if MISTAKE != WAKE_THEN_COPY
                what = value_of(e);
                hand_over(other, what)
#endif
            :: other == NOBODY && length[c] < capacity(c) ->
                atomic {
                    buffer[c] = value_of(e);
                    length[c] = 1;
                    did = true;
                    result[me] = OK
                }
            :: else
            fi
        fi
    :: else ->
        atomic {
            buffered = (length[c] > 0);
            was_closed = is_closed(c);
            if
            :: buffered -> value[me] = buffer[c]; length[c] = 0
            :: else
            fi
        }
        if
        :: !was_closed -> claim_next(c, SEND, other, won)
        :: else
        fi;
        if
        :: other != NOBODY ->
            did = true;
            result[me] = OK;
            hand_over(other, what);
            if
            :: buffered -> atomic { buffer[c] = what; length[c] = 1 }
            :: else -> value[me] = what
            fi
        :: other == NOBODY && buffered -> did = true; result[me] = OK
        :: other == NOBODY && !buffered && was_closed -> did = true; result[me] = CLOSED
        :: else
        fi
    fi
}

/* park_wake(): once for each claim, by the claimer. */
inline wake(other) {
    if
    :: other != NOBODY ->
        atomic {
            lifetime(thread_of(other));
            assert(!woken[thread_of(other)]);
            assert(chosen[thread_of(other)] == index_of(other));
            woken[thread_of(other)] = true
        }
#if MISTAKE == WAKE_THEN_COPY
        if
        :: direction_of(other) == RECEIVE ->
            what = value_of(me);
            hand_over(other, what)
        :: else
        fi
#endif
    :: else
    fi
}

/* ---- select.c ---- */

inline lock_all() {
    if
    :: me == SELECTOR || chan_of(me) == LEFT -> lock(LEFT)
    :: else
    fi;
    if
    :: me == SELECTOR || chan_of(me) == RIGHT -> lock(RIGHT)
    :: else
    fi
}

inline unlock_all() {
    if
    :: me == SELECTOR || chan_of(me) == RIGHT -> unlock(RIGHT)
    :: else
    fi;
    if
    :: me == SELECTOR || chan_of(me) == LEFT -> unlock(LEFT)
    :: else
    fi
}

/* Looks at all its cases, in any order, until one has happened. */
inline try_all() {
    if
    :: me != SELECTOR -> try(me)
    :: me == SELECTOR ->
        if
        :: entry = SELECTOR
        :: entry = SECOND_CASE
        fi;
        try(entry);
        if
        :: !did ->
#if MISTAKE == LOCK_ONE_BY_ONE
            unlock_all();
            lock_all();
#endif
            entry = SELECTOR + SECOND_CASE - entry; /* the other one */
            try(entry)
        :: else
        fi
    fi
}

inline dequeue(e) {
    lock(chan_of(e));
    queued[e] = false;
    unlock(chan_of(e))
}

inline dequeue_losers() {
#if MISTAKE != LOSER_STAYS
    if
    :: chosen[me] != 0 -> dequeue(me)
    :: else
    fi;
    if
    :: me == SELECTOR && chosen[me] != 1 -> dequeue(SECOND_CASE)
    :: else
    fi
#else
    skip
#endif
}

#define clock_says_closed                                                              \
    ((chan_of(me) == LEFT || me == SELECTOR) && by_clock[LEFT] ||                  \
     (chan_of(me) == RIGHT || me == SELECTOR) && by_clock[RIGHT])

/* What no longer matters is set to zero: fewer states to search. */
inline forget() {
    c = 0; other = 0; what = 0; entry = 0;
    did = false; won = false; buffered = false; was_closed = false
}

/* One select of thread `me`: chan_select(), chan_send() or chan_receive(). */
proctype Thread(byte me) {
    byte c, other, what, entry;
    bool did, won, buffered, was_closed, past;
again:
    lock_all();
    try_all();
    if
    :: did -> unlock_all(); wake(other); goto returns
    :: !did && past -> unlock_all(); result[me] = TIMED_OUT; goto returns
    :: else
    fi;
    /* wait_for_one() */
    atomic {
        forget();
        woken[me] = false;
        chosen[me] = UNDECIDED;
        queued[me] = true;
        if
        :: me == SELECTOR -> queued[SECOND_CASE] = true
        :: else
        fi
    }
    unlock_all();
    if
    :: woken[me]
    :: me == SELECTOR -> past = true; goto time_is_up
    :: clock_says_closed -> goto time_is_up
    fi;
    goto seen;
time_is_up:
#if MISTAKE == TIMEOUT_RETURNS
    chosen[me] = GAVE_UP;
    won = true;
#else
    claim(me, GAVE_UP, won);
#endif
    if
    :: won -> dequeue_losers(); goto again
    :: else -> woken[me] /* claimed as time ran out: see it through */
    fi;
seen:
    dequeue_losers();
returns:
    atomic {
        forget();
        returned[me] = true;
        if
        :: result[me] == OK && value[me] > 0 -> received[value[me] - 1]++
        :: else
        fi
    }
}

/* chan_close(): claims everyone under the lock, wakes them after it. */
inline release_all(c, d) {
    do
    :: claim_next(c, d, other, won);
        if
        :: other == NOBODY -> break
        :: else ->
            atomic {
                lifetime(thread_of(other));
                result[thread_of(other)] = CLOSED;
                released[thread_of(other)] = true
            }
        fi
    od
}

proctype Closer() {
    byte c, other, i, me = NOBODY, what;
    bool won, released[THREADS];
    do
    :: c < 2 ->
#ifdef BY_CLOCK
        by_clock[c] = true;
#else
        lock(c);
        closed[c] = true;
        release_all(c, RECEIVE);
#if MISTAKE != CLOSE_FORGETS
        release_all(c, SEND);
#endif
        unlock(c);
        i = 0;
        do
        :: i < THREADS && released[i] ->
            atomic { released[i] = false; lifetime(i); woken[i] = true }
        :: i < THREADS && !released[i] -> i++
        :: else -> break
        od;
#endif
        c++
    :: else -> break
    od
}

#define accounts_add_up(sender)                                                        \
    (received[sender] + (length[RIGHT] > 0 && buffer[RIGHT] == value_of(sender)) ==    \
     (result[sender] == OK && value[sender] == 0)) /* and it did not receive instead */

init {
    atomic {
        run Thread(SENDER_LEFT);
        run Thread(SENDER_RIGHT);
        run Thread(RECEIVER_LEFT);
        run Thread(RECEIVER_RIGHT);
        run Thread(SELECTOR);
        run Closer()
    }
    atomic {
        returned[0] && returned[1] && returned[2] && returned[3] && returned[4];
        assert(accounts_add_up(SENDER_LEFT));
        assert(accounts_add_up(SENDER_RIGHT));
        assert(accounts_add_up(SELECTOR))
    }
}
