#include "support/ledger.h"

#include "support/suite.h"

void ledger_init(struct ledger *ledger, int size) {
    ledger->size = size;
    ledger->marked = calloc((size_t)size, sizeof ledger->marked[0]);
    invariant(ledger->marked != NULL);
}

void ledger_destroy(struct ledger *ledger) {
    free((void *)ledger->marked);
}

/* Relaxed: the ledger must not give threads an order that their channels lack. */
void ledger_mark(struct ledger *ledger, int value) {
    if (value < 0 || value >= ledger->size) {
        fail_msg("value %d was never sent", value);
    }
    if (atomic_exchange_explicit(&ledger->marked[value], true, memory_order_relaxed)) {
        fail_msg("value %d arrived twice", value);
    }
}

bool ledger_has(struct ledger *ledger, int value) {
    return atomic_load_explicit(&ledger->marked[value], memory_order_relaxed);
}

int ledger_marks(struct ledger *ledger) {
    int marks = 0;
    for (int i = 0; i < ledger->size; i++) {
        marks += ledger_has(ledger, i);
    }
    return marks;
}
