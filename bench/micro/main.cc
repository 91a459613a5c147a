// The micro benchmarks: Google Benchmark runs every operation of every table once a
// repetition, in a shuffled order, and writes JSON.
//
// C++ is only here, as the harness; everything measured is C (or Go) in the tables.
// All take their own time, so Google Benchmark is told to use "manual time"; its
// cpu_time would be the producer's alone and means nothing here. It warns that "Library
// was built as DEBUG" where Debian built it: its own overhead is outside our clock.
#include <benchmark/benchmark.h>

#include <sys/prctl.h>

#include <string>

extern "C" {
#include "operation.h"
}
#include "tables.h" // OPERATION_TABLES(X): written by meson.build

#define DECLARE(table) extern "C" const struct operation table[];
OPERATION_TABLES(DECLARE)

#define LIST(table) table,
static const struct operation *const tables[] = {OPERATION_TABLES(LIST)};

static void measure(benchmark::State &state, const struct operation *operation) {
    void *subject = operation->start(operation);
    if (subject == nullptr) {
        state.SkipWithError("could not start");
        return;
    }
    bool done = operation->run(subject, operation->batch) >= 0; // warms up
    while (done && state.KeepRunningBatch(operation->batch)) {
        int64_t took_ns = operation->run(subject, operation->batch);
        state.SetIterationTime(static_cast<double>(took_ns) / 1e9);
        done = took_ns >= 0;
    }
    if (!done) {
        state.SkipWithError("the machine refused");
    }
    operation->stop(subject);
}

int main(int argc, char **argv) {
    for (const struct operation *operation : tables) {
        for (; operation->name != nullptr; operation++) {
            benchmark::RegisterBenchmark(operation->name, measure, operation)
                ->Iterations(operation->batch * operation->batches)
                ->UseManualTime();
        }
    }
    benchmark::AddCustomContext("timer_slack_ns",
                                std::to_string(prctl(PR_GET_TIMERSLACK)));
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 2;
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
