/*
 * The three things that will bite you, each as a program that gets stuck and one that
 * does not. The deadlock detector says who waits for what, and exits with status 2.
 */
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pitfalls/scene.h"
#include "program/quantity.h"
#include "program/results.h"
#include "sync/deadlock.h"
#include "sync/thread.h"

struct choice {
    const struct pitfall *pitfall;
    bool fixed;
    bool results;
    bool no_detector;
    bool fibers;
    int orders;
    int buffer;
};

static void help(FILE *out) {
    fputs("Usage: pitfalls PITFALL [OPTION]...\n\n"
          "  send-first       sends before there are workers\n"
          "  no-close         forgets to close the channel\n"
          "  send-from-main   sends from the thread that is needed elsewhere\n\n"
          "      --fixed        the same, done right\n"
          "      --results      send-from-main: with workers that send back results\n"
          "  -n, --tasks N      orders to send [50]\n"
          "      --buffer N     capacity of the channel [0]\n"
          "      --fibers       with fibers instead of threads\n"
          "      --no-detector  really hang; end it with Ctrl-C\n"
          "      --help\n\n"
          "Exit status: 0 all orders done, 1 output failed, 2 a deadlock was found, or "
          "a\n"
          "mistake in the command line, 3 the machine does not allow it.\n",
          out);
}

_Noreturn static void complain(const char *what, const char *text,
                               const char *accepted) {
    fprintf(stderr, "pitfalls: %s '%s' is not accepted; it takes %s\n", what, text,
            accepted);
    exit(EXIT_USAGE);
}

static int status_of_output(void) {
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("pitfalls: cannot write standard output\n", stderr);
        return EXIT_UNSOUND;
    }
    return EXIT_MEASURED;
}

static int read_count(const char *option, const char *text, int64_t min) {
    int64_t count;
    if (!quantity_parse_count(text, &count) || count < min || count > 1000000) {
        complain(option, text,
                 min > 0 ? "a whole number, from 1 to 1000000"
                         : "a whole number, from 0 to 1000000");
    }
    return (int)count;
}

static void read_options(struct choice *choice, int argc, char **argv) {
    enum { FIXED = 256, RESULTS, BUFFER, FIBERS, NO_DETECTOR, HELP };
    static const struct option longs[] = {
        {"fixed", no_argument, NULL, FIXED},
        {"results", no_argument, NULL, RESULTS},
        {"tasks", required_argument, NULL, 'n'},
        {"buffer", required_argument, NULL, BUFFER},
        {"fibers", no_argument, NULL, FIBERS},
        {"no-detector", no_argument, NULL, NO_DETECTOR},
        {"help", no_argument, NULL, HELP},
        {0}};
    int found;
    while ((found = getopt_long(argc, argv, "n:h", longs, NULL)) != -1) {
        if (found == 'n') {
            choice->orders = read_count("--tasks", optarg, 1);
        } else if (found == BUFFER) {
            choice->buffer = read_count("--buffer", optarg, 0);
        } else if (found == HELP || found == 'h') {
            help(stdout);
            exit(status_of_output());
        } else if (found == '?') {
            exit(EXIT_USAGE); /* getopt has said why */
        }
        choice->fixed |= found == FIXED;
        choice->results |= found == RESULTS;
        choice->fibers |= found == FIBERS;
        choice->no_detector |= found == NO_DETECTOR;
    }
}

#define NAMES "one of send-first, no-close, send-from-main"

static void read_pitfall(struct choice *choice, int argc, char **argv) {
    const struct pitfall *const all[] = {&send_first, &no_close,
                                         choice->results ? &send_from_main_results
                                                         : &send_from_main};
    if (optind >= argc) {
        fputs("pitfalls: name " NAMES "\n", stderr);
        exit(EXIT_USAGE);
    }
    const char *name = argv[optind];
    if (optind + 1 < argc) {
        complain("a second pitfall,", argv[optind + 1], "one at a time");
    }
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(all[i]->name, name) == 0) {
            choice->pitfall = all[i];
        }
    }
    if (choice->pitfall == NULL) {
        complain("pitfall", name, NAMES);
    }
    if (choice->results && choice->pitfall != &send_from_main_results) {
        complain("--results with", name, "send-from-main");
    }
}

/* Goes on as the same program linked with fibers, which lies beside this one. */
static void become_fibers(char **argv) {
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    if (length > 0 && (size_t)length < sizeof path) {
        size_t rest = sizeof path - (size_t)length;
        if ((size_t)snprintf(path + length, rest, "-on-fibers") < rest) {
            execv(path, argv);
        }
    }
    perror("pitfalls: cannot start pitfalls-on-fibers");
    exit(EXIT_ENVIRONMENT);
}

int main(int argc, char **argv) {
    struct choice choice = {.orders = 50};
    struct scene scene;
    read_options(&choice, argc, argv);
    read_pitfall(&choice, argc, argv);
    if (choice.fibers && !thread_is_fiber()) {
        become_fibers(argv);
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* keep the order with what stderr says */
    if (!choice.no_detector) {
        deadlock_watch("main");
        deadlock_explain(choice.pitfall->why);
    }
    printf("%s, %s: %s\n\n", choice.pitfall->name, choice.fixed ? "fixed" : "broken",
           choice.pitfall->lesson);
    scene_init(&scene, choice.orders, choice.buffer);
    (choice.fixed ? choice.pitfall->fixed : choice.pitfall->broken)(&scene.main);
    scene_destroy(&scene);
    puts("\nAll done!");
    return status_of_output();
}
