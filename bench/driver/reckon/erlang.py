"""Erlang's formulas: random arrivals, random service times, c places.

rho is the load: arrivals times service time over places; a = rho c is the traffic
offered, in erlangs. With nowhere to wait, a task that finds all places taken is lost:

    share lost            B = (a^c / c!) / sum of a^k / k!, k = 0 ... c
    share lost, n may wait    B rho^n / (1 + B (rho + ... + rho^n))
    share that waits      C = B / (1 - rho (1 - B))         if it may wait instead
    mean wait             C d / (c (1 - rho))
    share waiting over t  C exp(-c (1 - rho) t / d)

(A. K. Erlang, Solution of some problems in the theory of probabilities of significance
in automatic telephone exchanges, 1917.) Where arrivals or service times vary less or
more than that, waits are about (Ca + Cs) / 2 times as long, with the squared
coefficients of variation of both (A. O. Allen and J. Cunneen).

All of them hold once the queue has filled; a run that starts empty and ends soon is
better told by playing such runs, see short_run_wait_s().
"""

import heapq
from dataclasses import dataclass
from functools import cache
from math import exp, log
from random import Random
from statistics import median

PLAYED = 101  # short runs: enough for a line, and the same line every time


@dataclass(frozen=True)
class Traffic:
    """What arrives, and what serves it."""

    load: float  # rho, below 1
    places: int  # c
    service_s: float  # d, on average

    @property
    def _spare_per_s(self) -> float:
        """How much more could be served than arrives."""
        return self.places * (1 - self.load) / self.service_s

    @property
    def lost(self) -> float:
        """B, by the recursion that keeps its numbers small."""
        offered, share = self.load * self.places, 1.0
        for place in range(1, self.places + 1):
            share = offered * share / (place + offered * share)
        return share

    @property
    def waiting(self) -> float:
        """C."""
        return self.lost / (1 - self.load * (1 - self.lost))

    @property
    def mean_wait_s(self) -> float:
        return self.waiting / self._spare_per_s

    def over(self, wait_s: float) -> float:
        """The share of tasks that wait longer."""
        return self.waiting * exp(-self._spare_per_s * wait_s)

    def wait_s(self, share: float) -> float:
        """What this share of the tasks does not exceed."""
        if self.waiting <= 1 - share:
            return 0.0
        return log(self.waiting / (1 - share)) / self._spare_per_s


def behind_queue(traffic: Traffic, queue: int) -> tuple[float, float]:
    """Where only so many may wait (M/M/c with a queue of n), whatever the load: the
    share that is turned away, B itself for n = 0, and the mean wait of the others."""
    if traffic.load <= 1:
        powers, places = _sums(traffic.load, queue + 1)  # from rho^0 on
        all_ = 1 + traffic.lost * (powers - 1)
        lost = traffic.lost * traffic.load**queue / all_
        waiting = traffic.lost * places / all_
    else:  # from the other end, as rho^n may be more than a number holds
        powers, places = _sums(1 / traffic.load, queue)
        all_ = powers + traffic.load**-queue / traffic.lost
        lost, waiting = 1 / all_, (queue * powers - places) / all_
    per_s = traffic.load * traffic.places / traffic.service_s
    return lost, waiting / (per_s * (1 - lost))  # Little


def _sums(q: float, n: int) -> tuple[float, float]:
    """The sums of q^k and of k q^k for k = 0 ... n - 1. By halves: so any n is quick,
    and q may be 1, or next to it."""
    if n == 0:
        return 0.0, 0.0
    half, power = n // 2, q ** (n // 2)
    powers, places = _sums(q, half)
    powers, places = powers * (1 + power), places + power * (places + half * powers)
    last = q ** (n - 1) if n % 2 else 0.0
    return powers + last, places + (n - 1) * last


def allen_cunneen(of_arrivals: float, of_service: float) -> float:
    """By how much other than exponential times lengthen a wait, about."""
    return (of_arrivals + of_service) / 2


@cache
def short_run_wait_s(traffic: Traffic, share: float, tasks: int) -> float:
    """The same of runs that start empty and end after so many tasks: their median."""
    place = max(0, round(share * tasks) - 1)
    return median(
        sorted(_played_waits_s(traffic, tasks, Random(seed)))[place]
        for seed in range(PLAYED)
    )


@cache
def short_run_mean_wait_s(traffic: Traffic, tasks: int) -> float:
    """The mean wait of such runs: their median."""
    return median(
        sum(_played_waits_s(traffic, tasks, Random(seed))) / tasks
        for seed in range(PLAYED)
    )


def _played_waits_s(traffic: Traffic, tasks: int, random: Random) -> list[float]:
    """One run: each task takes the place that is free first (Kiefer and Wolfowitz)."""
    per_s = traffic.load * traffic.places / traffic.service_s
    free_s, now_s, waits_s = [0.0] * traffic.places, 0.0, []
    for _ in range(tasks):
        now_s += random.expovariate(per_s)
        start_s = max(now_s, free_s[0])
        heapq.heapreplace(free_s, start_s + random.expovariate(1 / traffic.service_s))
        waits_s.append(start_s - now_s)
    return waits_s
