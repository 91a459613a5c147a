#include "program/quantity.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct unit {
    const char *name;
    double factor;
};

static const struct unit durations[] = {{"ns", 1},  {"us", 1e3},   {"ms", 1e6},
                                        {"s", 1e9}, {"min", 60e9}, {NULL, 0}};
static const struct unit sizes[] = {{"", 1},       {"K", 0x1p10}, {"M", 0x1p20},
                                    {"G", 0x1p30}, {"T", 0x1p40}, {NULL, 0}};
static const struct unit rates[] = {{"/s", 1}, {"", 1}, {NULL, 0}};
static const struct unit shares[] = {{"%", 0.01}, {"", 1}, {NULL, 0}};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Digits, and perhaps a point and digits. Returns what follows, or NULL. No strtod: it
 * takes blanks, signs, hexadecimal, "inf", and a locale's comma. */
static const char *parse_decimal(const char *text, double *value) {
    double number = 0;
    double place = 1;
    if (!is_digit(*text)) {
        return NULL;
    }
    for (; is_digit(*text); text++) {
        number = number * 10 + (*text - '0');
    }
    if (*text == '.' && is_digit(text[1])) {
        for (text++; is_digit(*text); text++) {
            place /= 10;
            number += place * (*text - '0');
        }
    }
    *value = number;
    return text;
}

static bool parse_with_unit(const char *text, const struct unit *units, double *value) {
    const char *rest = parse_decimal(text, value);
    if (rest == NULL) {
        return false;
    }
    for (; units->name != NULL; units++) {
        if (strcmp(rest, units->name) == 0) {
            *value *= units->factor;
            return true;
        }
    }
    return *value == 0 && *rest == '\0'; /* nothing needs no unit */
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
