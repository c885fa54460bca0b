"""Asking something of a case: decisions, confirmations, appeals and their results."""

from __future__ import annotations

from tipstaff.actions.desk import Desk
from tipstaff.casework.case import Case
from tipstaff.casework.commands import Actor, Command, Decide, Request
from tipstaff.casework.decide import decide
from tipstaff.casework.errors import CaseError
from tipstaff.casework.strikes import check_rungs


def ask(desk: Desk, number: int, actor: Actor, command: Command) -> Case:
    """Do what is asked of a case; returns the case after it. Raises `CaseError`, `MovedError`."""
    case = desk.cases.load(number)
    events = decide(case, Request(command, actor, desk.clock(), desk.table))
    if isinstance(command, Decide):
        _check_abilities(desk, case, command)
        if actor.role != "machine":
            check_rungs(case, desk.ladder(command.policy), command, desk.clock())
    return desk.record(case, actor, events)


def _check_abilities(desk: Desk, case: Case, command: Decide) -> None:
    """Refuse measures that the host of the case cannot carry out: they would be owed for ever."""
    able = desk.host(case.subject).abilities
    if lacking := [asked.kind for asked in command.measures if asked.kind not in able]:
        can = ", ".join(sorted(able))
        raise CaseError(f"{case.subject.host} cannot carry {lacking[0]} out: it can {can}")
