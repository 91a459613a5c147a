package peer

import "time"

type clientConfig struct {
	attempts int64         // at most, for each task
	backoff  time.Duration // before the second attempt at most this, then twice, ...
	timeout  time.Duration // of each attempt; 0: none
	cancel   string        // who listens to the context: none, between or within
}

const backoffMost = time.Minute

// Perform takes the task through as many calls as it needs and accounts for it, unless
// the run is to stop: then it is skipped.
func (r *Run) Perform(task Task, lane int64) {
	if closed(r.Ctx.Done()) {
		r.skip(task, r.now())
		return
	}
	a := account{task: task, lane: lane, started: r.now()}
	for again := true; again; again = a.outcome.looksFailed() && r.mayRetry(&a) {
		a.attempts++
		a.outcome = r.attempt(task, a.attempts)
	}
	a.finished = r.now()
	r.tally.add(&a)
}

func (r *Run) attempt(task Task, attempt int64) outcome {
	giveUp := never
	if r.timeout > 0 {
		giveUp = r.now() + r.timeout
	}
	r.tally.attempts.Add(1)
	return r.api.call(r.call(task.Index, attempt), giveUp, r.hangUp)
}

func (r *Run) mayRetry(a *account) bool {
	if a.attempts >= r.attempts {
		return false
	}
	// A pause is no call, so whoever is told to stop stops in it, and one that would
	// end past the run's deadline is not begun.
	until := r.now() + r.pause(a.task, a.attempts)
	if until >= r.stopsAt || !r.sleepUntil(until, r.Ctx.Done()) {
		return false
	}
	r.tally.retries.Add(1)
	return true
}

// pause has full jitter: anything from nothing to backoff * 2^(attempt - 1).
func (r *Run) pause(task Task, attempt int64) time.Duration {
	most := r.backoff
	for i := int64(1); i < attempt && 0 < most && most < backoffMost; i++ {
		if most *= 2; most > backoffMost {
			most = backoffMost
		}
	}
	random := randomAt(uint64(r.seed)^uint64(attempt)<<48, uint64(task.Index))
	return time.Duration(random.share() * float64(most))
}
