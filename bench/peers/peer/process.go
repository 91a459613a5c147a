package peer

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

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
