#include "support/json.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "support/suite.h"

/* Each skips what it is named after and returns what follows, or NULL. */
static const char *skip_value(const char *text);

static const char *skip_space(const char *text) {
    return text + strspn(text, " \t\r\n");
}

static const char *skip_digits(const char *text) {
    size_t digits = strspn(text, "0123456789");
    return digits > 0 ? text + digits : NULL;
}

static const char *skip_number(const char *text) {
    text += *text == '-';
    bool leading_zero = text[0] == '0' && isdigit((unsigned char)text[1]);
    if (leading_zero || (text = skip_digits(text)) == NULL) {
        return NULL;
    }
    if (*text == '.' && (text = skip_digits(text + 1)) == NULL) {
        return NULL;
    }
    if (*text == 'e' || *text == 'E') {
        text++;
        text = skip_digits(text + (*text == '+' || *text == '-'));
    }
    return text;
}

static const char *skip_string(const char *text) {
    if (*text++ != '"') {
        return NULL;
    }
    for (; *text != '"'; text++) {
        if ((unsigned char)*text < ' ') {
            return NULL; /* the end of the text, too */
        }
        if (*text == '\\' && strchr("\"\\/bfnrtu", *++text) == NULL) {
            return NULL;
        }
    }
    return text + 1;
}

static const char *skip_member(const char *text) {
    text = skip_string(text);
    if (text == NULL || *(text = skip_space(text)) != ':') {
        return NULL;
    }
    return skip_value(text + 1);
}

/* An object or an array. */
static const char *skip_list(const char *text, char end,
                             const char *(*skip_item)(const char *text)) {
    text = skip_space(text + 1);
    if (*text == end) {
        return text + 1;
    }
    while ((text = skip_item(skip_space(text))) != NULL) {
        text = skip_space(text);
        if (*text == end) {
            return text + 1;
        }
        if (*text++ != ',') {
            return NULL;
        }
    }
    return NULL;
}

static const char *skip_value(const char *text) {
    static const char *const words[] = {"true", "false", "null"};
    text = skip_space(text);
    if (*text == '{') {
        return skip_list(text, '}', skip_member);
    }
    if (*text == '[') {
        return skip_list(text, ']', skip_value);
    }
    if (*text == '"') {
        return skip_string(text);
    }
    for (int i = 0; i < 3; i++) {
        if (strncmp(text, words[i], strlen(words[i])) == 0) {
            return text + strlen(words[i]);
        }
    }
    return skip_number(text);
}

bool json_is_valid(const char *text) {
    text = skip_value(text);
    return text != NULL && *skip_space(text) == '\0';
}

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
    const char *end = found == NULL ? NULL : skip_value(found);
    if (end == NULL) {
        fail_msg("no '%s' in %s", key, text);
        return;
    }
    if ((size_t)(end - found) != strlen(value) ||
        strncmp(found, value, strlen(value)) != 0) {
        fail_msg("%s is %.*s instead of %s", key, (int)(end - found), found, value);
    }
}
