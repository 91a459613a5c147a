package peer

import (
	"encoding/json"
	"fmt"
	"os"
)

// A Program is a strategy with its name and its default of --cancel.
type Program struct {
	Name, Summary, Cancel string
	Run                   func(*Run)
}

// Exit statuses; 0 is measured, and the accounts add up, whatever the outcomes.
const (
	exitUnsound     = 1   // an account does not add up, or output failed
	exitUsage       = 2   // the command line is wrong
	exitEnvironment = 3   // the machine does not allow it
	exitSignal      = 128 // and the signal that stopped the run
)

// Main is all of a program but its strategy.
func Main(p Program) {
	guardStandardFiles()
	var o Options
	text, err := o.parse(p, os.Args[1:])
	p.exitIf(err, exitUsage)
	if text != "" {
		p.exitIf(answer(text), exitUnsound)
		return
	}
	p.exitIf(o.refuseOnePlace(), exitUsage)
	out, err := openOutput(o.json)
	p.exitIf(err, exitEnvironment)
	p.exitIf(o.refuseOnePlace(), exitUsage) // again: the first is there now
	var samples *output
	if o.samples != "" {
		samples, err = openOutput(o.samples)
		p.exitIf(err, exitEnvironment)
	}
	p.exitIf(o.refuseTooMuch(), exitEnvironment)
	run, stop := newRun(&o)
	var interrupt interrupt
	interrupt.watch(func() {
		run.tally.signalled.Store(int64(run.now()))
		stop()
	})
	p.Run(run)
	run.end()
	signal := interrupt.end()
	if !run.report(p, signal, out, samples) {
		os.Exit(exitUnsound)
	}
	if signal != 0 {
		os.Exit(exitSignal + signal)
	}
}

// answer is for --help and --version, which never go into a file.
func answer(text string) error {
	out, err := openOutput("-")
	if err != nil {
		return err
	}
	fmt.Fprint(out, text)
	return out.close()
}

// report writes what was asked for: what happens to one output costs no other. It tells
// of each that failed and, if some account does not add up, of that; else it is true.
func (r *Run) report(p Program, signal int, out, samples *output) bool {
	if samples != nil {
		r.writeSamples(samples)
	}
	if r.json != "" {
		json.NewEncoder(out).Encode(r.record(p, signal)) // close tells of an error
	} else {
		fmt.Fprintln(out, r.summary(p))
	}
	sound := true
	for _, err := range []error{samples.close(), out.close(), r.audit()} {
		if err != nil {
			p.complain(err)
			sound = false
		}
	}
	return sound
}

func (p Program) exitIf(err error, status int) {
	if err != nil {
		p.complain(err)
		os.Exit(status)
	}
}

// complain prints the error on one line, whatever was typed.
func (p Program) complain(err error) {
	text := []byte(err.Error())
	for i := range text {
		if text[i] < ' ' {
			text[i] = '?'
		}
	}
	fmt.Fprintf(os.Stderr, "%s: %s\n", p.Name, text)
}
