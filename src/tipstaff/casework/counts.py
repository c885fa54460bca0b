"""What of cases and orders is counted: by rule, provision, source and result, and when. Pure.

It is kept beside the events, a row for each, so that no chart builds a case. What rests on a statement that
is taken back, or that the ledger refuses, is counted no more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from tipstaff.casework.case import MACHINE, Case, Decision, Stage
from tipstaff.casework.events import (
    Answered,
    Appealed,
    Complained,
    Confirmed,
    Decided,
    Found,
    Opened,
    Recorded,
    Refused,
    Result,
    Ruled,
    TakenBack,
)
from tipstaff.casework.evolve import build, evolve
from tipstaff.casework.orders.order import Order
from tipstaff.casework.words import Signed

DAY: Final = 86_400


class What(StrEnum):
    """What is counted."""

    OPENED = "opened"
    """A case was opened; the word is its source."""
    WAITS = "waits"
    """From then on somebody has to decide or to judge in a case."""
    RESTS = "rests"
    """From then on nobody has to any more."""
    FOUND = "found"
    """A rule was found to be broken by a post; the word is the rule."""
    COMPLAINED = "complained"
    """Somebody complained; the word is the reason."""
    ANSWERED = "answered"
    """A complaint was answered; the word is the outcome."""
    DECIDED = "decided"
    """A person decided; the word is whether measures were taken. The first time in a case it took seconds."""
    MEASURE = "measure"
    """A measure was decided on, by a person or a machine; the word is its kind."""
    BORNE_OUT = "borne out"
    """A decision that takes measures follows on what a rule had found; the word is the rule."""
    DISMISSED = "dismissed"
    """A decision that takes none does."""
    REVERSED = "reversed"
    """An appeal has reversed a decision that had borne a rule out."""
    APPEALED = "appealed"
    """A subject objected to a decision."""
    JUDGED = "judged"
    """What came of an appeal was settled; the word is its result."""
    REPORTED = "reported"
    """What was done about an order was first reported; the word is whether that was in time."""
    DUE = "due"
    """An order has no report yet, and its deadline is then."""


TAKEN: Final = "taken"
NOTHING: Final = "nothing"
"""The words for decisions: with measures, and without."""

IN_TIME: Final = "in time"
LATE: Final = "late"
"""The words for reports: before the deadline, and after it."""

_DONE: Final = (Stage.DECIDED, Stage.CLOSED)
"""Where nothing is left to decide or to judge."""


class Counted(msgspec.Struct, frozen=True):
    """One thing that is counted: number `place` of those that an event of a case, `number`, is counted as.

    `under` is the version of the policy that a rule is of, or the provision that is cited. `seconds` is how
    long it took. `entry` is the statement that it rests on.
    """

    number: int
    place: int
    what: What
    at: int
    host: str
    word: str = ""
    under: str = ""
    seconds: int | None = None
    entry: bytes | None = None

    @property
    def day(self) -> int:
        """The day on which it was, by its number since 1970, in UTC."""
        return self.at // DAY


class Counting(NamedTuple):
    """What some events add to what is counted, and the statements of which nothing counts any more."""

    added: list[Counted]
    gone: list[bytes]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of what was counted: from `since` on and before `until`.

    `hosts` are those of which anything is there; None for all.
    """

    whats: tuple[What, ...]
    since: int
    until: int
    hosts: Collection[str] | None = None


class Tally(NamedTuple):
    """How often something was counted on one day, by its number since 1970, in UTC."""

    what: What
    day: int
    word: str
    under: str
    times: int


class Total(NamedTuple):
    """How often something was counted in all."""

    what: What
    word: str
    times: int


class Times(NamedTuple):
    """How long it took, of some in one of the spans of time that were asked for, by its number.

    Half of them took no longer than `median`, nine in ten no longer than `most`.
    """

    span: int
    times: int
    median: int
    most: int


class Hits(NamedTuple):
    """What came of a rule of one version: how many posts it was found in, and what was decided.

    The last three count decisions of persons: a case has several, each about what was found since the one
    before.
    """

    posts: int = 0
    recent_posts: int = 0
    recent_cases: int = 0
    borne_out: int = 0
    dismissed: int = 0
    reversed: int = 0

    @property
    def judged(self) -> int:
        """How often a person has decided on what it had found."""
        return self.borne_out + self.dismissed

    @property
    def false_alarms(self) -> int:
        """How often nothing came of it then: dismissed, or reversed on appeal."""
        return self.dismissed + self.reversed


