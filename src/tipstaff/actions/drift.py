"""Drift: what was carried out, and is no longer so on its host. It is stated, and done again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple

from tipstaff.actions.cases import Delivery, MovedError
from tipstaff.actions.deliver import measure_name
from tipstaff.actions.desk import PLATFORM, Desk
from tipstaff.actions.host import HostError
from tipstaff.actions.trouble import Trouble
from tipstaff.base.errors import InputError
from tipstaff.base.logs import log_event
from tipstaff.casework.case import Carrying, Case
from tipstaff.casework.events import EffectState, EffectStated
from tipstaff.casework.rounds import standing
from tipstaff.casework.words import Direction

REPAIRS: Final = 3
"""How often a measure is carried out again before somebody has to look at its host."""


class Checked(NamedTuple):
    """How many measures and ends of measures were read back, how many had drifted, and what went wrong."""

    read: int
    drifted: int
    trouble: tuple[str, ...]


class ReadBack(NamedTuple):
    """How much of a case was read back, and what of it has drifted and is done again."""

    read: int
    drifted: list[Carrying]


def check(desk: Desk, tell: Callable[[int, int], None] = lambda _done, _of: None) -> Checked:
    """Read back all that was carried out; what has drifted is stated, and owed in another round.

    What was repaired `REPAIRS` times and has drifted again is told instead, as is a host that is away. `tell`
    is told how many cases of how many are done.
    """
    read, drifted, trouble = 0, 0, list[Trouble]()
    numbers = desk.cases.measured()
    for place, number in enumerate(numbers, start=1):
        case = desk.cases.load(number)
        found = read_back(desk, case, trouble)
        read += found.read
        if found.drifted:
            with suppress(MovedError):  # something has come of it meanwhile: the next check looks again
                drifted += state_drift(desk, case, found.drifted)
        tell(place, len(numbers))
    for one in trouble:
        log_event(logging.ERROR, "trouble", about=one.about, reason=one.reason)
    return Checked(read, drifted, tuple(map(str, trouble)))


def read_back(desk: Desk, case: Case, trouble: list[Trouble]) -> ReadBack:
    """Read back what was carried out of a case and not undone; notes what cannot be, or is not repaired."""
    read, drifted = 0, list[Carrying]()
    for carrying in standing(case):
        try:
            stands = _stands(desk, case, carrying)
        except (InputError, HostError) as error:
            trouble.append(Trouble(str(case), str(error)))
            continue
        read += 1
        if not stands and _repairs(carrying) < REPAIRS:
            drifted.append(carrying)
        elif not stands:
            told = f"{_told(case, carrying)}, although it was repaired {REPAIRS} times"
            trouble.append(Trouble(str(case), told))
    return ReadBack(read, drifted)


def _stands(desk: Desk, case: Case, carrying: Carrying) -> bool:
    """Say whether the host is as the statement says."""
    decision, said = case.carried_out(carrying), carrying.said
    measures = desk.host(case.subject).read_back(decision.target(case.subject, said.target)).measures
    in_force = measures.get(measure_name(decision, said)) is decision.planned(said.measure).kind
    return in_force is (said.direction is Direction.APPLY)


def _repairs(carrying: Carrying) -> int:
    """Count how often it has drifted before."""
    return sum(effect.state is EffectState.DRIFTED for effect in carrying.effects)


def _told(case: Case, carrying: Carrying) -> str:
    """Say what has drifted."""
    decision, said = case.carried_out(carrying), carrying.said
    kind = decision.planned(said.measure).kind
    on = decision.target(case.subject, said.target).post or case.subject
    if said.direction is Direction.APPLY:
        return f"{kind} on {on} is in force no longer"
    return f"{kind} on {on} is in force again"


def state_drift(desk: Desk, case: Case, drifted: list[Carrying]) -> int:
    """State what has drifted, and owe it again; returns how much that is.

    Where nothing has, it is kept when the case is next looked at. Raises `MovedError`.
    """
    events, again = [], []
    for carrying in drifted:
        last = carrying.effects[-1].round
        events.append(EffectStated(carrying.entry, last + 1, EffectState.DRIFTED, _told(case, carrying)))
        again.append(Delivery(case.number, carrying.entry, last + 2, desk.clock()))
    desk.record(case, PLATFORM, events, again=again)
    for event in events:
        measure = event.measure.hex()
        log_event(
            logging.WARNING, "drifted", dossier=case.number, measure=measure, round=event.round,
            reason=event.detail,
        )  # fmt: skip
    return len(drifted)
