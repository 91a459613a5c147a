package peer

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"unsafe"
)

const (
	firstArena = 64 << 20 // of Go's heap: there before the first line of ours
	leastStack = 2 << 10  // of a goroutine
)

// refuseTooMuch: where memory ends, Go's runtime ends the program, with a trace of its
// goroutines and the status of a wrong command line. So the kernel is asked first for
// what samples, queue and workers are sure to need; for no more, or that would be in
// the peak of the address space. What fits but just, and goroutines that pile up in the
// run, may still end that way.
func (o *Options) refuseTooMuch() error {
	bytes := o.Queue*int64(unsafe.Sizeof(Task{})) + o.Workers*leastStack - firstArena
	if o.samples != "" {
		bytes += o.tasks * int64(unsafe.Sizeof(account{}))
	}
	if bytes <= 0 {
		return nil
	}
	mapping, err := syscall.Mmap(-1, 0, int(bytes),
		syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return fmt.Errorf("cannot run: %w; fewer tasks or workers, a shorter queue "+
			"or no samples need less", err)
	}
	return syscall.Munmap(mapping)
}

// memory is what the kernel says: peak RSS is VmHWM, which starts afresh at exec. What
// cannot be read is null, and one line on stderr says why. Page tables have no peak of
// their own; the runtime keeps its address space, so the last figure is the greatest.
func memory() object {
	status, err := os.ReadFile("/proc/self/status")
	figure := func(name string) any {
		var kilobytes int64
		_, line, _ := strings.Cut(string(status), "\n"+name+":")
		if _, scanned := fmt.Sscan(line, &kilobytes); scanned != nil {
			if err == nil {
				err = fmt.Errorf("/proc/self/status: it has no line %s", name)
			}
			return nil
		}
		return kilobytes * 1024
	}
	peak := object{
		"rss_bytes": figure("VmHWM"), "virtual_bytes": figure("VmPeak"),
		"page_table_bytes": figure("VmPTE"),
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "peak memory is unknown: %v\n", err)
	}
	return peak
}

func cpu() object {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage) // fails only for a bad argument
	return object{
		"user_ns": usage.Utime.Nano(), "system_ns": usage.Stime.Nano(),
		"voluntary_switches": usage.Nvcsw, "involuntary_switches": usage.Nivcsw,
		"minor_faults": usage.Minflt,
	}
}
