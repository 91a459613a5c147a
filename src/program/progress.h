/*
 * How far a run has come, told while it goes on.
 *
 *   progress_open(progress, fd)     before any file is opened; ends the program (3)
 *                                   if nothing can be written there; 0: not asked for
 *   progress_watch(progress, run)   before the run
 *   progress_end(progress)          after it, before anything else is written
 *
 * --progress FD writes one JSON object on one line every 50 ms, and one more when the
 * run has ended:
 *
 *   at_ns            since the start of the run, on the run's own clock
 *   tasks            of the whole run
 *   outcomes{}       the tasks that have ended, by the names of the record
 *   calls, retries   calls begun so far, and how many of them repeat one
 *   in_flight        calls outstanding now
 *   served           those of them that the API serves
 *   threads          of the design, now; with --max-threads one that has ended counts
 *                    until the next task takes its place
 *   last             has the run ended?
 *
 * Every figure is a counter that the run keeps anyway, read without stopping anybody;
 * so two of them may be a moment apart. (Only with --api-keeps-working is the API's
 * lock taken, to count out the calls that nobody waits for any more.) A reader that is
 * slow misses lines, and delays no run; but for the last line the program waits up to a
 * second for room. One that has gone is complained about once, on stderr.
 *
 * Without --progress, a run that lasts for more than a second is told in one line on
 * stderr, if that is a terminal which can erase it again (TERM is set and not "dumb").
 * The line has no colours.
 *
 * A kernel thread of its own does all this. It exists only if there is somebody to
 * tell.
 */
#ifndef FIVE_COOKS_PROGRESS_H
#define FIVE_COOKS_PROGRESS_H

#include <pthread.h>
#include <stdbool.h>

struct run;

struct progress {
    int fd;            /* where to; -1: nowhere */
    bool for_people;   /* a line on a terminal instead of JSON */
    const char *error; /* why nothing more can be written, or NULL */
    struct run *run;
    int over_fd; /* readable once the run is over; -1: nobody watches */
    pthread_t thread;
};

void progress_open(struct progress *progress, int fd);
void progress_watch(struct progress *progress, struct run *run);
void progress_end(struct progress *progress);

#endif
