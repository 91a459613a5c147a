package peer

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// An output is opened before the run, so that a place that cannot be written is known
// before an hour was spent, and checked when closed, so that a full disk is not taken
// for success.
type output struct {
	*bufio.Writer
	file *os.File
	path string
}

// guardStandardFiles makes sure, before any file is opened, that 0, 1 and 2 are open,
// or one opened later could become one of them. A closed standard output is refused.
//
// From 1.21 on Go itself has put /dev/null there before any line of ours runs, so the
// record is lost without a word. It cannot be told: Go opens the device for reading and
// writing, and so do those who mean it (DEVNULL of Python, daemon(3)), from whom a
// record to nowhere must not be refused. bench/run has its records written to files.
func guardStandardFiles() {
	for fd := 0; fd <= 2; fd++ {
		var stat syscall.Stat_t
		if syscall.Fstat(fd, &stat) != nil {
			syscall.Open(os.DevNull, syscall.O_RDWR, 0) // takes the lowest number, fd
			if fd == 1 {
				os.Stdout = nil
			}
		}
	}
}

// openOutput takes "" and "-" for standard output.
func openOutput(path string) (*output, error) {
	file, err := os.Stdout, error(nil)
	if path != "" && path != "-" {
		signal.Ignore(syscall.SIGPIPE) // one reader that goes must not cost the others
		file, err = os.Create(path)
	} else if path = "standard output"; file == nil {
		err = syscall.EBADF
	}
	if err != nil {
		return nil, cannotWrite(path, err)
	}
	return &output{bufio.NewWriter(file), file, path}, nil
}

// refuseOnePlace looks for the same file under two names. Of two that do not exist yet
// only the spelling can tell. Without a record the summary goes to standard output: if
// that is a pipe or a terminal, the samples may go there, too.
func (o *Options) refuseOnePlace() error {
	what, first := "--json", o.json
	if first == "" {
		what, first = "the summary", "-"
	}
	one, oneErr := place(first)
	two, twoErr := place(o.samples)
	alike := oneErr == nil && twoErr == nil && os.SameFile(one, two)
	if o.json == "" {
		alike = alike && o.samples != "-" && one.Mode().IsRegular()
	}
	if o.samples == "" || !alike && o.json != o.samples {
		return nil
	}
	return fmt.Errorf("%s and --samples cannot both be '%.60s'; they take a file each",
		what, o.samples)
}

func place(path string) (os.FileInfo, error) {
	if path == "-" && os.Stdout != nil {
		return os.Stdout.Stat()
	}
	return os.Stat(path)
}

// close is for one that was not asked for, too.
func (o *output) close() error {
	if o == nil {
		return nil
	}
	err := o.Flush()
	if o.file != os.Stdout && err == nil {
		err = o.file.Close()
	}
	if err != nil {
		return cannotWrite(o.path, err)
	}
	return nil
}

func cannotWrite(path string, err error) error {
	var reason syscall.Errno // without the path, which Go's errors name, too
	if errors.As(err, &reason) {
		err = reason
	}
	return fmt.Errorf("cannot write %s: %w", path, err)
}
