"""Strikes: those that an account has, when they expire, and the rung of the ladder that comes next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from tipstaff.casework.case import Case
from tipstaff.casework.commands import Asked, Decide
from tipstaff.casework.errors import CaseError
from tipstaff.casework.lapses import stands
from tipstaff.casework.words import MeasureKind, SubjectKind
from tipstaff.ledger.table import Table

if TYPE_CHECKING:
    from tipstaff.policy.model import Rung

_DAY: Final = 86_400

_GRAVITY: Final = (
    MeasureKind.WARN,
    MeasureKind.HOLD_CONTENT,
    MeasureKind.BLOCK_CONTENT,
    MeasureKind.RESTRICT_POSTING,
    MeasureKind.SUSPEND_UPDATES,
    MeasureKind.CLOSE_ACCOUNT,
    MeasureKind.SUSPEND_APP,
    MeasureKind.BLOCK_LINKS,
)
"""Kinds of measure on an account, the graver ones behind; on apps and sites there is no ladder."""


class Strike(msgspec.Struct, frozen=True):
    """A decision that counts against an account until a time, in seconds."""

    decision: int
    at: int
    expires: int


def strikes(case: Case, ladder: Sequence[Rung], now: int, table: Table) -> list[Strike]:
    """Return the strikes that are alive: decisions of persons that order something, and were not undone.

    One of which nothing begins any more, for nobody has confirmed it, orders nothing.

    How long one lives is what the ladder says of the rung that was reached by it.
    """
    alive: list[Strike] = []
    for decision in case.decisions:
        if not stands(case, decision, table, now):
            continue
        before = [strike for strike in alive if strike.expires > decision.at]
        days = max((rung.expires_days for rung in rungs_reached(ladder, len(before) + 1)), default=0)
        alive.append(Strike(decision.said.number, decision.at, decision.at + days * _DAY))
    return [strike for strike in alive if strike.expires > now]


def next_measures(
    case: Case, ladder: Sequence[Rung], posts: tuple[str, ...], now: int, table: Table
) -> list[Asked]:
    """Return what the ladder has for the next decision, if it is about these posts."""
    rungs = rungs_reached(ladder, len(strikes(case, ladder, now, table)) + 1)
    return [
        Asked(
            kind := MeasureKind(rung.measure.value),
            posts if kind is MeasureKind.BLOCK_CONTENT else (),
            until=now + rung.days * _DAY if rung.days else None,
        )
        for rung in rungs
    ]


def check_rungs(case: Case, ladder: Sequence[Rung], command: Decide, now: int, table: Table) -> None:
    """Refuse what lies above the next rung, unless an order or grave harm is why. Raises `CaseError`.

    Below it anything may be decided: a person may be milder than the ladder. It is for accounts alone.
    """
    excused = command.order is not None or command.skips_for or command.waived_for
    if excused or not ladder or case.subject.kind is not SubjectKind.ACCOUNT:
        return
    rungs = rungs_reached(ladder, len(strikes(case, ladder, now, table)) + 1)
    for asked in command.measures:
        if not any(_is_within(asked, rung, now) for rung in rungs):
            next_ones = ", ".join(
                f"{rung.measure} for {rung.days} days" if rung.days else str(rung.measure) for rung in rungs
            )
            raise CaseError(
                f"{asked.kind} skips rungs: the ladder has {next_ones} next. Decide on that, or say why "
                "rungs are skipped (`--skip-rungs` order or grave_harm)"
            )


def _is_within(asked: Asked, rung: Rung, now: int) -> bool:
    """Say whether a measure is no graver than a rung, and no longer where it is the same."""
    kind = MeasureKind(rung.measure.value)
    if asked.kind is not kind:
        return _GRAVITY.index(asked.kind) < _GRAVITY.index(kind)
    begins = max(now, asked.start or 0)
    return not rung.days or (asked.until is not None and asked.until <= begins + rung.days * _DAY)


def rungs_reached(ladder: Sequence[Rung], count: int) -> list[Rung]:
    """Return the rungs that so many strikes have reached: the highest of them."""
    reached = max((rung.strikes for rung in ladder if rung.strikes <= count), default=0)
    return [rung for rung in ladder if rung.strikes == reached]
