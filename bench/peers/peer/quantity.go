package peer

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Quantities as people write them: counts "10000", durations "250us", rates "1000/s",
// shares "2%". The same grammar as src/program/quantity.c, which refuses what strconv
// takes: signs, exponents, "inf".

type unit struct {
	name    string
	factor  float64
	divisor float64 // 100, as no double is 0.01
}

var (
	durations = []unit{{"ns", 1, 1}, {"us", 1e3, 1}, {"ms", 1e6, 1}, {"s", 1e9, 1},
		{"min", 60e9, 1}}
	rates  = []unit{{"/s", 1, 1}, {"", 1, 1}}
	shares = []unit{{"%", 1, 100}, {"", 1, 1}}
)

// The largest power of ten that is a double exactly. Further digits are beyond it.
const mostDivisor = 1e22

// digits is how many the text begins with.
func digits(text string) int {
	return len(text) - len(strings.TrimLeft(text, "0123456789"))
}

// parseDecimal takes digits, and perhaps a point and digits: a whole number and what to
// divide it by, so that it is rounded only once. It returns what follows, too.
func parseDecimal(text string) (number, divisor float64, rest string, ok bool) {
	whole := digits(text)
	divisor = 1
	for _, digit := range text[:whole] {
		number = float64(number*10) + float64(digit-'0')
	}
	rest = text[whole:]
	if strings.HasPrefix(rest, ".") && digits(rest[1:]) > 0 {
		part := digits(rest[1:])
		for _, digit := range rest[1 : 1+part] {
			if divisor < mostDivisor {
				number = float64(number*10) + float64(digit-'0')
				divisor *= 10
			}
		}
		rest = rest[1+part:]
	}
	return number, divisor, rest, whole > 0
}

func parseWithUnit(text string, units []unit) (float64, bool) {
	number, divisor, rest, ok := parseDecimal(text)
	for _, unit := range units {
		if ok && rest == unit.name {
			return number * unit.factor / (divisor * unit.divisor), true
		}
	}
	return 0, ok && number == 0 && rest == "" // nothing needs no unit
}

func parseCount(text string) (int64, bool) {
	number, err := strconv.ParseInt(text, 10, 64)
	return number, err == nil && digits(text) == len(text)
}

func parseDuration(text string) (time.Duration, bool) {
	ns, ok := parseWithUnit(text, durations)
	if !ok || ns >= 0x1p63 {
		return 0, false
	}
	return time.Duration(math.Round(ns)), true
}

func parseRate(text string) (float64, bool)  { return parseWithUnit(text, rates) }
func parseShare(text string) (float64, bool) { return parseWithUnit(text, shares) }
