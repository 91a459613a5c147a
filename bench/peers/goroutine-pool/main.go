// The article's kitchen: a fixed number of workers, started first; a feeder that sends
// the tasks through a channel and closes it when there are no more; workers that wait
// in a select for the next task or for the word to stop, whichever comes first.
package main

import (
	"sync"

	"fivecooks/peer"
)

func main() {
	peer.Main(peer.Program{
		Name:    "goroutine-pool",
		Summary: "Runs slow tasks on a fixed pool of goroutines fed through a channel.",
		Cancel:  "between", // the article's workers listen
		Run:     pool,
	})
}

func worker(run *peer.Run, id int64, jobs <-chan peer.Task, wg *sync.WaitGroup) {
	defer wg.Done()
	defer run.Ended()
	for {
		select {
		case <-run.Ctx.Done():
			return
		case task, ok := <-jobs:
			if !ok {
				return
			}
			// If both are ready, select takes either at random: Perform looks again.
			run.Perform(task, id)
		}
	}
}

func feed(run *peer.Run, jobs chan<- peer.Task) {
	defer run.Ended()
	defer close(jobs) // or the workers wait for ever
	for task, ok := run.First(); ok; task, ok = run.Next(task) {
		if !run.WaitUntilDue(task) {
			run.SkipFrom(task)
			return
		}
		select {
		case <-run.Ctx.Done():
			run.SkipFrom(task)
			return
		case jobs <- task:
		}
	}
}

func pool(run *peer.Run) {
	var wg sync.WaitGroup
	jobs := make(chan peer.Task, run.Queue)

	// Step 1: start workers before sending jobs.
	for id := int64(0); id < run.Workers; id++ {
		wg.Add(1)
		began := run.Creating()
		go worker(run, id, jobs, &wg)
		run.Created(began)
	}

	// Step 2: feed jobs in a goroutine of its own, as a send waits for a worker.
	began := run.Creating()
	go feed(run, jobs)
	run.Created(began)

	// Step 3: wait for everyone to wrap up.
	wg.Wait()
	run.SkipQueued(jobs) // what the workers left when they were told to stop
}
