package peer

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"time"
)

// version and commit are set by the build.
var version, commit = "unknown", "unknown"

// An object is one of JSON. Durations in it are written as nanoseconds.
type object map[string]any

func nulls(names ...string) object {
	o := object{}
	for _, name := range names {
		o[name] = nil
	}
	return o
}

// rounded to so many digits is how the C programs write it.
func rounded(value float64, digits int) float64 {
	short, _ := strconv.ParseFloat(strconv.FormatFloat(value, 'g', digits, 64), 64)
	return short
}

// runtimeName is which Go it was, and what was set of it: figures depend on that, too.
func runtimeName() string {
	name := runtime.Version()
	for _, key := range []string{"GODEBUG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT"} {
		if value := os.Getenv(key); value != "" {
			name += " " + key + "=" + value
		}
	}
	return name
}

// record is all that is known about the run: the fields of the C programs' record
// (src/program/record.h), where threads are the design's goroutines, and two more:
// runtime, and peak.kernel_threads, as many as Go's runtime has created.
func (r *Run) record(p Program, signal int) object {
	peak := r.peak
	peak["threads"] = r.tally.goroutines.peak.Load()
	peak["in_flight"] = r.api.inFlight.peak.Load()
	peak["served"] = r.api.served.peak.Load()
	peak["waiting"] = nil // there is no queue at this API
	ended := object{}
	for i, name := range outcomes {
		ended[name] = r.tally.outcomes[i].Load()
	}
	var amplification any
	calls, retries := r.api.calls.Load(), r.tally.retries.Load()
	if calls > retries {
		amplification = rounded(float64(calls)/float64(calls-retries), 6)
	}
	return object{
		"schema_version": 2, "program": p.Name, "version": version, "commit": commit,
		"runtime": runtimeName(), "complete": signal == 0, "config": r.config(p),
		"workload_digest": fmt.Sprintf("%016x", r.digest()),
		"wall_ns":         r.tally.lastOutcome.Load(),
		"create_ns":       r.tally.createTime, "threads_created": r.tally.created,
		"outcomes":    ended,
		"believed_ok": ended["ok"].(int64) + ended["silent"].(int64),
		"calls":       calls, "retries": retries, "amplification": amplification,
		"api":     nulls("waited", "abandoned", "service_ns", "wasted_ns"),
		"breaker": nil, "remote": nil,
		"peak": peak, "cpu": r.cpu, "latency_ns": r.tally.latency.spread(),
		"failed_latency_ns": r.tally.failedLatency.spread(),
		"queue_wait_ns":     r.tally.queueWait.spread(),
		"stop":              r.tally.stop(), "limit": nil,
	}
}

// summary is for people.
func (r *Run) summary(p Program) string {
	text := fmt.Sprintf("%s: %d tasks in %v", p.Name, r.tasks,
		time.Duration(r.tally.lastOutcome.Load()).Round(time.Microsecond))
	for i, name := range outcomes {
		if count := r.tally.outcomes[i].Load(); count > 0 {
			text += fmt.Sprintf(", %d %s", count, name)
		}
	}
	return text + fmt.Sprintf("; at once %d goroutines, %d calls, %d of them served",
		r.tally.goroutines.peak.Load(), r.api.inFlight.peak.Load(),
		r.api.served.peak.Load())
}

// writeSamples writes one line a task. Lane and times are empty if it never started.
func (r *Run) writeSamples(out io.Writer) {
	fmt.Fprintln(out, "index,lane,due_ns,started_ns,finished_ns,attempts,outcome")
	for i, a := range r.tally.accounts {
		if a.attempts == 0 {
			fmt.Fprintf(out, "%d,,%d,,,0,%s\n", i, a.task.due, outcomes[a.outcome])
		} else {
			fmt.Fprintf(out, "%d,%d,%d,%d,%d,%d,%s\n", i, a.lane, a.task.due,
				a.started, a.finished, a.attempts, outcomes[a.outcome])
		}
	}
}

// audit names the first account that does not add up.
func (r *Run) audit() error {
	total := int64(0)
	for i := range outcomes {
		total += r.tally.outcomes[i].Load()
	}
	calls, attempts := r.api.calls.Load(), r.tally.attempts.Load()
	served, inFlight := r.api.served.peak.Load(), r.api.inFlight.now.Load()
	wrong := func(what string, found, expected int64) error {
		return fmt.Errorf("accounts do not add up: %s: %d instead of %d", what, found,
			expected)
	}
	switch {
	case total != r.tasks:
		return wrong("outcomes", total, r.tasks)
	case calls != attempts:
		return wrong("calls", calls, attempts)
	case inFlight != 0:
		return wrong("calls still in flight", inFlight, 0)
	case served > r.api.capacity:
		return wrong("served", served, r.api.capacity)
	}
	return nil
}
