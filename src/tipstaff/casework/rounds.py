"""What comes of a case by the clock alone: it is read back, and its texts are erased. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tipstaff.casework.awaited import waits_until
from tipstaff.casework.case import Carrying, Case
from tipstaff.casework.erasure import kept_until
from tipstaff.casework.events import EffectState
from tipstaff.casework.owed import attention
from tipstaff.casework.words import Direction
from tipstaff.ledger.table import Table

_HOUR: Final = 3600

SHOWN_LATE: Final = _HOUR
"""Seconds in which a host shows what it has done without an answer: the longest between two attempts."""


def next_look(case: Case, now: int, table: Table, days: int, hours: int) -> int | None:
    """Return when a case is looked at if nothing happens till then: 0 where it owes something by `now`.

    Its texts are erased `days` after it was settled, and its measures read back every so many `hours`, never
    where these are 0; but once more what a host may show late. What waits for a second person is looked at
    when its own time is over: it waits no longer. None where nobody has to look.
    """
    times = (
        attention(case, now, table),
        waits_until(case, table, now),
        erased_from(case, days, table),
        _next_check(case, now, hours),
        *(one.read_at + SHOWN_LATE for one in shown_late(case)),
    )
    return min((time for time in times if time is not None), default=None)


def erased_from(case: Case, days: int, table: Table) -> int | None:
    """Return from when on the texts of a case are erased; None while they are needed, or it has none."""
    return kept_until(case, days, table) if case.texts else None


def standing(case: Case) -> Iterator[Carrying]:
    """Yield what was done and not undone: measures in force, and the ends of those that are over.

    So is what could not be done, for there was nothing any more to do it to: that may come back.
    """
    return (one for one in _stated(case) if one.rests and not case.has_ended(one))


def shown_late(case: Case) -> Iterator[Carrying]:
    """Yield the ends of measures that were never seen in force, until those were twice seen not to be.

    The host may have been asked for the measure and have given no answer: then it may show it yet.
    """
    seen = {
        one.said.where for one in case.carryings if one.said.direction is Direction.APPLY and one.was_done
    }
    for one in _stated(case):
        lifted = one.said.direction is Direction.LIFT and one.done and not one.gone
        twice = [effect.state for effect in one.effects[-2:]] == [EffectState.LIFTED] * 2
        if lifted and not twice and one.said.where not in seen:
            yield one


def _stated(case: Case) -> Iterator[Carrying]:
    """Yield the measures that the ledger has not refused: nothing can be stated of those."""
    return (one for one in case.carryings if one.entry not in case.refused)


def _next_check(case: Case, now: int, hours: int) -> int | None:
    """Return when the measures of a case are read back: at fixed times after it was opened."""
    if hours == 0 or not any(standing(case)):
        return None
    step = hours * _HOUR
    return case.opened_at + ((now - case.opened_at) // step + 1) * step
