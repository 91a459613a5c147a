#include "program/quantity.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The largest power of ten that is a double exactly. Further digits are beyond it. */
#define MOST_DIVISOR 1e22

struct unit {
    const char *name;
    double factor;
    double divisor; /* 100, as no double is 0.01 */
};

static const struct unit durations[] = {{"ns", 1, 1},  {"us", 1e3, 1},   {"ms", 1e6, 1},
                                        {"s", 1e9, 1}, {"min", 60e9, 1}, {NULL, 0, 0}};
static const struct unit sizes[] = {{"", 1, 1},       {"K", 0x1p10, 1},
                                    {"M", 0x1p20, 1}, {"G", 0x1p30, 1},
                                    {"T", 0x1p40, 1}, {NULL, 0, 0}};
static const struct unit rates[] = {{"/s", 1, 1}, {"", 1, 1}, {NULL, 0, 0}};
static const struct unit shares[] = {{"%", 1, 100}, {"", 1, 1}, {NULL, 0, 0}};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Digits, and perhaps a point and digits: a whole number and what to divide it by, so
 * that it is rounded only once. Returns what follows, or NULL. No strtod: it takes
 * blanks, signs, hexadecimal, "inf", and a locale's comma. */
static const char *parse_decimal(const char *text, double *number, double *divisor) {
    *number = 0;
    *divisor = 1;
    if (!is_digit(*text)) {
        return NULL;
    }
    for (; is_digit(*text); text++) {
        *number = *number * 10 + (*text - '0');
    }
    if (*text == '.' && is_digit(text[1])) {
        for (text++; is_digit(*text); text++) {
            if (*divisor < MOST_DIVISOR) {
                *number = *number * 10 + (*text - '0');
                *divisor *= 10;
            }
        }
    }
    return text;
}

static bool parse_with_unit(const char *text, const struct unit *units, double *value) {
    double number;
    double divisor;
    const char *rest = parse_decimal(text, &number, &divisor);
    if (rest == NULL) {
        return false;
    }
    for (; units->name != NULL; units++) {
        if (strcmp(rest, units->name) == 0) {
            *value = number * units->factor / (divisor * units->divisor);
            return true;
        }
    }
    *value = 0;
    return number == 0 && *rest == '\0'; /* nothing needs no unit */
}

static bool to_whole(double value, int64_t *whole) {
    if (!(value < 0x1p63)) {
        return false;
    }
    *whole = llround(value);
    return true;
}

bool quantity_parse_count(const char *text, int64_t *count) {
    int64_t number = 0;
    if (*text == '\0') {
        return false;
    }
    for (; is_digit(*text); text++) {
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, *text - '0', &number)) {
            return false;
        }
    }
    *count = number;
    return *text == '\0';
}

bool quantity_parse_duration(const char *text, int64_t *ns) {
    double value;
    return parse_with_unit(text, durations, &value) && to_whole(value, ns);
}

bool quantity_parse_size(const char *text, int64_t *bytes) {
    double value;
    return parse_with_unit(text, sizes, &value) && to_whole(value, bytes);
}

bool quantity_parse_rate(const char *text, double *per_s) {
    return parse_with_unit(text, rates, per_s);
}

bool quantity_parse_share(const char *text, double *share) {
    return parse_with_unit(text, shares, share);
}

/* With the greatest unit that leaves it whole; nothing needs no unit. */
static void print_with_unit(double value, const struct unit *units, char *text,
                            size_t size) {
    const struct unit *unit = units;
    if (value == 0) {
        snprintf(text, size, "0");
        return;
    }
    while (unit[1].name != NULL && fmod(value, unit[1].factor) == 0) {
        unit++;
    }
    snprintf(text, size, "%.0f%s", value / unit->factor, unit->name);
}

void quantity_print_duration(int64_t ns, char *text, size_t size) {
    print_with_unit((double)ns, durations, text, size);
}

void quantity_print_size(int64_t bytes, char *text, size_t size) {
    print_with_unit((double)bytes, sizes, text, size);
}
