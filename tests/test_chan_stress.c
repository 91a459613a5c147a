/* Many threads, many values: each arrives once, in its sender's order. */
#include "support/ledger.h"
#include "support/suite.h"
#include "support/value.h"

enum { SENDERS_MOST = 64, RECEIVERS_MOST = 64 };

/* A crowd of senders and one of receivers on one channel. */
struct traffic {
    struct chan *chan;
    size_t value_size; /* 0: counted only */
    int senders, receivers, values_each;
    enum style style;
    struct ledger ledger;
    _Atomic int received;
};

struct lane {
    struct traffic *traffic;
    int number;
};

static enum style style_of(const struct lane *lane) {
    enum style style = lane->traffic->style;
    return style == STYLE_COUNT ? (enum style)(lane->number % STYLE_COUNT) : style;
}

static void *send_values(void *argument) {
    struct lane *lane = argument;
    struct traffic *traffic = lane->traffic;
    unsigned char value[VALUE_SIZE_MOST];
    for (int i = 0; i < traffic->values_each; i++) {
        int number = lane->number * traffic->values_each + i;
        value_make(value, traffic->value_size, (uint32_t)number);
        assert_int_equal(operate(traffic->chan, CHAN_SEND, value, style_of(lane)),
                         CHAN_OK);
    }
    return NULL;
}

/* Every value was sent, is whole, and is later than the sender's last one here. */
static void check_value(struct traffic *traffic, const unsigned char *value,
                        int *latest) {
    uint32_t number = 0;
    if (traffic->value_size < sizeof number) {
        return; /* too small to hold a number: these are counted */
    }
    memcpy(&number, value, sizeof number);
    assert_true(value_is(value, traffic->value_size, number));
    ledger_mark(&traffic->ledger, (int)number);
    int sender = (int)number / traffic->values_each;
    assert_true((int)number > latest[sender]);
    latest[sender] = (int)number;
}

static void *receive_values(void *argument) {
    struct lane *lane = argument;
    struct traffic *traffic = lane->traffic;
    unsigned char value[VALUE_SIZE_MOST];
    int latest[SENDERS_MOST];
    memset(latest, -1, sizeof latest);
    struct operation receive =
        operation_of(traffic->chan, CHAN_RECEIVE, value, style_of(lane));
    while (operation_run(&receive) == CHAN_OK) {
        check_value(traffic, value, latest);
        atomic_fetch_add_explicit(&traffic->received, 1, memory_order_relaxed);
    }
    return NULL;
}

/* Runs it, closes the channel when all is sent, and sees that all arrived. */
static void run_traffic(struct traffic *traffic, size_t capacity) {
    int total = traffic->senders * traffic->values_each;
    struct crowd senders, receivers;
    struct lane lanes[SENDERS_MOST];
    traffic->chan = chan_create(traffic->value_size, capacity);
    ledger_init(&traffic->ledger, total);
    crowd_init(&senders);
    crowd_init(&receivers);
    for (int i = 0; i < SENDERS_MOST; i++) {
        lanes[i] = (struct lane){traffic, i};
    }
    for (int i = 0; i < traffic->receivers; i++) {
        crowd_add(&receivers, receive_values, &lanes[i]);
    }
    for (int i = 0; i < traffic->senders; i++) {
        crowd_add(&senders, send_values, &lanes[i]);
    }
    crowd_start(&receivers);
    crowd_start(&senders);
    crowd_join(&senders);
    chan_close(traffic->chan);
    crowd_join(&receivers);
    assert_int_equal(traffic->received, total);
    if (traffic->value_size >= sizeof(uint32_t)) {
        assert_int_equal(ledger_marks(&traffic->ledger), total);
    }
    assert_int_equal(chan_length(traffic->chan), 0);
    ledger_destroy(&traffic->ledger);
    chan_free(traffic->chan);
}

/* Each with channels of capacity 0 and up. */
static const struct {
    size_t most_capacity, value_size;
    int senders, receivers, values_each;
    enum style style;
} crowds[] = {
    {20, 4, 4, 4, 1000, STYLE_PLAIN},  /* Go's TestChan */
    {1, 8, 1, 10, 20000, STYLE_PLAIN}, /* Go's test/ken/chan1.go, TestMultiConsumer */
    {1, 8, 50, 1, 400, STYLE_PLAIN},
    {2, 8, 50, 50, 200, STYLE_PLAIN}, /* where tylertreat/chan once got stuck */
    {4, 16, 6, 6, 1000, STYLE_COUNT}, /* who blocks, selects and polls, all at once */
    {3, 0, 3, 3, 500, STYLE_PLAIN},
    {3, 1, 3, 3, 500, STYLE_PLAIN},
    {3, 3, 3, 3, 500, STYLE_PLAIN},
    {3, VALUE_SIZE_MOST, 3, 3, 500, STYLE_PLAIN},
};

CLAIM(every_value_arrives_once_whole_and_in_its_senders_order) {
    for (size_t i = 0; i < sizeof crowds / sizeof crowds[0]; i++) {
        for (size_t capacity = 0; capacity <= crowds[i].most_capacity; capacity++) {
            struct traffic traffic = {.value_size = crowds[i].value_size,
                                      .senders = crowds[i].senders,
                                      .receivers = crowds[i].receivers,
                                      .values_each = scaled(crowds[i].values_each),
                                      .style = crowds[i].style};
            run_traffic(&traffic, capacity);
        }
    }
}
