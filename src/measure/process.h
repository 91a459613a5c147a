/*
 * What the kernel says about this process: memory, CPU time, switches.
 *
 *   process_sample_memory(figures)  whenever a peak may be near: the kernel keeps no
 *                                   high-water mark of page tables, so this does
 *   process_read(figures)           once, when the run is over
 *
 * Peak RSS is VmHWM, read by the process itself: the kernel starts it afresh at exec.
 * ru_maxrss does not: a parent's peak leaks through it, so a launcher's size would be
 * taken for ours.
 *
 * A run in virtual time has none of these figures: it is the same on every machine.
 */
#ifndef FIVE_COOKS_PROCESS_H
#define FIVE_COOKS_PROCESS_H

#include <stdint.h>

/* -1: could not be read, and one line on stderr has said why; or time is virtual. */
struct process_figures {
    int64_t rss_peak_bytes;
    int64_t virtual_peak_bytes;
    int64_t page_table_bytes; /* the greatest noted */
    int64_t user_ns;
    int64_t system_ns;
    int64_t voluntary_switches; /* of all threads, ended ones too */
    int64_t involuntary_switches;
    int64_t minor_faults;
};

void process_sample_memory(struct process_figures *figures);
void process_read(struct process_figures *figures);

#endif
