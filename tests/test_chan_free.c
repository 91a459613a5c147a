/*
 * A channel for one reply is freed by whoever has the reply, or has sent it, while the
 * partner is still on its way out. AddressSanitizer watches that this touches nothing.
 *
 * The linker puts a function of ours behind pthread_mutex_unlock() (--wrap): the slower
 * partner does not go on before the channel is freed.
 */
#include "support/suite.h"

struct reply {
    struct chan *chan;
    enum chan_direction direction; /* of the slow one */
    size_t size;
    _Atomic bool freed;
    unsigned char value[64];
};

static _Thread_local struct reply *waits_for; /* the slow one, for its channel's end */

static _Atomic int unlocked; /* by the slow ones, and sent through here by the linker */

int __real_pthread_mutex_unlock(pthread_mutex_t *lock);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *lock);

int __wrap_pthread_mutex_unlock(pthread_mutex_t *lock) {
    int error = __real_pthread_mutex_unlock(lock);
    if (waits_for != NULL) {
        unlocked++;
        UNTIL(atomic_load(&waits_for->freed));
    }
    return error;
}

/* Waits for its partner, who comes later: in the queue, and then slow to leave. */
static void *be_slow(void *argument) {
    struct reply *reply = argument;
    waits_for = reply;
    if (reply->direction == CHAN_SEND) {
        unsigned char value[64] = {42};
        assert_int_equal(chan_send(reply->chan, value, DEADLINE_NEVER), CHAN_OK);
    } else {
        int64_t hour_ns = now_ns() + 3600 * NS_PER_S;
        assert_int_equal(chan_receive(reply->chan, reply->value, hour_ns), CHAN_OK);
    }
    waits_for = NULL;
    return NULL;
}

static void be_quick_and_free(struct reply *reply) {
    unsigned char value[64] = {42};
    if (reply->direction == CHAN_SEND) {
        assert_int_equal(chan_receive(reply->chan, reply->value, DEADLINE_NEVER),
                         CHAN_OK);
    } else {
        assert_int_equal(chan_send(reply->chan, value, DEADLINE_NEVER), CHAN_OK);
    }
    chan_free(reply->chan);
    atomic_store(&reply->freed, true);
}

CLAIM(whoever_completes_a_reply_may_free_its_channel) {
    static const size_t sizes[] = {0, 1, 8, 9, 64}; /* small ones travel differently */
    for (int i = 0; i < 10; i++) {
        int before = unlocked;
        struct reply reply = {.direction = i % 2 ? CHAN_SEND : CHAN_RECEIVE,
                              .size = sizes[i / 2]};
        reply.chan = chan_create(reply.size, 0);
        struct spawned *thread = spawn(be_slow, &reply);
        UNTIL(chan_waiters(reply.chan, reply.direction) == 1);
        be_quick_and_free(&reply);
        join(thread);
        assert_int_equal(reply.value[0], reply.size > 0 ? 42 : 0);
        assert_true(unlocked > before);
    }
}
