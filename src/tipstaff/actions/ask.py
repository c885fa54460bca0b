"""Asking something of a case: decisions, confirmations, appeals and their results."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tipstaff.actions.cases import Dossier
from tipstaff.actions.desk import Desk
from tipstaff.base.errors import InputError, TipstaffError
from tipstaff.casework.case import Case
from tipstaff.casework.commands import Actor, AskOpinion, Command, Decide, Request, Rule
from tipstaff.casework.decide import decide
from tipstaff.casework.errors import CaseError, may_sign
from tipstaff.casework.events import AnyEvent
from tipstaff.casework.repeats import check_new
from tipstaff.casework.strikes import check_rungs
from tipstaff.casework.words import MeasureKind


class StaleError(TipstaffError):
    """What was asked is about a version that is no longer the newest."""


def ask(desk: Desk, number: int, actor: Actor, command: Command, version: int | None = None) -> Case:
    """Do what is asked of a case; returns the case after it. Raises `CaseError`, `MovedError`.

    Where `version` is given, it is the one that was looked at: of another one nothing is asked. Raises
    `StaleError`.
    """
    case = desk.cases.load(number)
    check_version(case, version)
    return desk.record(case, actor, events_of(desk, case, actor, command))


def events_of(desk: Desk, case: Case, actor: Actor, command: Command) -> Sequence[AnyEvent]:
    """Return what would happen to a case if that was asked. Raises `CaseError` where it may not be."""
    second = _second_person(desk, case, command) if isinstance(command, Rule) else ()
    events = decide(case, Request(command, actor, desk.clock(), desk.table, second))
    if isinstance(command, AskOpinion):
        _check_asked(desk, command.of)
    if isinstance(command, Decide):
        _check_abilities(desk, case, command)
        if actor.role != "machine":
            check_new(case, command, desk.clock(), desk.table)
            check_rungs(case, desk.ladder(command.policy), command, desk.clock(), desk.table)
    return events


def _check_asked(desk: Desk, of: str) -> None:
    """Refuse to ask who is not there, or who decides nothing: nobody waits for their opinion."""
    try:
        may_sign(desk.table, "decision", desk.actor(of))
    except InputError as error:
        raise CaseError(str(error)) from error


def check_version(dossier: Dossier, version: int | None) -> None:
    """Refuse what is not at the version that was looked at, if one was. Raises `StaleError`."""
    if version is not None and dossier.version != version:
        raise StaleError(f"{dossier} is at version {dossier.version}, not {version}: look at it again")


def _second_person(desk: Desk, case: Case, command: Rule) -> Collection[MeasureKind]:
    """Return what a second person undoes by the policy of a decision: by its own version, whatever is now."""
    decision = case.decision(command.decision)
    return desk.second_person(decision.said.policy) if decision else ()


def _check_abilities(desk: Desk, case: Case, command: Decide) -> None:
    """Refuse measures that the host of the case cannot carry out: they would be owed for ever."""
    able = desk.host(case.subject).abilities
    if lacking := [asked.kind for asked in command.measures if asked.kind not in able]:
        can = ", ".join(sorted(able))
        raise CaseError(f"{case.subject.host} cannot carry {lacking[0]} out: it can {can}")
