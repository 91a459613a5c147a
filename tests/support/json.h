/*
 * Just enough JSON (RFC 8259) to check what the programs write: is it valid, how often
 * is a key there, and what does it say?
 */
#ifndef TEST_JSON_H
#define TEST_JSON_H

#include <stdbool.h>

/* Is the whole text one JSON value? NaN, inf and a decimal comma are not. */
bool json_is_valid(const char *text);

/* How often "key": is there, at whatever depth. */
int json_keys(const char *text, const char *key);

/* Fails unless the first "key": has exactly this value, as it is written. */
void assert_json(const char *text, const char *key, const char *value);

#endif
