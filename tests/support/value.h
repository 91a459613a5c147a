/*
 * Values of any size that can be told apart, so that a test sees which value arrived
 * and that all of it did, not just that something did.
 *
 * The first bytes hold the number (as many as there are), the others follow from it.
 */
#ifndef TEST_VALUE_H
#define TEST_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From nothing over odd sizes and words to a page. */
enum { VALUE_SIZE_COUNT = 7, VALUE_SIZE_MOST = 4096 };
extern const size_t value_sizes[VALUE_SIZE_COUNT];

void value_make(void *value, size_t size, uint32_t number);
bool value_is(const void *value, size_t size, uint32_t number);

/* Are all bytes zero? */
bool value_is_zero(const void *value, size_t size);

#endif
