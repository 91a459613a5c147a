package peer

import (
	"math"
	"sync"
	"time"
)

// A bucket of tokens lets through perS calls per second, and up to burst at once after
// a pause. It starts full. Any goroutine may take.
type bucket struct {
	perS, burst float64

	mu     sync.Mutex // guards the following
	tokens float64
	filled time.Duration // the moment tokens is true for
}

func (b *bucket) take(now time.Duration) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now > b.filled {
		b.tokens = math.Min(b.burst, b.tokens+(now-b.filled).Seconds()*b.perS)
		b.filled = now
	}
	// A token that is only a rounding error short of whole is whole. Moments are whole
	// nanoseconds: a caller that keeps to the rate may be nearly one of them early.
	if b.tokens <= 1-math.Max(1e-9, b.perS/1e9) {
		return false
	}
	b.tokens--
	return true
}
