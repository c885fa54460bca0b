"""Drift: what was carried out, and is no longer so on its host. It is stated, and done again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple

from tipstaff.actions.cases import Delivery, MovedError
from tipstaff.actions.deliver import measure_name
from tipstaff.actions.desk import PLATFORM, Desk
from tipstaff.actions.host import HostError
from tipstaff.base.errors import InputError
from tipstaff.base.logs import log_event
from tipstaff.casework.case import Carrying, Case
from tipstaff.casework.events import EffectState, EffectStated
from tipstaff.casework.words import Direction

REPAIRS: Final = 3
"""How often a measure is carried out again before somebody has to look at its host."""


class Checked(NamedTuple):
    """How many measures and ends of measures were read back, how many had drifted, and what went wrong."""

    read: int
    drifted: int
    trouble: tuple[str, ...]


def check(desk: Desk) -> Checked:
    """Read back all that was carried out; what has drifted is stated, and owed in another round.

    What was repaired `REPAIRS` times and has drifted again is told instead, as is a host that is away.
    """
    read, drifted, trouble = 0, 0, list[str]()
    for number in desk.cases.numbers():
        case = desk.cases.load(number)
        found: list[Carrying] = []
        for carrying in _standing(case):
            try:
                stands = _stands(desk, case, carrying)
            except (InputError, HostError) as error:
                trouble.append(f"{case}: {error}")
                continue
            read += 1
            if not stands and _repairs(carrying) < REPAIRS:
                found.append(carrying)
            elif not stands:
                trouble.append(f"{case}: {_told(case, carrying)}, although it was repaired {REPAIRS} times")
        with suppress(MovedError):  # something has come of it meanwhile: the next check looks again
            drifted += _state(desk, case, found)
    for told in trouble:
        log_event(logging.ERROR, "trouble", reason=told)
    return Checked(read, drifted, tuple(trouble))


def _standing(case: Case) -> Iterator[Carrying]:
    """Yield what was done and not undone: measures in force, and the ends of those that are over."""
    return (one for one in case.carryings if one.done and not case.has_ended(one))


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


def _state(desk: Desk, case: Case, found: list[Carrying]) -> int:
    """State what has drifted, and owe it again; returns how much that is."""
    if not found:
        return 0
    events, again = [], []
    for carrying in found:
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
    return len(found)
