#include "measure/samples.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

int samples_init(struct samples *samples, int64_t tasks) {
    size_t count = tasks > 0 ? (size_t)tasks : 1;
    samples->of = calloc(count, sizeof samples->of[0]);
    samples->count = tasks;
    return samples->of == NULL ? -ENOMEM : 0;
}

void samples_destroy(struct samples *samples) {
    free(samples->of);
    *samples = (struct samples){0};
}

void sample_unstarted(struct samples *samples, struct task task, enum outcome outcome) {
    samples->of[task.index] =
        (struct sample){.due_ns = task.due_ns, .started_ns = -1, .outcome = outcome};
}

void samples_write(const struct samples *samples, FILE *out) {
    fputs("index,lane,due_ns,started_ns,finished_ns,attempts,outcome\n", out);
    for (int64_t i = 0; i < samples->count; i++) {
        const struct sample *sample = &samples->of[i];
        const char *outcome = outcome_name(sample->outcome);
        if (sample->started_ns < 0) {
            fprintf(out, "%" PRId64 ",,%" PRId64 ",,,0,%s\n", i, sample->due_ns,
                    outcome);
        } else {
            fprintf(out,
                    "%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64
                    ",%" PRId64 ",%s\n",
                    i, sample->lane, sample->due_ns, sample->started_ns,
                    sample->finished_ns, sample->attempts, outcome);
        }
    }
}
