#include "measure/process.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "sync/clock.h"

static int64_t greater(int64_t a, int64_t b) {
    return a > b ? a : b;
}

/* The line is "VmHWM:     1234 kB". */
static void take_line(const char *line, const char *name, int64_t *bytes) {
    size_t length = strlen(name);
    int64_t kilobytes;
    if (strncmp(line, name, length) == 0 &&
        sscanf(line + length, ": %" SCNd64 " kB", &kilobytes) == 1) {
        *bytes = greater(*bytes, kilobytes * 1024);
    }
}

/* Each figure is raised to what is read; one that is not there stays as it was. */
static int read_status(struct process_figures *figures) {
    FILE *status = fopen("/proc/self/status", "re");
    if (status == NULL) {
        return -errno;
    }
    char line[256];
    while (fgets(line, sizeof line, status) != NULL) {
        take_line(line, "VmHWM", &figures->rss_peak_bytes);
        take_line(line, "VmPeak", &figures->virtual_peak_bytes);
        take_line(line, "VmPTE", &figures->page_table_bytes);
    }
    fclose(status);
    return 0;
}

void process_sample_memory(struct process_figures *figures) {
    if (!clock_is_virtual()) {
        (void)read_status(figures); /* process_read() will say so if that fails */
    }
}

static int64_t to_ns(struct timeval time) {
    return time.tv_sec * NS_PER_S + time.tv_usec * NS_PER_US;
}

static void read_usage(struct process_figures *figures) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0) {
        fprintf(stderr, "%s: CPU time is unknown: getrusage: %s\n",
                program_invocation_short_name, strerror(errno));
        return;
    }
    figures->user_ns = to_ns(usage.ru_utime);
    figures->system_ns = to_ns(usage.ru_stime);
    figures->voluntary_switches = usage.ru_nvcsw;
    figures->involuntary_switches = usage.ru_nivcsw;
    figures->minor_faults = usage.ru_minflt;
}

void process_read(struct process_figures *figures) {
    int64_t page_table_bytes = figures->page_table_bytes;
    *figures = (struct process_figures){-1, -1, -1, -1, -1, -1, -1, -1};
    if (clock_is_virtual()) {
        return;
    }
    read_usage(figures);
    figures->page_table_bytes = page_table_bytes > 0 ? page_table_bytes : -1;
    int error = read_status(figures);
    if (figures->rss_peak_bytes < 0) {
        fprintf(stderr, "%s: peak memory is unknown: /proc/self/status: %s\n",
                program_invocation_short_name,
                error != 0 ? strerror(-error) : "it has no line VmHWM");
    }
}
