/*
 * The process behind peer_fibers.c: does one operation of our own tables, as often as
 * it is asked to on standard input, and answers with the nanoseconds it took.
 *
 *   micro-on-fibers OPERATION
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "operation.h"

extern const struct operation hand_off[], send_receive[], thread_create[],
    thread_memory[];

static const struct operation *find(const char *name) {
    static const struct operation *const tables[] = {hand_off, send_receive,
                                                     thread_create, thread_memory};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        for (const struct operation *found = tables[i]; found->name != NULL; found++) {
            if (strcmp(found->name, name) == 0) {
                return found;
            }
        }
    }
    return NULL;
}

int main(int argc, char **argv) {
    const struct operation *operation = argc == 2 ? find(argv[1]) : NULL;
    if (operation == NULL) {
        fputs("usage: micro-on-fibers OPERATION\n", stderr);
        return 2;
    }
    void *subject = operation->start(operation);
    int64_t count;
    while (subject != NULL && scanf("%" SCNd64, &count) == 1) {
        printf("%" PRId64 "\n", operation->run(subject, count));
        fflush(stdout);
    }
    return subject == NULL;
}
