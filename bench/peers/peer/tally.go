package peer

import (
	"sync/atomic"
	"time"
)

// outcome is how a task ended: each ends in exactly one.
type outcome int

const (
	answered   outcome = iota
	rejected           // 429 to the last attempt
	failed             // 5xx to the last attempt
	silent             // claimed success, wrong answer: only the harness sees it
	timedOut           // the last attempt took longer than allowed
	cancelled          // never started, or its call interrupted: the run was to stop
	notStarted         // happens to threads only: a goroutine can always be created
	shed               // happens to the C programs only: nothing here says no
)

var outcomes = [...]string{
	"ok", "rejected", "failed", "silent", "timed_out", "cancelled", "not_started",
	"shed",
}

// looksFailed: has the caller seen it go wrong? A silent failure looks like success.
func (o outcome) looksFailed() bool {
	return o == rejected || o == failed || o == timedOut
}

// An account is what one task went through.
type account struct {
	task              Task
	lane, attempts    int64
	started, finished time.Duration
	outcome           outcome
}

// A tally is what happened: fixed memory, however many tasks there are, but for the
// accounts that --samples asks for. Counting takes no lock. Latency runs from when a
// task was due, so a queue cannot hide.
type tally struct {
	created    int64 // goroutines; these two are the spawner's
	createTime time.Duration
	accounts   []account // by index, each written by the one who has the task

	finished                          time.Duration // a moment: all goroutines are done
	goroutines                        gauge         // of the design
	outcomes                          [len(outcomes)]atomic.Int64
	attempts, retries                 atomic.Int64
	lastOutcome                       atomic.Int64 // a moment
	latency, failedLatency, queueWait histogram
	deadline                          time.Duration
	signalled                         atomic.Int64 // a moment, or never
	startedBeforeStop, inFlightAtStop atomic.Int64
	neverStarted                      atomic.Int64
}

func (t *tally) open(o *Options) {
	t.deadline = never
	if o.deadline > 0 {
		t.deadline = o.deadline
	}
	t.signalled.Store(int64(never))
	if o.samples != "" {
		t.accounts = make([]account, o.tasks)
	}
}

// add accounts for a task that was started.
func (t *tally) add(a *account) {
	t.outcomes[a.outcome].Add(1)
	raise(&t.lastOutcome, int64(a.finished))
	t.queueWait.add(a.started - a.task.due)
	if a.outcome == answered || a.outcome == silent {
		t.latency.add(a.finished - a.task.due)
	} else {
		t.failedLatency.add(a.finished - a.task.due)
	}
	if stop := t.stopAt(); a.started <= stop {
		t.startedBeforeStop.Add(1)
		if a.finished > stop {
			t.inFlightAtStop.Add(1)
		}
	}
	if t.accounts != nil {
		t.accounts[a.task.Index] = *a
	}
}

// skipped accounts for count tasks that somebody decided, at that moment, not to start.
func (t *tally) skipped(count int64, at time.Duration) {
	t.outcomes[cancelled].Add(count)
	t.neverStarted.Add(count)
	raise(&t.lastOutcome, int64(at))
}

// stopAt is when the run was told to stop, as far as is known by now.
func (t *tally) stopAt() time.Duration {
	if signalled := time.Duration(t.signalled.Load()); signalled < t.deadline {
		return signalled
	}
	return t.deadline
}

// stop is for the record. What came after the end has stopped nothing.
func (t *tally) stop() any {
	at := t.stopAt()
	if at > t.finished {
		return nil
	}
	reason := "signal"
	if at == t.deadline {
		reason = "deadline"
	}
	return object{
		"reason": reason, "at_ns": at, "latency_ns": t.finished - at,
		"started": t.startedBeforeStop.Load(), "in_flight": t.inFlightAtStop.Load(),
		"never_started": t.neverStarted.Load(),
	}
}
