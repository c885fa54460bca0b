"""How work goes: what came in, how long it took, what was done and what came of it, in days or weeks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from tipstaff.actions.cases import Cases
from tipstaff.casework.counts import Asked, Tally, Times, What

DAY: Final = 86_400
WEEK: Final = 7 * DAY

_FOREVER: Final = 2**53
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
    What.REPORTED,
)
"""What is shown by days or weeks."""


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

    `waiting` is how many cases waited at the end of each day or week: for now in the last. `overdue` are the
    orders whose deadline is over without a report, `due` those whose is to come; None where orders are not
    there for who asks.
    """

    window: Window
    series: Mapping[What, Series]
    measures: Mapping[str, Mapping[str, int]]
    """How often each kind of measure was decided on, by the provision that was cited."""
    times: Sequence[Times | None]
    overall: Times | None
    waiting: Sequence[int]
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
    whats = _SHOWN if orders else _SHOWN[:-1]
    within = Asked(whats=whats, since=chosen.begins, until=chosen.ends, size=chosen.size, hosts=hosts)
    tallies = cases.tallies(within)
    whole = chosen.size * chosen.buckets
    first = Asked(
        whats=(What.DECIDED,), since=chosen.begins, until=chosen.ends, size=chosen.size, hosts=hosts
    )
    times = {one.bucket: one for one in cases.times(first)}
    overall = cases.times(
        Asked(whats=first.whats, since=first.since, until=first.until, size=whole, hosts=hosts)
    )
    found = Trends(
        chosen,
        _series(tallies, chosen),
        _measures(tallies),
        [times.get(number) for number in range(chosen.buckets)],
        overall[0] if overall else None,
        _waiting(cases, tallies, chosen, hosts),
    )
    if not orders:
        return found
    overdue = _due(cases, 0, now, hosts)
    return found._replace(overdue=overdue, due=_due(cases, now, _FOREVER, hosts))


def _series(tallies: Sequence[Tally], chosen: Window) -> dict[What, dict[str, list[int]]]:
    """Return how often each word was counted in each bucket."""
    found: dict[What, dict[str, list[int]]] = {}
    for one in tallies:
        values = found.setdefault(one.what, {}).setdefault(one.word, [0] * chosen.buckets)
        # An order is counted once for each host that it is about: there alone, orders are.
        values[one.bucket] += one.dossiers if one.what is What.REPORTED else one.times
    return found


def _measures(tallies: Sequence[Tally]) -> dict[str, Counter[str]]:
    """Return how often each kind of measure was decided on, by provision, the most cited first."""
    found: dict[str, Counter[str]] = {}
    for one in tallies:
        if one.what is What.MEASURE:
            found.setdefault(one.under, Counter())[one.word] += one.times
    return dict(sorted(found.items(), key=lambda each: (-each[1].total(), each[0])))


def _waiting(
    cases: Cases, tallies: Sequence[Tally], chosen: Window, hosts: Collection[str] | None
) -> list[int]:
    """Return how many cases waited at the end of each bucket: what began before it, less what was over."""
    size = max(chosen.begins, 1)
    before = cases.tallies(
        Asked(whats=(What.WAITS, What.RESTS), since=0, until=chosen.begins, size=size, hosts=hosts)
    )
    change = Counter[int]()
    for one in tallies:
        change[one.bucket] += _sign(one) * one.times
    waits = sum(_sign(one) * one.times for one in before)
    found: list[int] = []
    for number in range(chosen.buckets):
        waits += change[number]
        found.append(waits)
    return found


def _sign(one: Tally) -> int:
    """Return 1 for what waits from then on, -1 for what does no more, 0 for anything else."""
    return {What.WAITS: 1, What.RESTS: -1}.get(one.what, 0)


def _due(cases: Cases, since: int, until: int, hosts: Collection[str] | None) -> int:
    """Return how many orders without a report have their deadline between two times."""
    asked = Asked(whats=(What.DUE,), since=since, until=until, size=_FOREVER, hosts=hosts)
    return sum(one.dossiers for one in cases.tallies(asked))
