/*
 * The record: all that is known about one run, as one JSON object on one line.
 *
 *   schema_version     2; in version 1 there is no outcome "shed", nor api{},
 *                      breaker{} and peak.waiting. All else is the same. Early
 *                      records of version 2 have no remote, which is as if it were
 *                      null
 *   program, version, commit, complete (false: stopped by a signal)
 *   config{}           every option, see options.h
 *   workload_digest    16 hex digits over the first million tasks and the number of
 *                      all; the same for both programs
 *   wall_ns            start of the run to the last outcome
 *   create_ns, threads_created
 *   outcomes{}         ok rejected failed silent timed_out cancelled not_started shed;
 *                      their sum is config.tasks
 *   believed_ok        what the callers think: ok and silent
 *   calls, retries     as the API counted calls, and how many were repeats
 *   amplification      calls for each task that made any; null: none did
 *   api{}              waited (calls that had to, in its queue), abandoned (calls whose
 *                      callers gave up or were cancelled), service_ns (spent on
 *                      serving), wasted_ns (of it, on abandoned calls; to their ends,
 *                      even after the run, if the API keeps working on them); both
 *                      are 2^63 - 1 if they are more
 *                      A remote API keeps these to itself: null, but for abandoned; so
 *                      are peak.served and peak.waiting. api-server tells its own
 *   remote{}           null if the API is simulated; connections (opened), connected
 *                      (of them, the most at once), descriptors (the most that this
 *                      process had open), descriptor_limit (ulimit -n, if calls failed
 *                      on it; or null), and broken{}: the calls that failed without an
 *                      answer, for being refused or reset, for want of descriptors or
 *                      ports, by an answer that is no_http, or otherwise
 *   breaker{}          null if there is none; its state at the end (closed, open,
 *                      half-open), how often it opened, open_ns (not closed), and how
 *                      many calls it stopped; they are no calls, and their tasks, if
 *                      nothing came after them, are shed
 *   peak{}             rss_bytes virtual_bytes page_table_bytes,
 *                      threads (the design's own, alive at once),
 *                      in_flight (calls outstanding), served (of them, accepted),
 *                      waiting (of them, in the API's queue)
 *   cpu{}              user_ns system_ns voluntary_switches involuntary_switches
 *                      minor_faults
 *   latency_ns{}       min mean p50 p90 p99 max, from when a task was due to its end,
 *                      of the tasks that were answered (ok, silent)
 *   failed_latency_ns{}  the same, of those that were started and ended otherwise
 *   queue_wait_ns{}    the same, from due to started, of all that were started; in all
 *                      three every key is null if there is no such task
 *   stop               null, or {reason (deadline, fail-fast, signal), at_ns,
 *                      latency_ns (until the last thread was done; counting what
 *                      never started takes no time and is not in it, but for what a
 *                      pool that turns tasks away has left in its queue), and how
 *                      many tasks had started by then, were in_flight then, and
 *                      never_started, then or later, but for those that a full
 *                      queue had turned away: they are shed}
 *   limit              null, or what kept threads from being created
 *
 * A figure that could not be read is null. Times are nanoseconds, sizes bytes.
 *
 * In virtual time (config.clock) all times are virtual, and what is told of the process
 * is null: its bytes, its cpu{} and config.timer_slack_ns. So a seed and a
 * configuration have one record, to the byte, unless a signal stops the run.
 */
#ifndef FIVE_COOKS_RECORD_H
#define FIVE_COOKS_RECORD_H

#include <stdbool.h>
#include <stdio.h>

#include "strategies/run.h"

struct record {
    const char *program;
    const char *config; /* a JSON object */
    bool complete;
    uint64_t digest;
    struct run *run;
};

/* Write errors are left for the caller to find with ferror(). */
void record_write(const struct record *record, FILE *out);

/* Do the accounts add up? If not, a line on stderr for each says which does not. */
bool record_adds_up(const struct record *record);

#endif
