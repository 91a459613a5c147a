// Go's channels as a contender: the same jobs as in hand_off.c and send_receive.c.
//
// The argument is the operation's name. Each line on standard input is a number of
// jobs; the answer is the nanoseconds that handing them over took. A wrong sum of the
// jobs ends the program without an answer.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"sync"
	"time"
)

// After its jobs the producer hands over one batchEnd for each worker.
const batchEnd = -1

type arrival struct {
	sum   int64
	after time.Duration // from the batch's first job to this worker's batchEnd
}

type pool struct {
	workers  int
	jobs     chan int64
	arrivals chan arrival  // each worker's, at its batchEnd
	release  chan struct{} // lets the workers go on to the next batch
	began    time.Time
}

// take keeps the sum of this worker's jobs.
func (k *pool) take(job int64, sum *int64) {
	if job != batchEnd {
		*sum += job
		return
	}
	k.arrivals <- arrival{*sum, time.Since(k.began)}
	*sum = 0
	<-k.release
}

func (k *pool) receiveJobs() {
	var sum int64
	for job := range k.jobs {
		k.take(job, &sum)
	}
}

func (k *pool) selectJobs(ctx context.Context) {
	var sum int64
	for {
		select {
		case <-ctx.Done():
			return
		case job, ok := <-k.jobs:
			if !ok {
				return
			}
			k.take(job, &sum)
		}
	}
}

// handOver returns the time from the first job to the first batchEnd that came out:
// the queue is first in, first out, so by then every job has.
func (k *pool) handOver(count int64) time.Duration {
	k.began = time.Now()
	for job := int64(1); job <= count; job++ {
		k.jobs <- job
	}
	for i := 0; i < k.workers; i++ {
		k.jobs <- batchEnd
	}
	var sum int64
	took := time.Duration(1<<63 - 1)
	for i := 0; i < k.workers; i++ {
		arrival := <-k.arrivals
		sum += arrival.sum
		if arrival.after < took {
			took = arrival.after
		}
	}
	for i := 0; i < k.workers; i++ {
		k.release <- struct{}{}
	}
	check(sum, count)
	return took
}

func check(sum, count int64) {
	if sum != count*(count+1)/2 {
		log.Fatalf("peer_go: wrong sum %d of %d jobs", sum, count)
	}
}

func handOff(workers, capacity int, selects bool) func(int64) time.Duration {
	k := &pool{
		workers:  workers,
		jobs:     make(chan int64, capacity),
		arrivals: make(chan arrival, workers),
		release:  make(chan struct{}),
	}
	ctx, cancel := context.WithCancel(context.Background())
	_ = cancel // the program ends before its workers do
	for i := 0; i < workers; i++ {
		if selects {
			go k.selectJobs(ctx)
		} else {
			go k.receiveJobs()
		}
	}
	return k.handOver
}

func sendAndReceive(count int64) time.Duration {
	jobs := make(chan int64, 128)
	var sum int64
	began := time.Now()
	for sent := int64(1); sent <= count; sent++ {
		jobs <- sent
		sum += <-jobs
	}
	took := time.Since(began)
	check(sum, count)
	return took
}

// The time spent creating alone: what the goroutines do comes after it.
func create(count int64) time.Duration {
	var ended sync.WaitGroup
	ended.Add(int(count))
	began := time.Now()
	for i := int64(0); i < count; i++ {
		go ended.Done()
	}
	took := time.Since(began)
	ended.Wait()
	return took
}

func residentBytes() int64 {
	var total, resident int64
	text, err := os.ReadFile("/proc/self/statm")
	if err == nil {
		_, err = fmt.Sscan(string(text), &total, &resident)
	}
	if err != nil {
		log.Fatal(err)
	}
	return resident * int64(os.Getpagesize())
}

var bytesOfEach int64

// Bytes, not nanoseconds: what each of many goroutines that wait has added to the
// resident memory, when it is measured for the first time.
func memory(count int64) time.Duration {
	const waiters = 10000
	if bytesOfEach == 0 {
		end := make(chan struct{})
		var started, ended sync.WaitGroup
		started.Add(waiters)
		ended.Add(waiters)
		before := residentBytes()
		for i := 0; i < waiters; i++ {
			go func() {
				started.Done()
				<-end
				ended.Done()
			}()
		}
		started.Wait()
		bytesOfEach = (residentBytes() - before) / waiters
		close(end)
		ended.Wait()
	}
	return time.Duration(bytesOfEach * count)
}

func find(name string) func(int64) time.Duration {
	switch name {
	case "hand_off/unbuffered/workers:1/go":
		return handOff(1, 0, false)
	case "hand_off/unbuffered/workers:5/go":
		return handOff(5, 0, false)
	case "hand_off/unbuffered/workers:50/go":
		return handOff(50, 0, false)
	case "hand_off/buffered:128/workers:5/go":
		return handOff(5, 128, false)
	case "hand_off/select/workers:5/go":
		return handOff(5, 0, true)
	case "send_receive/uncontended/go":
		return sendAndReceive
	case "create/go":
		return create
	case "memory/waiting:10000/bytes/go":
		return memory
	}
	log.Fatalf("peer_go: no operation %q", name)
	return nil
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: peer_go OPERATION")
	}
	run := find(os.Args[1])
	var count int64
	for {
		if _, err := fmt.Scanln(&count); err != nil {
			return
		}
		fmt.Println(run(count).Nanoseconds())
	}
}
