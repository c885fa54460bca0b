"""Asking something of a case: decisions, confirmations, appeals and their results."""

from __future__ import annotations

from tipstaff.actions.desk import Desk
from tipstaff.casework.case import Case
from tipstaff.casework.commands import Actor, Command, Request
from tipstaff.casework.decide import decide


def ask(desk: Desk, number: int, actor: Actor, command: Command) -> Case:
    """Do what is asked of a case; returns the case after it. Raises `CaseError`, `MovedError`."""
    case = desk.cases.load(number)
    request = Request(command, actor, desk.clock(), desk.table)
    return desk.record(case, actor, decide(case, request))
