package peer

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Options is what the command line says, in the words of the C programs.
type Options struct {
	Workload
	apiConfig
	clientConfig
	Workers, Queue int64
	MaxThreads     int64 // goroutines alive at once; 0: no limit
	deadline       time.Duration
	json, samples  string
}

// A row of the table of options: parsing, checking, --help and the record's config read
// it and nothing else.
type row struct {
	letter, name string
	argument     string // as --help calls it; "": takes none
	normal       string // the default; "": none
	value        value
	help         string
	owner        string // the program that has it; "": both
}

// A value is where an option is kept and what it may be.
type value struct {
	at     any // a pointer; nil: --help or --version
	unit   string
	takes  string // in words
	accept func(text string) bool
}

func quantity[T int64 | float64 | time.Duration](at *T, unit, form string,
	parse func(string) (T, bool), least, most string) value {
	low, _ := parse(least)
	high, _ := parse(most)
	takes := fmt.Sprintf("%s, from %s to %s", form, least, most)
	return value{at, unit, takes, func(text string) bool {
		found, ok := parse(text)
		ok = ok && low <= found && found <= high
		if ok {
			*at = found
		}
		return ok
	}}
}

func count(at *int64, least, most string) value {
	return quantity(at, "", "a whole number", parseCount, least, most)
}

func duration(at *time.Duration, least string) value {
	form := "a duration such as 250us, 10ms or 5s"
	return quantity(at, "_ns", form, parseDuration, least, "1000000s")
}

func rate(at *float64) value {
	form := "a rate such as 1000/s"
	return quantity(at, "_per_s", form, parseRate, "0.0001/s", "1000000000/s")
}

func share(at *float64) value {
	return quantity(at, "", "a share such as 2% or 0.02", parseShare, "0", "1")
}

func choice(at *string, choices ...string) value {
	return value{at, "", strings.Join(choices, ", "), func(text string) bool {
		for _, choice := range choices {
			if text == choice {
				*at = text
				return true
			}
		}
		return false
	}}
}

func arrivals(w *Workload) value {
	takes := "batch, fixed:RATE or poisson:RATE, such as poisson:900/s"
	return value{&w.arrivals, "", takes, func(text string) (ok bool) {
		kind, text, rated := strings.Cut(text, ":")
		w.arrivals = kind
		w.arrivalsPerS, ok = parseRate(text)
		ok = ok && 1e-3 <= w.arrivalsPerS && w.arrivalsPerS <= 1e9
		return kind == "batch" && !rated || (kind == "fixed" || kind == "poisson") && ok
	}}
}

func path(at *string) value {
	return value{at, "", "a file's name", func(text string) bool {
		*at = text
		return text != ""
	}}
}

func (o *Options) table(p Program) []row {
	const pool, perTask = "goroutine-pool", "goroutine-per-task"
	return []row{
		{"n", "tasks", "N", "50", count(&o.tasks, "0", "1000000000"),
			"tasks to run", ""},
		{"w", "workers", "W", "5", count(&o.Workers, "1", "1000000"), "workers", pool},
		{"q", "queue", "N", "0", count(&o.Queue, "0", "100000000"),
			"capacity of the channel; 0: unbuffered", pool},
		{"", "max-threads", "K", "", count(&o.MaxThreads, "1", "1000000"),
			"at most K goroutines alive at once", perTask},
		{"s", "service-time", "D", "10ms", duration(&o.service, "0"),
			"time one call takes, on average", ""},
		{"", "distribution", "NAME", "fixed",
			choice(&o.distribution, "fixed", "uniform", "exponential", "lognormal"),
			"of service times", ""},
		{"", "error-rate", "SHARE", "0", share(&o.errorRate),
			"share of calls that fail (5xx)", ""},
		{"", "silent-rate", "SHARE", "0", share(&o.silentRate),
			"share that claim success but are wrong", ""},
		{"", "hang-rate", "SHARE", "0", share(&o.hangRate), "share that hang", ""},
		{"", "hang-time", "D", "30s", duration(&o.hangTime, "0"),
			"how long a call that hangs takes", ""},
		{"", "arrivals", "KIND", "batch", arrivals(&o.Workload),
			"batch, fixed:RATE or poisson:RATE", ""},
		{"", "api-capacity", "K", "", count(&o.capacity, "1", "1000000000"),
			"calls it serves at once; rejects more", ""},
		{"", "api-rate", "RATE", "", rate(&o.ratePerS),
			"calls the API accepts per second (token bucket)", ""},
		{"", "api-burst", "B", "1", count(&o.burst, "1", "1000000000"),
			"calls it accepts at once after a pause", ""},
		{"", "api-reject-time", "D", "1ms", duration(&o.rejectTime, "0"),
			"time a rejection takes", ""},
		{"", "attempts", "A", "1", count(&o.attempts, "1", "1000000"),
			"calls per task, at most", ""},
		{"", "backoff", "D", "10ms", duration(&o.backoff, "0"),
			"pause before a retry, at most; doubles", ""},
		{"", "timeout", "D", "", duration(&o.timeout, "1ns"), "for each attempt", ""},
		{"", "deadline", "D", "", duration(&o.deadline, "1ns"),
			"for the whole run (context.WithDeadline)", ""},
		{"", "cancel", "WHO", p.Cancel, choice(&o.cancel, "none", "between", "within"),
			"who listens: none, between or within", ""},
		{"", "seed", "S", "1", count(&o.seed, "0", "9200000000000000000"),
			"for everything random", ""},
		{"", "samples", "FILE", "", path(&o.samples),
			"write what happened to each task, as CSV", ""},
		{"j", "json", "FILE|-", "", path(&o.json),
			"write the record instead of a summary", ""},
		{letter: "h", name: "help", help: "show this and exit"},
		{name: "version", help: "show the version and exit"},
	}
}

