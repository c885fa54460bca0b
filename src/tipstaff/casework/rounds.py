"""What comes of a case by the clock alone: it is read back, and its texts are erased. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from tipstaff.casework.case import Carrying, Case
from tipstaff.casework.erasure import kept_until
from tipstaff.casework.owed import attention
from tipstaff.ledger.table import Table

_HOUR = 3600


def next_look(case: Case, now: int, table: Table, days: int, hours: int) -> int | None:
    """Return when a case is looked at if nothing happens till then: 0 where it owes something by `now`.

    Its texts are erased `days` after it was settled, and its measures read back every so many `hours`, never
    where these are 0. None where nobody has to look.
    """
    times = (attention(case, now, table), erased_from(case, days), _next_check(case, now, hours))
    return min((time for time in times if time is not None), default=None)


def erased_from(case: Case, days: int) -> int | None:
    """Return from when on the texts of a case are erased; None while they are needed, or it has none."""
    return kept_until(case, days) if case.texts else None


def standing(case: Case) -> Iterator[Carrying]:
    """Yield what was done and not undone: measures in force, and the ends of those that are over."""
    return (one for one in case.carryings if one.done and not case.has_ended(one))


def _next_check(case: Case, now: int, hours: int) -> int | None:
    """Return when the measures of a case are read back: at fixed times after it was opened."""
    if hours == 0 or not any(standing(case)):
        return None
    step = hours * _HOUR
    return case.opened_at + ((now - case.opened_at) // step + 1) * step
