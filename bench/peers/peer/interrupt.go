package peer

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// An interrupt is Ctrl-C: SIGINT, SIGTERM, SIGQUIT (Ctrl-\) and SIGHUP (the terminal is
// closed) ask the run to stop. A second one ends the program at once, and so does one
// that comes when the run is over: what hangs then is the output. What comes within a
// tenth of a second of the first is the same one, told twice. Ctrl-C and SIGHUP that we
// were started to ignore stop nothing; of the other two, Go's runtime cannot tell.
type interrupt struct {
	mu       sync.Mutex // guards the following
	stop     func()     // nil: there is nothing left to stop
	received syscall.Signal
}

func (i *interrupt) watch(stop func()) {
	i.stop = stop
	signals := make(chan os.Signal, 2)
	for _, number := range []os.Signal{
		syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGHUP,
	} {
		if !signal.Ignored(number) {
			signal.Notify(signals, number)
		}
	}
	go func() {
		for number := range signals {
			i.receive(number.(syscall.Signal))
			dropEcho(signals)
		}
	}()
}

// dropEcho: some send a signal twice in one breath, as timeout(1) does to the program
// and then to its group. Taken for a second one, it would cost the record.
func dropEcho(signals <-chan os.Signal) {
	time.Sleep(100 * time.Millisecond)
	for {
		select {
		case <-signals:
		default:
			return
		}
	}
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
