"""Timing several things fairly on a machine that others use too."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter, process_time
from typing import Final

LEAST_ROUNDS: Final = 3


@dataclass(slots=True)
class Contestant:
    """Something to be timed, and what each round of it took in seconds of CPU time."""

    run: Callable[[], object]
    after: Callable[[], object] = lambda: None
    seconds: list[float] = field(default_factory=list)

    def time(self) -> None:
        """Run once."""
        begin = process_time()
        self.run()
        self.seconds.append(process_time() - begin)
        self.after()

    @property
    def best(self) -> float:
        """The least that a round took: what the machine can do when it is left alone."""
        return min(self.seconds)


def interleave(
    contestants: Mapping[str, Contestant], seconds: float, progress: Callable[[float], None]
) -> int:
    """Run all contestants in turn, round by round, for about that long; returns how many rounds.

    Neighbours on the machine then disturb all of them alike. One round goes before, untimed.
    """
    for contestant in contestants.values():
        contestant.run()
        contestant.after()
    begin = perf_counter()
    elapsed = 0.0
    rounds = 0
    while rounds < LEAST_ROUNDS or elapsed < seconds:
        for contestant in contestants.values():
            contestant.time()
        rounds += 1
        elapsed = perf_counter() - begin  # read once a round: what ends the loop is what was shown
        progress(min(1.0, elapsed / seconds))
    return rounds


def spread(contestant: Contestant) -> float:
    """Return how far the median round lies above the best, as a share of it: the noise of the machine."""
    return statistics.median(contestant.seconds) / contestant.best - 1


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which that share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
