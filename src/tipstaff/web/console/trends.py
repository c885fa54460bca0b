"""How work goes, on one page: what came in, how long it took, what was done, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Final, NamedTuple

from litestar import Response, get
from litestar.params import QueryParameter

from tipstaff.actions.access.front import Front
from tipstaff.actions.policies import State
from tipstaff.actions.trends import WEEK, Trends
from tipstaff.casework.counts import DAY, IN_TIME, LATE, NOTHING, TAKEN, What
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Outcome, Reason, Result, Source
from tipstaff.casework.words import MeasureKind
from tipstaff.policy.citations import citation
from tipstaff.policy.model import Language
from tipstaff.web.console.charts import Chart, Part, level, lines, stacked
from tipstaff.web.parameters import Asking
from tipstaff.web.view import Looking

_PERIODS: Final[Mapping[str, tuple[int, int]]] = {
    "7": (DAY, 7),
    "30": (DAY, 30),
    "90": (WEEK, 13),
    "365": (WEEK, 52),
}
"""The days or weeks that are shown, by the days that somebody asks for."""

_FEW: Final = 5
"""Decisions of which no median is told."""

_HOUR: Final = 3600

Days = Annotated[str, QueryParameter(pattern="^(7|30|90|365)$")]


class Panel(NamedTuple):
    """A chart with its series: `words` are what they are called, by `kind`; `values` what they are."""

    kind: str
    words: tuple[str, ...]
    values: Sequence[Sequence[int]]
    chart: Chart

    @property
    def totals(self) -> list[int]:
        """How much each series comes to."""
        return [sum(one) for one in self.values]

    @property
    def total(self) -> int:
        """How much all come to."""
        return sum(self.totals)

    @property
    def peak(self) -> int:
        """In which bucket most was counted, the first of these."""
        sums = [sum(one[place] for one in self.values) for place in range(len(self.values[0]))]
        return max(range(len(sums)), key=sums.__getitem__)


class Shares(NamedTuple):
    """What became of some things, as parts of one level bar: `words` are what it is called, by `kind`."""

    kind: str
    words: tuple[str, ...]
    totals: list[int]
    parts: list[Part]

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.totals)


class Cited(NamedTuple):
    """The measures that were taken under a provision: how many of each kind, and as parts of a bar."""

    provision: str
    citation: str
    counts: list[tuple[MeasureKind, int]]
    parts: list[Part]

    @property
    def total(self) -> int:
        """How many these were."""
        return sum(count for _, count in self.counts)


class Lasting(NamedTuple):
    """How long it took from the opening of cases to the first decision, in units of so many seconds."""

    unit: int
    chart: Chart
    few: bool


@get("/console/trends", sync_to_thread=True, operation_id="showTrends")
def show_trends(view: Looking, front: Asking, days: Days = "30") -> Response[str]:
    """Show how work goes, in the last days or weeks."""
    found = front.counts.trends(*_PERIODS[days])
    kinds = [kind for kind in MeasureKind if any(kind in each for each in found.measures.values())]
    return view.show(
        "console/trends.html",
        days=days,
        periods=tuple(_PERIODS),
        found=found,
        times=found.window.times(),
        opened=_panel(found, What.OPENED, "source", Source),
        decided=_panel(found, What.DECIDED, "decided", (TAKEN, NOTHING)),
        complained=_panel(found, What.COMPLAINED, "reason", Reason),
        reported=_shares("reported", (IN_TIME, LATE), found.reported or {}),
        answered=_shares("outcome", Outcome, _totals(found, What.ANSWERED)),
        judged=_shares("result", Result, _totals(found, What.JUDGED)),
        appealed=found.total(What.APPEALED),
        waiting=lines([found.waiting]),
        lasting=_lasting(found),
        kinds=kinds,
        kind_totals=[sum(each.get(kind, 0) for each in found.measures.values()) for kind in kinds],
        cited=_cited(found, kinds, _citations(front, view.language)),
    )


def _panel(found: Trends, what: What, kind: str, words: Iterable[str]) -> Panel:
    """Return a chart of what was counted, with a series for each word."""
    series = found.of(what)
    none = [0] * found.window.buckets
    named = tuple(map(str, words))
    values = [series.get(one, none) for one in named]
    return Panel(kind, named, values, stacked(values))


def _totals(found: Trends, what: What) -> dict[str, int]:
    """Return how often each word was counted."""
    return {word: sum(values) for word, values in found.of(what).items()}


def _shares(kind: str, words: Iterable[str], totals: Mapping[str, int]) -> Shares:
    """Return what became of some things, in the order of the words for it."""
    named = tuple(map(str, words))
    counts = [totals.get(one, 0) for one in named]
    return Shares(kind, named, counts, level(counts, sum(counts)))


def _lasting(found: Trends) -> Lasting:
    """Return how long decisions took, in hours where all took less than three days, else in days."""
    greatest = max((one.most for one in found.times if one), default=0)
    unit = _HOUR if greatest < 3 * DAY else DAY
    medians = [None if one is None else -(-one.median // unit) for one in found.times]
    most = [None if one is None else -(-one.most // unit) for one in found.times]
    few = found.overall is None or found.overall.times < _FEW
    return Lasting(unit, lines([medians, most]), few)


def _cited(found: Trends, kinds: Sequence[MeasureKind], citations: Mapping[str, str]) -> list[Cited]:
    """Return the measures by provision, those of the most cited first: bars as long as these are many."""
    greatest = max((sum(each.values()) for each in found.measures.values()), default=0)
    cited: list[Cited] = []
    for provision, by_kind in found.measures.items():
        counts = [by_kind.get(kind, 0) for kind in kinds]
        told = [(kind, count) for kind, count in zip(kinds, counts, strict=True) if count]
        cited.append(Cited(provision, citations.get(provision, ""), told, level(counts, greatest)))
    return cited


def _citations(front: Front, language: Language) -> dict[str, str]:
    """Return how provisions are cited, as the policies have it that are in force or were last."""
    found: dict[str, str] = {}
    stated = sorted(front.policies(), key=lambda one: one.state is State.IN_FORCE)
    for one in stated:
        try:
            policy = front.policy(one.reference)
        except CaseError:  # then its provisions are told by their ids
            continue
        found |= {each.id: citation(each, language) for each in policy.provisions}
    return found