func (r *row) isOf(p Program) bool { return r.owner == "" || r.owner == p.Name }

// parse fills o. If there is nothing to run it returns the text to show. An option that
// is given twice counts as the last one says.
func (o *Options) parse(p Program, args []string) (string, error) {
	table := o.table(p)
	for _, row := range table {
		if row.normal != "" {
			row.value.accept(row.normal)
		}
	}
	for len(args) > 0 {
		word := args[0]
		row, text, attached := find(table, word)
		switch {
		case row == nil && len(word) > 1 && word[0] == '-':
			return "", fmt.Errorf("unknown option '%.60s'; --help lists all", word)
		case row == nil:
			return "", fmt.Errorf("'%.60s' is not an option; --help lists all", word)
		case row.argument == "" && attached:
			return "", fmt.Errorf("--%s takes no value", row.name)
		case row.name == "help":
			return help(p, table), nil
		case row.name == "version":
			return fmt.Sprintf("%s %s (%s)\n", p.Name, version, commit), nil
		case !attached && (len(args) == 1 || strings.HasPrefix(args[1], "--")):
			return "", fmt.Errorf("--%s needs a value", row.name)
		case !row.isOf(p):
			return "", fmt.Errorf("--%s is an option of %s, not of %s",
				row.name, row.owner, p.Name)
		}
		args = args[1:]
		if !attached {
			text, args = args[0], args[1:]
		}
		if !row.value.accept(text) {
			return "", fmt.Errorf("--%s: '%.60s' is not accepted; it takes %s",
				row.name, text, row.value.takes)
		}
	}
	return "", o.agree()
}

// find takes --name=text, --name, -ntext and -n.
func find(table []row, word string) (found *row, text string, attached bool) {
	name, text, attached := strings.Cut(word, "=")
	for i, row := range table {
		if name == "--"+row.name {
			return &table[i], text, attached
		}
		if row.letter != "" && strings.HasPrefix(word, "-"+row.letter) {
			return &table[i], word[2:], row.argument != "" && len(word) > 2
		}
	}
	return nil, "", false
}

// agree says what no single option can know.
func (o *Options) agree() error {
	if sum := o.errorRate + o.silentRate + o.hangRate; sum > 1+1e-9 {
		return fmt.Errorf("--error-rate, --silent-rate and --hang-rate add up to "+
			"%.6g; they are shares of all calls, so at most 1", sum)
	}
	return nil
}

// config is for the record: null is none, or not of this program.
func (o *Options) config(p Program) object {
	config := nulls("join", "stack_size_bytes", "guard_size_bytes", "api_slowdown",
		"api_outage_start_ns", "api_outage_length_ns", "retry_budget", "fail_fast",
		"timer_slack_ns", "limit_memory_bytes", "detect_deadlock", "clock",
		"spawn_time_ns", "task_time_ns", "oversleep_ns", "distribution_p50_ns",
		"distribution_p99_ns", "distribution_values", "api_queue",
		"api_keeps_working", "retry_after_ns",
		"breaker_failures", "breaker_pause_ns", "when_full",
		"idle_time_ns") // which the C programs have
	note := func(key string, value reflect.Value, normal string, mine bool) {
		config[key] = nil
		if mine && (normal != "" || !value.IsZero()) {
			config[key] = value.Interface()
			if value.Kind() == reflect.Float64 {
				config[key] = rounded(value.Float(), 9)
			}
		}
	}
	for _, row := range o.table(p) {
		if at := row.value.at; at != nil && at != &o.json && at != &o.samples {
			key := strings.ReplaceAll(row.name, "-", "_") + row.value.unit
			note(key, reflect.ValueOf(at).Elem(), row.normal, row.isOf(p))
		}
	}
	note("arrivals_per_s", reflect.ValueOf(o.arrivalsPerS), "", o.arrivals != "batch")
	return config
}

func help(p Program, table []row) string {
	text := fmt.Sprintf("Usage: %s [OPTION]...\n\n%s\n\n", p.Name, p.Summary)
	for _, row := range table {
		if !row.isOf(p) {
			continue
		}
		letter := "    "
		if row.letter != "" {
			letter = "-" + row.letter + ", "
		}
		names := "--" + row.name + " " + row.argument
		text += fmt.Sprintf("  %s%-25s %s", letter, names, row.help)
		if row.normal != "" {
			text += " [" + row.normal + "]"
		}
		text += "\n"
	}
	return text
}
