"""Who meets whom: two designs, with options of both or of one."""

import shlex
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from ..ask import experiment
from ..ask.command import options_of
from ..ask.experiment import OF_POOLS, OF_THREADS, Experiment
from ..ask.typed import AskError

HELP = """\
usage: bench/run duel [DESIGN [DESIGN]] [OPTION OF THE PROGRAMS]...

Two designs at once in one terminal, one square per order: who serves more, and who is
done sooner? Unless told otherwise, threads against a pool of 50: 500 orders of 500 ms,
and an API that serves 50 at once.

  bench/run duel --workers 10 --service-time 1s
  bench/run duel --api-capacity unlimited
  bench/run duel "bounded threads of 50" "pool of 50"
  bench/run duel "pool of 50" "pool of 50 --attempts 4" --error-rate 20%

A DESIGN is threads, bounded threads, pool, mutex pool, fibers, fiber pool, ...; in
quotes it may have a size and options of its own. All other options are for both, as the
programs take them (worker-pool --help).

It is a show: both share the machine, and each runs once. To measure: bench/run.
exit status: 0 both have run, 2 usage, 3 a program failed, 128+n stopped by signal n."""
DESIGNS = ("threads", "pool of 50")
DEFAULTS = {"tasks": 500, "api-capacity": 50, "service-time": "500ms"}
BOUND = 50  # of bounded threads, if nobody says otherwise


def parse(words: Sequence[str]) -> Experiment:
    """An experiment of two cells."""
    named = list(takewhile(lambda word: not word.startswith("-"), words))
    if len(named) > 2:
        raise AskError(f"duel takes two designs, not {len(named)}: each in quotes")
    shared = options_of(words[len(named) :])
    # Whoever names one wants to see it beside threads.
    named = [*DESIGNS[: 2 - len(named)], *named]
    default = dict(DEFAULTS)
    if ":" in str(shared.get("distribution", "")):  # which then says how long they take
        del default["service-time"]
    of_some = OF_POOLS | OF_THREADS
    table = {
        "question": "Who serves more, and who is done sooner?",
        "options": default | {k: v for k, v in shared.items() if k not in of_some},
        "cells": [_design(text) for text in named],
    }
    own = {key: value for key, value in shared.items() if key in of_some}
    made = experiment.read("duel", table, own, where="duel")
    if len(made.cells) != 2:
        raise AskError("duel: both would be the same")
    return made


def _design(text: str) -> dict[str, Any]:
    """ "pool of 50 --attempts 4"."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise AskError(f"duel: '{text}': {error}") from None
    name = list(takewhile(lambda word: not word.startswith("-"), words))
    bound = {"max-threads": BOUND} if name[:1] == ["bounded"] and len(name) == 2 else {}
    return {"design": " ".join(name), **bound, **options_of(words[len(name) :])}