def counted_in(number: int, events: Iterable[Recorded]) -> list[Counted]:
    """Return all that is counted of a case, from its first event on."""
    return counting(None, number, events).added


def counting(case: Case | None, number: int, events: Iterable[Recorded]) -> Counting:
    """Return what more events of a case add to what is counted of it; there is none yet before the first."""
    added: list[Counted] = []
    gone: list[bytes] = []
    for recorded in events:
        before, case = case, build(number, [recorded]) if case is None else evolve(case, recorded)
        if (left := _gone(before, recorded)) is not None:
            added = [one for one in added if one.entry != left]
            gone.append(left)
        rows = _rows(before, recorded, case)
        added += (
            Counted(case.version, place, what, recorded.at, case.subject.host, word, under, seconds, entry)
            for place, (what, word, under, seconds, entry) in enumerate(rows)
        )
    return Counting(added, gone)


_Row = tuple[What, str, str, int | None, bytes | None]


def _gone(before: Case | None, recorded: Recorded) -> bytes | None:
    """Return the statement of which nothing counts any more after an event."""
    match recorded.event:
        case Refused(entry):
            return entry
        case TakenBack(number) if before and (decision := before.decision(number)):
            return decision.entry
    return None


def _rows(before: Case | None, recorded: Recorded, after: Case) -> Iterator[_Row]:
    """Yield what an event is counted as."""
    event, entry = recorded.event, recorded.entry
    match event:
        case Opened(_, source):
            yield What.OPENED, source, "", None, None
        case Found():
            yield What.FOUND, event.rule, _version(event), None, None
        case Complained(_, reason):
            yield What.COMPLAINED, reason, "", None, None
        case Answered(number, outcome) if complaint := after.complaint(number):
            yield What.ANSWERED, outcome, "", recorded.at - complaint.at, None
        case Decided():
            yield from _of_decision(after, after.decisions[-1])
        case Appealed():
            yield What.APPEALED, "", "", None, entry
        case Ruled(number, second_person=False) | Confirmed(number, Signed.RESULT):
            yield from _of_result(after, number, entry)
    waited, waits = before is not None and before.stage not in _DONE, after.stage not in _DONE
    if waits is not waited:
        yield What.WAITS if waits else What.RESTS, "", "", None, None


def _of_decision(case: Case, decision: Decision) -> Iterator[_Row]:
    """Yield what a decision is counted as."""
    said, entry = decision.said, decision.entry
    for measure in said.measures:
        yield What.MEASURE, measure.kind, said.provision, None, entry
    if decision.by == MACHINE:
        return
    earlier = [one for one in case.decisions if one is not decision and case.by_person(one)]
    seconds = None if earlier else decision.at - case.opened_at
    yield What.DECIDED, TAKEN if said.measures else NOTHING, said.provision, seconds, entry
    what = What.BORNE_OUT if said.measures else What.DISMISSED
    yield from ((what, rule, version, None, entry) for rule, version in _rules(case, decision))


def _of_result(case: Case, number: int, entry: bytes | None) -> Iterator[_Row]:
    """Yield what the result of an appeal is counted as, once it is settled."""
    decision = case.decision(number)
    if decision is None or decision.appeal is None or (result := decision.appeal.settled) is None:
        return
    yield What.JUDGED, result, decision.said.provision, None, entry
    if result is Result.REVERSED and decision.said.measures:
        for rule, version in _rules(case, decision):
            yield What.REVERSED, rule, version, None, entry


def _rules(case: Case, decision: Decision) -> Iterable[tuple[str, str]]:
    """Return the rules that a person's decision is about: found since the one before it, with versions."""
    earlier = (
        one.found for one in case.decisions if case.by_person(one) and one.said.number < decision.said.number
    )
    fresh = case.found[max(earlier, default=0) : decision.found]
    return dict.fromkeys((one.rule, _version(one)) for one in fresh)


def _version(found: Found) -> str:
    """Return NAME@VERSION of the policy of a finding."""
    return found.policy.partition("+")[0]


def counted_of_order(order: Order) -> list[Counted]:
    """Return what is counted of an order as it stands: once for each host that it is about."""
    if not order.confirmed or order.given_up:
        return []
    deadline = order.terms.deadline
    if order.reports:
        at = order.reports[0].at
        what, word = What.REPORTED, IN_TIME if at <= deadline else LATE
    elif order.ended:
        return []
    else:
        what, at, word = What.DUE, deadline, ""
    hosts = sorted({subject.host for subject in order.subjects})
    return [Counted(0, place, what, at, host, word) for place, host in enumerate(hosts)]
