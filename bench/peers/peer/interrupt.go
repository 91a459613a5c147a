package peer

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// An interrupt is Ctrl-C: SIGINT and SIGTERM ask the run to stop. A second one ends the
// program at once, and so does one that comes when the run is over: what hangs then is
// the output. One that we were started to ignore stops nothing.
type interrupt struct {
	mu       sync.Mutex // guards the following
	stop     func()     // nil: there is nothing left to stop
	received syscall.Signal
}

func (i *interrupt) watch(stop func()) {
	i.stop = stop
	signals := make(chan os.Signal, 2)
	for _, number := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
		if !signal.Ignored(number) {
			signal.Notify(signals, number)
		}
	}
	go func() {
		for number := range signals {
			i.receive(number.(syscall.Signal))
		}
	}()
}

func (i *interrupt) receive(number syscall.Signal) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.stop == nil {
		os.Exit(exitSignal + int(number))
	}
	i.received = number
	i.stop()
	i.stop = nil
}

// end is for when the run is over; it returns the signal that came, or 0.
func (i *interrupt) end() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.stop = nil
	return int(i.received)
}
