package peer

import (
	"math"
	"time"
)

// A Task is one order for the kitchen. It is due so long after the start of the run.
type Task struct {
	Index int64
	due   time.Duration
}

// fate is what is in store for a call: the API and the harness know, the caller not.
type fate int

const (
	fateOK fate = iota
	fateError
	fateSilent
	fateHang
)

// A call is one try at getting a task done.
type call struct {
	service time.Duration // the time it takes to serve, a hang included
	fate    fate
}

// A Workload says which tasks there are, when each is due, what each of its calls takes
// and how it fails. It is a pure function of its options, the same as the C programs'.
type Workload struct {
	tasks, seed                     int64
	service, hangTime               time.Duration
	distribution                    string
	errorRate, silentRate, hangRate float64 // together at most 1
	arrivals                        string
	arrivalsPerS                    float64
}

const never = time.Duration(math.MaxInt64)

// Each use of chance draws from streams of its own, so that changing one option leaves
// everything else about every task as it was.
const (
	streamCall = iota
	streamArrival
	streamCount
)

func (w *Workload) randomFor(index, attempt int64, stream uint64) random {
	seed := uint64(w.seed)*streamCount + stream
	return randomAt(mix(seed)+uint64(attempt), uint64(index))
}

func (w *Workload) randomService(r *random) float64 {
	mean := float64(w.service)
	switch w.distribution {
	case "uniform":
		return 2 * mean * r.share()
	case "exponential":
		return mean * r.exponential()
	case "lognormal":
		return mean * portableExp(r.normal()-0.5)
	}
	return mean
}

func (w *Workload) randomFate(r *random) fate {
	share := r.share()
	switch {
	case share < w.errorRate:
		return fateError
	case share < w.errorRate+w.silentRate:
		return fateSilent
	case share < w.errorRate+w.silentRate+w.hangRate:
		return fateHang
	}
	return fateOK
}

// call is what happens to this attempt, counted from 1.
func (w *Workload) call(index, attempt int64) call {
	r := w.randomFor(index, attempt, streamCall)
	fate := w.randomFate(&r)
	if fate == fateHang {
		return call{w.hangTime, fate}
	}
	return call{time.Duration(math.Round(w.randomService(&r))), fate}
}

func seconds(s float64) time.Duration {
	if ns := s * 1e9; ns < 0x1p63 {
		return time.Duration(math.Round(ns))
	}
	return never
}

func (w *Workload) nextDue(index int64, due time.Duration) time.Duration {
	switch w.arrivals {
	case "fixed":
		return seconds(float64(index) / w.arrivalsPerS)
	case "poisson":
		r := w.randomFor(index, 0, streamArrival)
		gap := seconds(r.exponential() / w.arrivalsPerS)
		if gap > never-due {
			return never
		}
		return due + gap
	}
	return due
}

// First is the first task, if there is one.
func (w *Workload) First() (Task, bool) {
	return Task{0, w.nextDue(0, 0)}, w.tasks > 0
}

// Next is the task after this one, if there is one.
func (w *Workload) Next(task Task) (Task, bool) {
	index := task.Index + 1
	return Task{index, w.nextDue(index, task.due)}, index < w.tasks
}

// digestMost: beyond so many tasks only their number is in the digest, or a run of 10^9
// tasks that is stopped would spend a minute on it.
const digestMost = 1_000_000

// digest is over every task: its index, due time and first call. It names the workload
// that the run was given, not how far the run came.
func (w *Workload) digest() uint64 {
	digest := uint64(0)
	for task, ok := w.First(); ok && task.Index < digestMost; task, ok = w.Next(task) {
		call := w.call(task.Index, 1)
		digest = mix(digest ^ uint64(task.Index))
		digest = mix(digest ^ uint64(task.due))
		digest = mix(digest ^ uint64(call.service))
		digest = mix(digest ^ uint64(call.fate))
	}
	if w.tasks > digestMost {
		digest = mix(digest ^ uint64(w.tasks))
	}
	return digest
}
