/*
 * Which values have arrived. Marking one twice, or one that was never sent, fails at
 * once: a count alone would not notice one lost and another doubled.
 */
#ifndef TEST_LEDGER_H
#define TEST_LEDGER_H

#include <stdatomic.h>
#include <stdbool.h>

struct ledger {
    int size;
    _Atomic bool *marked;
};

void ledger_init(struct ledger *ledger, int size); /* for the values 0 .. size - 1 */
void ledger_destroy(struct ledger *ledger);
void ledger_mark(struct ledger *ledger, int value); /* by any thread */
bool ledger_has(struct ledger *ledger, int value);
int ledger_marks(struct ledger *ledger);

#endif
