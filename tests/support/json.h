/*
 * Just enough to look into the JSON that the programs write: how often is a key there,
 * and what does it say? That it is valid, and whole: tests/programs/test_record.py.
 */
#ifndef TEST_JSON_H
#define TEST_JSON_H

/* How often "key": is there, at whatever depth. */
int json_keys(const char *text, const char *key);

/* Fails unless the first "key": has exactly this value, as it is written. */
void assert_json(const char *text, const char *key, const char *value);

#endif
