"""How work goes: what came in, how long it took, what was done and what came of it, in days or weeks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from msgspec.structs import replace

from tipstaff.actions.cases import Cases
from tipstaff.casework.counts import DAY, Asked, Tally, Times, Total, What

WEEK: Final = 7 * DAY

_FOREVER: Final = 2**40
"""A time behind all deadlines, in seconds."""

_SHOWN: Final = (
    What.OPENED,
    What.COMPLAINED,
    What.ANSWERED,
    What.DECIDED,
    What.MEASURE,
    What.APPEALED,
    What.JUDGED,
    What.WAITS,
    What.RESTS,
)
"""What is shown by days or weeks."""

_WAITING: Final = (What.WAITS, What.RESTS)


class Window(NamedTuple):
    """Some days or weeks in a row: so many of so many seconds each, from a midnight on, of UTC."""

    begins: int
    size: int
    buckets: int

    @property
    def ends(self) -> int:
        """When the last one is over."""
        return self.begins + self.size * self.buckets

    @property
    def weekly(self) -> bool:
        """Whether each is a week."""
        return self.size == WEEK

    def bucket(self, day: int) -> int:
        """Return the number of the one that a day is in."""
        return (day * DAY - self.begins) // self.size

    def times(self) -> list[int]:
        """Return when each begins."""
        return [self.begins + number * self.size for number in range(self.buckets)]


def window(now: int, size: int, buckets: int) -> Window:
    """Return the last days or weeks, today included."""
    midnight = now - now % DAY + DAY
    return Window(midnight - size * buckets, size, buckets)


Series = Mapping[str, Sequence[int]]
"""How often each word was counted, by days or weeks; a word that never was is not there."""


class Trends(NamedTuple):
    """How work goes in a window.

    `waiting` is how many cases waited at the end of each day or week: for now in the last. `reported` is how
    many orders were first reported on in time and how many late, `overdue` are those whose deadline is over
    without a report, `due` those whose is to come; None where orders are not there for who asks.
    """

    window: Window
    series: Mapping[What, Series]
    measures: Mapping[str, Mapping[str, int]]
    """How often each kind of measure was decided on, by the provision that was cited."""
    times: Sequence[Times | None]
    overall: Times | None
    waiting: Sequence[int]
    reported: Mapping[str, int] | None = None
    overdue: int | None = None
    due: int | None = None

    def of(self, what: What) -> Series:
        """Return how often things were counted."""
        return self.series.get(what, {})

    def total(self, what: What, word: str | None = None) -> int:
        """Return how often something was counted in all of the window; of all words where none is given."""
        found = self.of(what)
        return sum(sum(values) for name, values in found.items() if word in (None, name))


def trends(cases: Cases, now: int, chosen: Window, hosts: Collection[str] | None, *, orders: bool) -> Trends:
    """Return how work goes, by what is counted: no case is read for it.

    `hosts` are those of which anything is there; of orders nothing is told without `orders`.
    """
    within = Asked(whats=_SHOWN, since=chosen.begins, until=chosen.ends, hosts=hosts)
    tallies = cases.tallies(within)
    decided = replace(within, whats=(What.DECIDED,))
    times = {one.span: one for one in cases.times(decided, chosen.size)}
    overall = cases.times(decided, chosen.size * chosen.buckets)
    before = cases.totals(Asked(whats=_WAITING, since=0, until=chosen.begins, hosts=hosts))
    found = Trends(
        chosen,
        _series(tallies, chosen),
        _measures(tallies),
        [times.get(number) for number in range(chosen.buckets)],
        overall[0] if overall else None,
        _waiting(before, tallies, chosen),
    )
    if not orders:
        return found
    reports = cases.totals(replace(within, whats=(What.REPORTED,)), once=True)
    return found._replace(
        reported={one.word: one.times for one in reports},
        overdue=_due(cases, 0, now, hosts),
        due=_due(cases, now, _FOREVER, hosts),
    )


def _series(tallies: Sequence[Tally], chosen: Window) -> dict[What, dict[str, list[int]]]:
    """Return how often each word was counted in each bucket."""
    found: dict[What, dict[str, list[int]]] = {}
    for one in tallies:
        values = found.setdefault(one.what, {}).setdefault(one.word, [0] * chosen.buckets)
        values[chosen.bucket(one.day)] += one.times
    return found


def _measures(tallies: Sequence[Tally]) -> dict[str, Counter[str]]:
    """Return how often each kind of measure was decided on, by provision, the most cited first."""
    found: dict[str, Counter[str]] = {}
    for one in tallies:
        if one.what is What.MEASURE:
            found.setdefault(one.under, Counter())[one.word] += one.times
    return dict(sorted(found.items(), key=lambda each: (-each[1].total(), each[0])))


def _waiting(before: Sequence[Total], tallies: Sequence[Tally], chosen: Window) -> list[int]:
    """Return how many cases waited at the end of each bucket: what began before it, less what was over."""
    change = Counter[int]()
    for one in tallies:
        change[chosen.bucket(one.day)] += _sign(one.what) * one.times
    waits = sum(_sign(one.what) * one.times for one in before)
    found: list[int] = []
    for number in range(chosen.buckets):
        waits += change[number]
        found.append(waits)
    return found


def _sign(what: What) -> int:
    """Return 1 for what waits from then on, -1 for what does no more, 0 for anything else."""
    return {What.WAITS: 1, What.RESTS: -1}.get(what, 0)


def _due(cases: Cases, since: int, until: int, hosts: Collection[str] | None) -> int:
    """Return how many orders without a report have their deadline between two times."""
    asked = Asked(whats=(What.DUE,), since=since, until=until, hosts=hosts)
    return sum(one.times for one in cases.totals(asked, once=True))
