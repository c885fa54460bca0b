"""All that has happened in a case, in lines: what came at once, of one kind and by one actor, is one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from tipstaff.casework.case import Case
from tipstaff.casework.events import (
    Answered,
    AnyEvent,
    Appealed,
    Complained,
    Confirmed,
    Decided,
    EffectStated,
    Erased,
    Found,
    Logged,
    MeasureStated,
    Noticed,
    Opened,
    OpinionAsked,
    OrderChanged,
    Ordered,
    Proposed,
    Recorded,
    Refused,
    Ruled,
    Suspected,
    TakenBack,
)
from tipstaff.casework.words import Direction

_CARRIED: Final = (MeasureStated, EffectStated, Noticed)
"""What the platform does of a decision, post by post."""

_HOUR: Final = 3600


class Word(NamedTuple):
    """A value, and the kind of word that it is on pages; none where it is shown as it is."""

    value: str
    kind: str = ""


class Line(NamedTuple):
    """What has happened, when, by whom, so many `times` at once; `entry` is that of its statement."""

    at: int
    by: str
    what: str
    words: tuple[Word, ...]
    times: int
    entry: str
    position: int | None


def lines_of(case: Case, events: Sequence[Recorded], titles: Mapping[str, str]) -> list[Line]:
    """Return what has happened, the newest first; rules are told by their `titles`.

    That a statement has come on the ledger is told with what it states.
    """
    told = (one for one in events if not isinstance(one.event, Logged))
    runs = groupby(
        told, key=lambda one: isinstance(one.event, _CARRIED) or (one.at, one.actor, _kind(one.event))
    )
    return [line for _, run in runs for line in _lines(case, [*run], titles)][::-1]


def _lines(case: Case, run: Sequence[Recorded], titles: Mapping[str, str]) -> Iterator[Line]:
    """Yield a run of events in a line for each kind; what is carried out comes post by post, and mixed."""
    by_kind: dict[tuple[str, int], list[Recorded]] = {}
    for one in run:
        by_kind.setdefault((_kind(one.event), one.at // _HOUR), []).append(one)
    yield from (_line(case, those, titles) for those in by_kind.values())


def _kind(event: AnyEvent) -> str:
    """Return the kind of an event; that a measure begins and that it ends are two."""
    kind = type(event).__name__.lower()
    if isinstance(event, MeasureStated):
        return kind if event.direction is Direction.APPLY else "lifted"
    return f"{kind} {event.state}" if isinstance(event, EffectStated) else kind


def _line(case: Case, events: Sequence[Recorded], titles: Mapping[str, str]) -> Line:
    """Return events of one kind in one line."""
    first = events[0]
    words = dict.fromkeys(word for one in events for word in _words(case, one.event, titles))
    entry = first.entry if len(events) == 1 else None
    return Line(
        first.at,
        first.actor,
        _kind(first.event).partition(" ")[0],
        tuple(words),
        len(events),
        entry.hex() if entry else "",
        case.logged.get(entry) if entry else None,
    )


def _words(case: Case, event: AnyEvent, titles: Mapping[str, str]) -> Iterator[Word]:  # noqa: C901, PLR0912  one arm each
    """Yield what is to be told of an event beside its kind."""
    match event:
        case Opened():
            yield Word(event.source.value, "source")
        case Found():
            yield Word(titles.get(event.rule, event.rule))
        case Complained():
            yield Word(event.reason.value, "reason")
        case Answered():
            yield Word(event.outcome.value, "outcome")
        case Ordered():
            yield Word(f"{event.authority} {event.reference}")
        case OrderChanged():
            yield Word(event.change.value, "orderchange")
        case Suspected():
            yield from (Word(kind.value, "trace") for kind in event.shared)
        case OpinionAsked():
            yield Word(event.of)
        case Proposed():
            yield from (Word(kind.value, "measure") for kind in event.measures)
        case Decided():
            yield from (Word(one.kind.value, "measure") for one in event.measures)
        case TakenBack(number):
            yield Word(f"№ {number}")
        case Confirmed():
            yield Word(event.what.value, "signed")
        case MeasureStated():
            decision = case.decision(event.decision)
            if decision:
                yield Word(decision.planned(event.measure).kind.value, "measure")
        case EffectStated():
            yield Word(event.state.value, "seen")
        case Appealed(number):
            yield Word(f"№ {number}")
        case Ruled():
            yield Word(event.result.value, "result")
        case Noticed():
            known = event.audience in ("account", "readers", "authority")
            yield Word(event.audience if known else "complainant", "hearer")
        case Erased():
            yield Word(str(event.count))
        case Refused():
            yield Word(event.reason)
        case _:
            pass
