#include "support/json.h"

#include "support/suite.h"

static const char *find_value(const char *text, const char *key) {
    char quoted[128];
    snprintf(quoted, sizeof quoted, "\"%s\": ", key);
    const char *found = strstr(text, quoted);
    return found == NULL ? NULL : found + strlen(quoted);
}

int json_keys(const char *text, const char *key) {
    int count = 0;
    while ((text = find_value(text, key)) != NULL) {
        count++;
    }
    return count;
}

void assert_json(const char *text, const char *key, const char *value) {
    const char *found = find_value(text, key);
    size_t length = strlen(value);
    if (found == NULL || strncmp(found, value, length) != 0 ||
        strchr(",}\n", found[length]) == NULL) {
        fail_msg("'%s' is not %s in %s", key, value, text);
    }
}
