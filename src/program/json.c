#include "program/json.h"

#include <inttypes.h>

static void write_key(struct json *json, const char *key) {
    fprintf(json->out, "%s\"%s\": ", json->follows ? ", " : "", key);
    json->follows = true;
}

void json_open(struct json *json, const char *key) {
    if (key != NULL) {
        write_key(json, key);
    }
    fputc('{', json->out);
    json->follows = false;
}

void json_close(struct json *json) {
    fputc('}', json->out);
    json->follows = true;
}

void json_count(struct json *json, const char *key, int64_t value) {
    write_key(json, key);
    fprintf(json->out, "%" PRId64, value);
}

void json_known(struct json *json, const char *key, int64_t value) {
    if (value < 0) {
        json_null(json, key);
    } else {
        json_count(json, key, value);
    }
}

void json_real(struct json *json, const char *key, double value, int digits) {
    write_key(json, key);
    fprintf(json->out, "%.*g", digits, value);
}

void json_flag(struct json *json, const char *key, bool value) {
    json_raw(json, key, value ? "true" : "false");
}

/* A control character becomes a blank: nothing here needs to be read back exactly. */
void json_text(struct json *json, const char *key, const char *text) {
    if (text == NULL) {
        json_null(json, key);
        return;
    }
    write_key(json, key);
    fputc('"', json->out);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            fputc('\\', json->out);
        }
        fputc((unsigned char)*text < ' ' ? ' ' : *text, json->out);
    }
    fputc('"', json->out);
}

void json_null(struct json *json, const char *key) {
    json_raw(json, key, "null");
}

void json_raw(struct json *json, const char *key, const char *value) {
    write_key(json, key);
    fputs(value, json->out);
}
