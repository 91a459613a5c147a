package peer

import "math"

// random is SplitMix64, a counter run through a mixing function. Because the state is a
// counter, randomAt jumps to any place of the sequence at once: that makes a workload a
// pure function of (seed, index). The same numbers as src/random.h.
type random struct{ state uint64 }

func mix(z uint64) uint64 {
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// randomAt is a generator of its own for each (seed, stream).
func randomAt(seed, stream uint64) random {
	return random{mix(seed+0x632be59bd9b4e019) ^ mix(stream+0x9e3779b97f4a7c15)}
}

// share is in [0, 1).
func (r *random) share() float64 {
	r.state += 0x9e3779b97f4a7c15
	return float64(mix(r.state)>>11) * 0x1p-53
}

// exponential has mean 1.
func (r *random) exponential() float64 {
	return -portableLog(1 - r.share())
}

// normal is standard normal, by Box and Muller. The conversion keeps the product from
// being merged with a sum, as do the divisions below.
func (r *random) normal() float64 {
	radius := math.Sqrt(2 * r.exponential())
	return float64(radius * portableCosTurn(r.share()))
}

// The following functions give the same last bit on every machine and in C, which those
// of package math do not; src/simulation/workload.c explains them.

const log2E = 0x1.71547652b82fep0

func portableLog(x float64) float64 {
	m, doublings := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m *= 2
		doublings--
	}
	s := (m - 1) / (m + 1)
	sum := 1.0
	for k := 11; k > 0; k-- {
		sum = 1 + sum*(s*s)*float64(2*k-1)/float64(2*k+1)
	}
	return float64(doublings)/log2E + (m-1)*sum/((m+1)/2)
}

func portableExp(x float64) float64 {
	doublings := math.Round(x * log2E)
	rest := x - doublings/log2E
	sum := 1.0
	for k := 14; k > 0; k-- {
		sum = 1 + sum*rest/float64(k)
	}
	return math.Ldexp(sum, int(doublings))
}

// portableCosTurn is the cosine of 2 pi turn, for a turn in [0, 1).
func portableCosTurn(turn float64) float64 {
	quarter := 0.25 - math.Min(turn, 1-turn)
	x := 2 * math.Pi * quarter
	sum := 1.0
	for k := 11; k > 0; k-- {
		sum = 1 - sum*(x*x)/float64(2*k*(2*k+1))
	}
	return x * sum
}
