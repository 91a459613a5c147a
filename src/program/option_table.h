/*
 * The table of options, see options.h. For options.c, options_show.c and option_value.c
 * only.
 */
#ifndef FIVE_COOKS_OPTION_TABLE_H
#define FIVE_COOKS_OPTION_TABLE_H

#include <stddef.h>

enum option_kind {
    KIND_COUNT,        /* int64_t */
    KIND_SIZE,         /* int64_t, bytes */
    KIND_DURATION,     /* int64_t, ns */
    KIND_BOUND,        /* int64_t: a count, or INT64_MAX for no bound */
    KIND_RATE,         /* double, per second */
    KIND_SHARE,        /* double */
    KIND_CHOICE,       /* int: the index in `choices` */
    KIND_FLAG,         /* bool */
    KIND_SPAN,         /* two int64_t: start and length, ns */
    KIND_BREAKER,      /* two int64_t: failures in a row, and a pause in ns */
    KIND_DISTRIBUTION, /* int: the index in `choices`, and what it is drawn from */
    KIND_ARRIVALS,     /* int: the index in `choices`, and arrivals_per_s */
    /* from here on the record's "config" says nothing of it: */
    KIND_PATH,    /* const char * */
    KIND_URL,     /* const char *: http://, an address of this machine, a port */
    KIND_FD,      /* int: a file descriptor that is open already */
    KIND_DEFAULT, /* bool, of a flag: what is so without it; --help is silent of it */
    KIND_ACTION   /* kept nowhere: --help, --version */
};

/* Has every program this option, the API's server included, or those that run tasks, or
 * of these only those on kernel threads, or on fibers; or only those whose design lists
 * it in its `struct runner`? */
enum option_owner { OF_ALL, OF_CALLERS, OF_THREADS, OF_FIBERS, OF_SOME };

struct option_row {
    const char *name;
    char letter; /* 0: none */
    enum option_kind kind;
    size_t at;                 /* offset in struct options */
    const char *argument;      /* as --help calls it */
    const char *default_value; /* NULL: not set; a design may have another one */
    double min, max;
    const char *help;
    enum option_owner owner;
    const char *choices[6];
};

enum { OPTION_ROWS = 48 }; /* checked where the table is */
extern const struct option_row option_rows[];

#endif
