/*
 * Writes JSON: commas, nesting and odd characters in one place.
 *
 *   struct json json = {.out = file};
 *   json_open(&json, NULL);              {
 *   json_count(&json, "tasks", 50);        "tasks": 50,
 *   json_open(&json, "peak");              "peak": {
 *   json_known(&json, "rss_bytes", -1);      "rss_bytes": null
 *   json_close(&json);                     }
 *   json_close(&json);                   }
 *
 * Numbers never depend on a locale, as nobody here sets one. Write errors are left for
 * the caller to find.
 */
#ifndef FIVE_COOKS_JSON_H
#define FIVE_COOKS_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
    FILE *out;
    bool follows; /* something stands before the next value: it needs a comma */
};

void json_open(struct json *json, const char *key); /* NULL: the outermost object */
void json_close(struct json *json);

void json_count(struct json *json, const char *key, int64_t value);
void json_known(struct json *json, const char *key, int64_t value); /* < 0: null */
void json_real(struct json *json, const char *key, double value, int digits);
void json_flag(struct json *json, const char *key, bool value);
void json_text(struct json *json, const char *key, const char *text); /* NULL: null */
void json_null(struct json *json, const char *key);
void json_raw(struct json *json, const char *key, const char *value);

#endif
