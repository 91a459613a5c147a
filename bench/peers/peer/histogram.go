package peer

import (
	"math"
	"sync/atomic"
	"time"
)

// A histogram of durations in fixed memory: each power of two is cut into 64 equal
// steps, so a quantile is right within 1/64; the least and the greatest are exact. Any
// goroutine may add, without a lock; one reads when all are done.
//
// A slot's number is the exponent and the first 6 bits of the duration as a float64.
type histogram struct {
	count, greatest, leastInverted atomic.Int64
	sum, carries                   atomic.Uint64           // of 128 bits
	slots                          [63*64 + 2]atomic.Int64 // the first is for 0
}

const (
	slotShift = 52 - 6
	slotBias  = 1023<<6 - 1 // so that 1 ns is in slot 1
)

func slotOf(d time.Duration) int {
	if d == 0 {
		return 0
	}
	return int(math.Float64bits(float64(d))>>slotShift) - slotBias
}

// slotEnd is the greatest duration that falls into the slot.
func slotEnd(slot int) int64 {
	next := math.Float64frombits(uint64(slot+1+slotBias) << slotShift)
	return int64(math.Ceil(next)) - 1
}

func (h *histogram) add(d time.Duration) {
	h.count.Add(1)
	if h.sum.Add(uint64(d)) < uint64(d) {
		h.carries.Add(1)
	}
	raise(&h.greatest, int64(d))
	raise(&h.leastInverted, math.MaxInt64-int64(d)) // so that zeroed is empty
	h.slots[slotOf(d)].Add(1)
}

func (h *histogram) mean() int64 {
	sum := float64(h.carries.Load())*0x1p64 + float64(h.sum.Load())
	return int64(math.Round(sum / float64(h.count.Load())))
}

// quantile is the smallest duration that at least share of all do not exceed.
func (h *histogram) quantile(share float64) int64 {
	rank := int64(math.Ceil(share * float64(h.count.Load())))
	if rank <= 1 {
		return math.MaxInt64 - h.leastInverted.Load()
	}
	seen := int64(0)
	for slot := range h.slots {
		seen += h.slots[slot].Load()
		if end := slotEnd(slot); seen >= rank && end < h.greatest.Load() {
			return end
		}
	}
	return h.greatest.Load()
}

// spread is for the record: all null when empty.
func (h *histogram) spread() object {
	if h.count.Load() == 0 {
		return nulls("min", "mean", "p50", "p90", "p99", "max")
	}
	return object{
		"min": h.quantile(0), "mean": h.mean(),
		"p50": h.quantile(0.5), "p90": h.quantile(0.9), "p99": h.quantile(0.99),
		"max": h.quantile(1),
	}
}
