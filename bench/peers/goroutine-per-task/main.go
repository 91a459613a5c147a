// A goroutine for each task: the article's "just spawn 50 goroutines". Nothing bounds
// how many are alive at once or how hard they press on the API, and nobody tells them
// to stop; unless one asks for it:
//
//	--max-threads   Go's semaphore, a buffered channel: so many alive at once
//	--cancel        the context, looked at before each task (and within the call)
package main

import (
	"sync"

	"fivecooks/peer"
)

func main() {
	peer.Main(peer.Program{
		Name:    "goroutine-per-task",
		Summary: "Runs slow tasks, each on a goroutine of its own.",
		Cancel:  "none",
		Run:     spawn,
	})
}

func spawn(run *peer.Run) {
	var wg sync.WaitGroup
	places := make(chan struct{}, run.MaxThreads) // one is sent to take a place
	bounded := run.MaxThreads > 0
	for task, ok := run.First(); ok; task, ok = run.Next(task) {
		if bounded {
			places <- struct{}{}
		}
		if !run.WaitUntilDue(task) {
			run.SkipFrom(task)
			break
		}
		wg.Add(1)
		began := run.Creating()
		go func(task peer.Task) {
			defer wg.Done()
			run.Perform(task, task.Index)
			run.Ended()
			if bounded {
				<-places
			}
		}(task)
		run.Created(began)
	}
	wg.Wait()
}
