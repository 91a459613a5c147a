// Package peer is what the two Go programs share: the workload, the API on the other
// end, the client who calls it, the accounts and the command line. It does what the C
// programs in src/ do, file by file, so that their records can be compared.
package peer

import (
	"context"
	"runtime"
	"time"
)

// A Run is what a strategy sees. It takes every task once, from First to the last Next,
// and gives each to Perform, or to one of the Skips when the run is to stop.
type Run struct {
	Options
	Ctx context.Context // done when the design is to stop: see --cancel

	clock
	peak    object // these two of the process, by end
	cpu     object
	api     api
	tally   tally
	stopsAt time.Duration   // the deadline of Ctx, or never
	hangUp  <-chan struct{} // what a call in progress listens to; nil: nothing
}

// newRun starts the clock. Whom --cancel names is told to stop by the deadline, and
// everybody by stop.
func newRun(o *Options) (run *Run, stop context.CancelFunc) {
	r := &Run{Options: *o, stopsAt: never}
	r.tally.open(o)
	r.clock = clock{time.Now()}
	r.api.open(o.apiConfig, r.clock)
	if o.cancel != "none" && o.deadline > 0 {
		r.stopsAt = o.deadline
		end := r.began.Add(o.deadline)
		r.Ctx, stop = context.WithDeadline(context.Background(), end)
	} else {
		r.Ctx, stop = context.WithCancel(context.Background())
	}
	if o.cancel == "within" {
		r.hangUp = r.Ctx.Done()
	}
	return r, stop
}

// end notes what is known only now: what follows takes time and memory, too.
func (r *Run) end() {
	r.tally.finished = r.now()
	r.peak, r.cpu = memory(), cpu()
	r.peak["kernel_threads"], _ = runtime.ThreadCreateProfile(nil)
}

// Creating goes before each go statement of the design, Created after it, and Ended is
// the goroutine's last act.
func (r *Run) Creating() time.Duration {
	r.tally.goroutines.up()
	return r.now()
}

func (r *Run) Created(began time.Duration) {
	r.tally.createTime += r.now() - began
	r.tally.created++
}

func (r *Run) Ended() {
	r.tally.goroutines.down()
}

// WaitUntilDue is false if the design is told to stop.
func (r *Run) WaitUntilDue(task Task) bool {
	return r.sleepUntil(task.due, r.Ctx.Done())
}

// SkipFrom gives up the task and all after it.
func (r *Run) SkipFrom(task Task) {
	at := r.now()
	if r.tally.accounts == nil {
		r.tally.skipped(r.tasks-task.Index, at)
		return
	}
	for ok := true; ok; task, ok = r.Next(task) {
		r.skip(task, at)
	}
}

// SkipQueued gives up what is left in the queue, once that is closed.
func (r *Run) SkipQueued(jobs <-chan Task) {
	at := r.now()
	for task := range jobs {
		r.skip(task, at)
	}
}

func (r *Run) skip(task Task, at time.Duration) {
	r.tally.skipped(1, at)
	if r.tally.accounts != nil {
		r.tally.accounts[task.Index] = account{task: task, outcome: cancelled}
	}
}
