#include "program/latency_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program/quantity.h"

enum {
    MOST_DIGITS = 64,
    LINE_BYTES = 64 * 1024,
    MOST_VALUES = 10000000, /* a file may have no end */
};

struct reader {
    char *path;
    const char *column; /* NULL: each line is a duration */
    const char *unit;   /* of a number without one */
    int field;          /* the column's place in a line */
    long line;          /* counts from 1 */
    int64_t *ns;
    int64_t room;
    int64_t count;
    char *error;
    size_t error_size;
};

static bool refuse(struct reader *reader, const char *what, const char *text) {
    snprintf(reader->error, reader->error_size, "--distribution: %.80s:%ld: %s'%.40s'",
             reader->path, reader->line, what, text);
    return false;
}

static bool give_up(struct reader *reader, const char *why) {
    snprintf(reader->error, reader->error_size, "--distribution: '%.80s': %s",
             reader->path, why);
    return false;
}

/* ---- lines and fields ---- */

/* Where a field in quotes ends: "" is a quote in its text. */
static char *closing_quote(char *text) {
    while (*(text += strcspn(text, "\"")) == '"' && text[1] == '"') {
        text += 2;
    }
    return text;
}

/* Cuts off one field and unwraps its quotes. Returns what follows, or NULL. */
static char *cut_field(char **field) {
    char *text = *field;
    char *end = text + strcspn(text, ",");
    if (*text == '"') {
        *field = ++text;
        end = closing_quote(text);
        if (*end == '"') {
            *end++ = '\0';
        }
        end += strcspn(end, ",");
    }
    bool more = *end == ',';
    *end = '\0';
    return more ? end + 1 : NULL;
}

/* The field with this number, from 0; NULL: the line is too short. */
static char *field_of(char *line, int number) {
    while (line != NULL) {
        char *field = line;
        line = cut_field(&field);
        if (number-- == 0) {
            return field;
        }
    }
    return NULL;
}

static char *trimmed(char *text) {
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL) {
        text[--length] = '\0';
    }
    return text;
}

static bool find_column(struct reader *reader, char *header) {
    for (int i = 0; header != NULL; i++) {
        char *name = header;
        header = cut_field(&name);
        if (strcmp(trimmed(name), reader->column) != 0) {
            continue;
        }
        if (reader->field >= 0) {
            return refuse(reader, "there are two columns ", reader->column);
        }
        reader->field = i;
    }
    return reader->field >= 0 || refuse(reader, "there is no column ", reader->column);
}

static const char *unit_of(const char *column) {
    static const char *const units[] = {"ns", "us", "ms", "s"};
    const char *end = column == NULL ? NULL : strrchr(column, '_');
    for (int i = 0; end != NULL && i < 4; i++) {
        if (strcmp(end + 1, units[i]) == 0) {
            return units[i];
        }
    }
    return "s";
}

/* ---- values ---- */

static bool keep(struct reader *reader, int64_t ns) {
    if (reader->count == reader->room) {
        int64_t room = reader->room == 0 ? 1024 : 2 * reader->room;
        int64_t *larger = realloc(reader->ns, (size_t)room * sizeof larger[0]);
        if (larger == NULL) {
            return give_up(reader, strerror(ENOMEM));
        }
        reader->ns = larger;
        reader->room = room;
    }
    reader->ns[reader->count++] = ns;
    return true;
}

static bool take_value(struct reader *reader, char *line) {
    char *text = reader->column == NULL ? line : field_of(line, reader->field);
    char with_unit[MOST_DIGITS];
    int64_t ns;
    if (text == NULL) {
        return refuse(reader, "the line is too short for column ", reader->column);
    }
    if (reader->count == MOST_VALUES) {
        return refuse(reader, "is one too many: ", text);
    }
    text = trimmed(text);
    snprintf(with_unit, sizeof with_unit, "%.*s%s", MOST_DIGITS - 4, text,
             reader->unit);
    bool known =
        quantity_parse_duration(text, &ns) ||
        (strlen(text) <= MOST_DIGITS - 4 && quantity_parse_duration(with_unit, &ns));
    return known && ns <= SERVICE_MAX_NS ? keep(reader, ns)
                                         : refuse(reader, "is no duration: ", text);
}

/* A field may go on in the next line; no duration is there. */
static bool has_open_quote(const char *line) {
    bool open = false;
    for (; *line != '\0'; line++) {
        open ^= *line == '"';
    }
    return open;
}

static bool take_line(struct reader *reader, char *line) {
    if (reader->line == 1 && strncmp(line, "\xef\xbb\xbf", 3) == 0) {
        line += 3; /* a byte order mark, as spreadsheets write it */
    }
    line = trimmed(line);
    if (line[0] == '\0' || line[0] == '#') {
        return true;
    }
    if (has_open_quote(line)) {
        return refuse(reader, "a quote has no end: ", line);
    }
    if (reader->column != NULL && reader->field < 0) {
        return find_column(reader, line);
    }
    return take_value(reader, line);
}

enum got { GOT_LINE, GOT_END, GOT_NO_TEXT };

static enum got read_line(FILE *in, char line[LINE_BYTES]) {
    size_t length = 0;
    int c;
    while ((c = getc(in)) != EOF && c != '\n') {
        line[length] = '\0';
        if (c == '\0' || length == LINE_BYTES - 1) {
            return GOT_NO_TEXT;
        }
        line[length++] = (char)c;
    }
    line[length] = '\0';
    return c == EOF && length == 0 ? GOT_END : GOT_LINE;
}

static bool read_lines(struct reader *reader, FILE *in) {
    static char line[LINE_BYTES];
    bool fine = true;
    for (enum got got; fine && (got = read_line(in, line)) != GOT_END;) {
        reader->line++;
        fine = got == GOT_LINE ? take_line(reader, line)
                               : refuse(reader, "is no text, or too long: ", line);
    }
    if (fine && ferror(in)) {
        return give_up(reader, strerror(errno));
    }
    return fine && (reader->count > 0 || give_up(reader, "it holds no durations"));
}

static bool read_file(struct reader *reader) {
    FILE *in = fopen(reader->path, "re");
    if (in == NULL) {
        return give_up(reader, strerror(errno));
    }
    bool fine = read_lines(reader, in);
    fclose(in);
    return fine;
}

char *latency_file_path(const char *place) {
    const char *colon = strrchr(place, ':');
    return strndup(place, colon == NULL ? strlen(place) : (size_t)(colon - place));
}

bool latency_file_read(const char *place, struct recorded *recorded, char *error,
                       size_t size) {
    const char *colon = strrchr(place, ':');
    const char *column = colon != NULL && colon[1] != '\0' ? colon + 1 : NULL;
    struct reader reader = {
        .path = latency_file_path(place),
        .column = column,
        .unit = unit_of(column),
        .field = -1,
        .error = error,
        .error_size = size,
    };
    if (reader.path == NULL) {
        snprintf(error, size, "--distribution: %s", strerror(ENOMEM));
        return false;
    }
    bool fine = read_file(&reader);
    free(reader.path);
    if (!fine) {
        free(reader.ns);
        return false;
    }
    *recorded = (struct recorded){.ns = reader.ns, .count = reader.count};
    return true;
}
