"""By what cases are listed: when each came in, moved forward by what makes it urgent. Pure.

That is a time, and the same one whenever it is asked for: so nothing is written anew because time goes by,
and whatever waits long enough comes first in the end. A deadline is a time as well: the nearer it is, the
longer is a case listed as having waited.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

DAY: Final = 86_400

SEVERITY: Final = (0, 0, DAY, 3 * DAY, 7 * DAY, 14 * DAY)
"""How far a severity from 0 to 5 moves a case forward, in seconds."""

FOLLOWERS: Final = ((1_000_000, 7 * DAY), (100_000, 4 * DAY), (10_000, 2 * DAY), (1_000, DAY))
"""From how many followers on a case is moved forward how far: the first of these that it has."""

COMPLAINT: Final = DAY // 2
"""How far each complaint without an answer moves a case forward."""

MOST_COMPLAINTS: Final = 10
"""How many complaints count: no crowd moves a case before all others."""

LEAD: Final = 30 * DAY
"""What is due now is listed as if it had waited for so long."""

TIER: Final = 10**11
"""More than any time in seconds: what was escalated comes before the rest, and what is decided after it."""

PENDING_ABOVE: Final = TIER // 2
"""Where the ranks of all cases are in which something is to be decided, or will be after a hearing."""


class Why(StrEnum):
    """What moves a case forward."""

    ESCALATED = "escalated"
    DEADLINE = "deadline"
    SEVERITY = "severity"
    FOLLOWERS = "followers"
    COMPLAINTS = "complaints"
    WAITING = "waiting"


class Weight(NamedTuple):
    """One of the reasons why a case is where it is: its value, and the seconds that it is worth.

    The value of a deadline is that time, that of waiting is since when.
    """

    why: Why
    value: int
    seconds: int


class Urgency(NamedTuple):
    """What the rank of a case follows from; `to_decide` says whether somebody has to decide, now or later."""

    since: int
    severity: int
    followers: int
    complaints: int
    due: int | None
    escalated: bool
    to_decide: bool


def rank(of: Urgency) -> int:
    """Return what a case is listed by, the greatest first."""
    turn = sum(one.seconds for one in _moving(of)) - of.since
    if of.due is not None:
        turn = max(turn, LEAD - of.due)
    return turn + TIER * (2 if of.escalated else int(of.to_decide))


def weights(of: Urgency, now: int) -> list[Weight]:
    """Return why a case is where it is at a time, in seconds: the weightiest first.

    Of a deadline and all the rest it is the greater one that counts, and that comes first.
    """
    waiting = [Weight(Why.WAITING, of.since, max(0, now - of.since))] if of.to_decide else []
    moving = [*_moving(of), *waiting]
    moving.sort(key=lambda one: -one.seconds)
    if of.due is not None:
        due = Weight(Why.DEADLINE, of.due, max(0, LEAD - (of.due - now)))
        first = due.seconds >= sum(one.seconds for one in moving)
        moving = [due, *moving] if first else [*moving, due]
    return [Weight(Why.ESCALATED, 1, TIER), *moving] if of.escalated else moving


def _moving(of: Urgency) -> Iterator[Weight]:
    """Yield what moves a case forward, but for its deadline and for how long it waits."""
    if of.severity:
        yield Weight(Why.SEVERITY, of.severity, SEVERITY[min(of.severity, len(SEVERITY) - 1)])
    if worth := next((seconds for least, seconds in FOLLOWERS if of.followers >= least), 0):
        yield Weight(Why.FOLLOWERS, of.followers, worth)
    if of.complaints:
        counted = min(of.complaints, MOST_COMPLAINTS)
        yield Weight(Why.COMPLAINTS, of.complaints, counted * COMPLAINT)
