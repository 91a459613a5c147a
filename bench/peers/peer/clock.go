package peer

import "time"

// A clock tells moments as the time since the start of the run. It is monotonic, as
// time.Since is.
type clock struct{ began time.Time }

func (c clock) now() time.Duration {
	return time.Since(c.began)
}

// sleepUntil is true if the moment came, and false if done was closed, even if the
// moment came, too. A nil channel is nobody to listen to: this is the difference
// between a call that can be cancelled and one that cannot.
func (c clock) sleepUntil(moment time.Duration, done <-chan struct{}) bool {
	wait := moment - c.now()
	if done == nil {
		time.Sleep(wait)
		return true
	}
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-done:
		case <-timer.C:
		}
	}
	return !closed(done)
}

func closed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}
