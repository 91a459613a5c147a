#include "support/value.h"

const size_t value_sizes[VALUE_SIZE_COUNT] = {0, 1, 3, 4, 8, 16, VALUE_SIZE_MOST};

static unsigned char byte_at(uint32_t number, size_t place) {
    if (place < sizeof number) {
        return (unsigned char)(number >> (8 * place));
    }
    return (unsigned char)(number * 31 + place * 7 + 1);
}

void value_make(void *value, size_t size, uint32_t number) {
    unsigned char *bytes = value;
    for (size_t i = 0; i < size; i++) {
        bytes[i] = byte_at(number, i);
    }
}

bool value_is(const void *value, size_t size, uint32_t number) {
    const unsigned char *bytes = value;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != byte_at(number, i)) {
            return false;
        }
    }
    return true;
}

bool value_is_zero(const void *value, size_t size) {
    const unsigned char *bytes = value;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}
