"""Drift: what was carried out, and is no longer so on its host. It is stated, and done again.

What a host has in force more than once has not drifted: it is stated and told, and left as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple

from tipstaff.actions.cases import Delivery, MovedError
from tipstaff.actions.deliver import measure_name, tell_seen, told_gone, told_repeated
from tipstaff.actions.desk import PLATFORM, Desk
from tipstaff.actions.host import Host, HostError
from tipstaff.actions.trouble import Trouble
from tipstaff.base.errors import InputError
from tipstaff.base.logs import log_event
from tipstaff.casework.case import Carrying, Case
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import EffectState, EffectStated
from tipstaff.casework.rounds import SHOWN_LATE, shown_late, standing
from tipstaff.casework.words import Direction

REPAIRS: Final = 3
"""How often a measure is carried out again before somebody has to look at its host."""


class Checked(NamedTuple):
    """How many measures and ends of measures were read back, how many had drifted, and what went wrong.

    `repeated` of them are in force more than once.
    """

    read: int
    drifted: int
    trouble: tuple[str, ...]
    repeated: int = 0


class ReadBack(NamedTuple):
    """How much of a case was read back, what of it is otherwise than before, and how much repeats itself."""

    read: int
    otherwise: list[EffectStated]
    repeated: int


def check(
    desk: Desk,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
    ask: Callable[[], None] = lambda: None,
) -> Checked:
    """Read back all that was carried out; what has drifted is stated, and owed in another round.

    What was repaired `REPAIRS` times and has drifted again is told instead, as is a host that is away. `tell`
    is told how many cases of how many are done. `ask` asks the ledger, before something is stated, whether it
    would take that; where it would not, nothing is stated, and its `LogError` is raised.
    """
    read, drifted, repeated, trouble = 0, 0, 0, list[Trouble]()
    numbers = desk.cases.measured()
    for place, number in enumerate(numbers, start=1):
        case = desk.cases.load(number)
        found = read_back(desk, case, trouble)
        read, repeated = read + found.read, repeated + found.repeated
        if found.otherwise:
            ask()
            with suppress(MovedError):  # something has come of it meanwhile: the next check looks again
                state_drift(desk, case, found.otherwise)
                drifted += sum(one.state is EffectState.DRIFTED for one in found.otherwise)
        tell(place, len(numbers))
    for one in trouble:
        log_event(logging.ERROR, "trouble", about=one.about, reason=one.reason)
    return Checked(read, drifted, tuple(map(str, trouble)), repeated)


def read_back(desk: Desk, case: Case, trouble: list[Trouble]) -> ReadBack:
    """Read back what was carried out of a case and not undone; notes what cannot be, or is not repaired."""
    read, repeated, otherwise = 0, 0, list[EffectStated]()
    late = [one.entry for one in shown_late(case) if one.read_at + SHOWN_LATE <= desk.clock()]
    for carrying in standing(case):
        try:
            host = desk.host(case.subject)
        except CaseError as error:
            trouble.append(Trouble(str(case), str(error)))
            break
        try:
            times = _times(host, case, carrying)
        except HostError as error:
            trouble.append(Trouble(str(case), str(error)))
            continue
        except InputError as error:  # which is said once: what does not exist is not waited for
            read += 1
            if not carrying.gone:
                otherwise.append(_next(carrying, carrying.effects[-1].state, told_gone(error), gone=True))
            continue
        read += 1
        if (times > 0) is (carrying.said.direction is Direction.APPLY):
            repeated += times > 1
            if carrying.effects[-1].detail != told_repeated(times) or carrying.entry in late:
                otherwise.append(_next(carrying, carrying.wanted, told_repeated(times)))
        elif _repairs(carrying) < REPAIRS:
            otherwise.append(_next(carrying, EffectState.DRIFTED, _told(case, carrying)))
        else:
            told = f"{_told(case, carrying)}, although it was repaired {REPAIRS} times"
            trouble.append(Trouble(str(case), told))
    return ReadBack(read, otherwise, repeated)


def _times(host: Host, case: Case, carrying: Carrying) -> int:
    """Say how often the host has the measure in force, as the statement says it.

    Raises `HostError`, and `InputError` where what it was on does not exist any more.
    """
    decision, said = case.carried_out(carrying), carrying.said
    seen = host.read_back(decision.target(case.subject, said.target))
    name = measure_name(decision, said)
    return seen.times(name) if seen.measures.get(name) is decision.planned(said.measure).kind else 0


def _next(carrying: Carrying, state: EffectState, detail: str, *, gone: bool = False) -> EffectStated:
    """Return what was read back now, in a round of its own."""
    return EffectStated(carrying.entry, carrying.effects[-1].round + 1, state, detail, gone)


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


def state_drift(desk: Desk, case: Case, found: list[EffectStated]) -> None:
    """State what was read back otherwise, and owe again what has drifted.

    Where nothing was, it is kept when the case is next looked at. Raises `MovedError`.
    """
    drifted = [event for event in found if event.state is EffectState.DRIFTED]
    again = [Delivery(case.number, event.measure, event.round + 1, desk.clock()) for event in drifted]
    desk.record(case, PLATFORM, found, again=again)
    for event in found:
        if event.detail and event not in drifted:
            tell_seen(case, event)
    for event in drifted:
        measure = event.measure.hex()
        log_event(
            logging.WARNING, "drifted", dossier=case.number, measure=measure, round=event.round,
            reason=event.detail,
        )  # fmt: skip
