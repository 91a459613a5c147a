package peer

import "sync/atomic"

// A gauge counts how many there are now, and remembers the most there ever were. Any
// goroutine may move it; no lock.
type gauge struct{ now, peak atomic.Int64 }

// raise makes greatest value, unless it is greater already.
func raise(greatest *atomic.Int64, value int64) {
	for {
		before := greatest.Load()
		if value <= before || greatest.CompareAndSwap(before, value) {
			return
		}
	}
}

func (g *gauge) up() {
	raise(&g.peak, g.now.Add(1))
}

// upTo goes up, unless limit are there already.
func (g *gauge) upTo(limit int64) bool {
	for {
		now := g.now.Load()
		if now >= limit {
			return false
		}
		if g.now.CompareAndSwap(now, now+1) {
			raise(&g.peak, now+1)
			return true
		}
	}
}

func (g *gauge) down() {
	g.now.Add(-1)
}
