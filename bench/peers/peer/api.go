package peer

import (
	"sync/atomic"
	"time"
)

type apiConfig struct {
	capacity   int64   // calls served at once; 0: no limit
	ratePerS   float64 // of the token bucket; 0: no limit
	burst      int64
	rejectTime time.Duration
}

// An api is the other end: slow, limited and not always right, simulated by sleeping. A
// call is turned away (429, after rejectTime) if the bucket is empty or capacity calls
// are being served; any other is served until a moment fixed at its start. It keeps
// accounts of its own, so that the callers' can be checked against them.
type api struct {
	apiConfig
	clock
	bucket           bucket
	inFlight, served gauge // calls outstanding; of them, accepted
	calls            atomic.Int64
}

func (a *api) open(config apiConfig, clock clock) {
	a.apiConfig, a.clock = config, clock
	burst := float64(config.burst)
	a.bucket.perS, a.bucket.burst, a.bucket.tokens = config.ratePerS, burst, burst
	if a.capacity == 0 {
		a.capacity = int64(never)
	}
}

func (a *api) accepts(now time.Duration) bool {
	return (a.ratePerS == 0 || a.bucket.take(now)) && a.served.upTo(a.capacity)
}

// call blocks until the reply. The caller stops waiting at the moment giveUp, and also
// when hangUp is closed, unless that is nil; the API then forgets the call at once.
func (a *api) call(call call, giveUp time.Duration, hangUp <-chan struct{}) outcome {
	a.inFlight.up()
	defer a.inFlight.down()
	a.calls.Add(1)
	start := a.now()
	reply, at := rejected, start+a.rejectTime
	if a.accepts(start) {
		defer a.served.down()
		reply, at = replies[call.fate], start+call.service
	}
	if giveUp < at {
		reply, at = timedOut, giveUp
	}
	if !a.sleepUntil(at, hangUp) {
		return cancelled
	}
	return reply
}

// Replies as the harness sees them: the caller takes a silent failure for success. A
// hang is only a very long call.
var replies = [...]outcome{
	fateOK: answered, fateError: failed, fateSilent: silent, fateHang: answered,
}
