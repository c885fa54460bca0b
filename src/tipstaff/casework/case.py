"""A case: what its events add up to. It can be built anew from them at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec
from msgspec.structs import replace

from tipstaff.casework.events import (
    AnyEvent,
    Appealed,
    Claimed,
    Confirmed,
    Decided,
    EffectState,
    EffectStated,
    Found,
    Logged,
    MeasureStated,
    Noted,
    Noticed,
    Opened,
    Planned,
    Recorded,
    Refused,
    Released,
    Result,
    Ruled,
    TakenBack,
)
from tipstaff.casework.words import Direction, Subject, Target


class Appeal(msgspec.Struct, frozen=True):
    """An objection to a decision, and what came of it."""

    entry: bytes
    text: bytes
    result: Result | None = None
    result_entry: bytes | None = None
    answer: bytes | None = None
    judged_by: str | None = None


class Confirmation(msgspec.Struct, frozen=True):
    """That a second person agrees to a decision."""

    by: str
    entry: bytes


class Decision(msgspec.Struct, frozen=True):
    """A decision, who signed and confirmed it, and the appeal against it."""

    entry: bytes
    by: str
    at: int
    said: Decided
    confirmations: tuple[Confirmation, ...] = ()
    appeal: Appeal | None = None

    @property
    def persons(self) -> frozenset[str]:
        """Who had a part in it."""
        return frozenset((self.by, *(confirmation.by for confirmation in self.confirmations)))

    def planned(self, number: int) -> Planned:
        """Return what this decision says of one of its measures."""
        return next(measure for measure in self.said.measures if measure.number == number)

    def target(self, subject: Subject, number: int) -> Target:
        """Return what a target number of this decision stands for."""
        return Target(subject, self.said.posts[number - 1] if number else None)


class Claim(msgspec.Struct, frozen=True):
    """Who works on a case, alone, until when."""

    by: str
    until: int


class Note(msgspec.Struct, frozen=True):
    """What somebody wrote for the others, and when."""

    by: str
    at: int
    text: bytes


class Carrying(msgspec.Struct, frozen=True):
    """One statement about a measure, and what was read back of it, round by round."""

    entry: bytes
    said: MeasureStated
    effects: tuple[EffectStated, ...] = ()

    @property
    def done(self) -> bool:
        """Whether the host was last seen as the statement says."""
        wanted = EffectState.APPLIED if self.said.direction is Direction.APPLY else EffectState.LIFTED
        return bool(self.effects) and self.effects[-1].state is wanted


class Case(msgspec.Struct, frozen=True):
    """A case as it stands after `version` events."""

    number: int
    subject: Subject
    opened_at: int
    version: int = 0
    found: tuple[Found, ...] = ()
    claim: Claim | None = None
    notes: tuple[Note, ...] = ()
    decisions: tuple[Decision, ...] = ()
    carryings: tuple[Carrying, ...] = ()
    notices: tuple[Noticed, ...] = ()
    logged: dict[bytes, int] = {}
    refused: dict[bytes, str] = {}

    @property
    def posts(self) -> tuple[str, ...]:
        """The posts that are items of this case, in the order in which they were found."""
        return tuple(dict.fromkeys(found.post for found in self.found))

    def has_ended(self, carrying: Carrying) -> bool:
        """Say whether a measure that takes effect has its end on the ledger already."""
        ends = replace(carrying.said, direction=Direction.LIFT, cause=None)
        return carrying.said.direction is Direction.APPLY and any(
            one.entry in self.logged and replace(one.said, cause=None) == ends for one in self.carryings
        )

    def decision(self, number: int) -> Decision | None:
        """Return a decision by its number."""
        return next((decision for decision in self.decisions if decision.said.number == number), None)


def build(number: int, events: Iterable[Recorded]) -> Case:
    """Build a case from its events, the first of which has opened it."""
    first, *rest = events
    if not isinstance(first.event, Opened):
        raise TypeError(f"case {number} begins with {type(first.event).__name__}")
    case = Case(number, first.event.subject, first.at, version=1)
    for recorded in rest:
        case = evolve(case, recorded)
    return case


def evolve(case: Case, recorded: Recorded) -> Case:
    """Return the case after one more event."""
    case = replace(case, version=case.version + 1)
    event, entry = recorded.event, recorded.entry or b""
    match event:
        case Found():
            return replace(case, found=(*case.found, event))
        case Claimed(until):
            return replace(case, claim=Claim(recorded.actor, until))
        case Released():
            return replace(case, claim=None)
        case Noted(text):
            return replace(case, notes=(*case.notes, Note(recorded.actor, recorded.at, text)))
        case Decided():
            decision = Decision(entry, recorded.actor, recorded.at, event)
            return replace(case, decisions=(*case.decisions, decision))
        case TakenBack(number):
            left = tuple(decision for decision in case.decisions if decision.said.number != number)
            return replace(case, decisions=left)
        case Confirmed(number):
            confirmation = Confirmation(recorded.actor, entry)
            return _with(case, number, lambda old: {"confirmations": (*old.confirmations, confirmation)})
        case Appealed(number, text):
            return _with(case, number, lambda _: {"appeal": Appeal(entry, text)})
        case Ruled(number, result, answer):
            return _with(case, number, lambda old: {"appeal": _ruled(old, recorded, result, answer)})
        case _:
            return _carry_on(case, event, entry)


def _carry_on(case: Case, event: AnyEvent, entry: bytes) -> Case:
    """Return the case after something came of a decision, on the ledger or on the host."""
    match event:
        case MeasureStated():
            return replace(case, carryings=(*case.carryings, Carrying(entry, event)))
        case EffectStated(measure):
            carryings = tuple(
                replace(one, effects=(*one.effects, event)) if one.entry == measure else one
                for one in case.carryings
            )
            return replace(case, carryings=carryings)
        case Noticed():
            return replace(case, notices=(*case.notices, event))
        case Logged(logged, position):
            return replace(case, logged={**case.logged, logged: position})
        case Refused(refused, reason):
            case = replace(case, refused={**case.refused, refused: reason})
            return replace(case, decisions=tuple(_without(one, refused) for one in case.decisions))
        case _:  # the one kind that is left
            raise TypeError(f"case {case.number} is opened twice")


def _without(decision: Decision, refused: bytes) -> Decision:
    """Return a decision without what the ledger has refused about it: that can be said again."""
    confirmations = tuple(one for one in decision.confirmations if one.entry != refused)
    appeal = decision.appeal
    if appeal and appeal.entry == refused:
        appeal = None
    elif appeal and appeal.result_entry == refused:
        appeal = Appeal(appeal.entry, appeal.text)
    return replace(decision, confirmations=confirmations, appeal=appeal)


def _with(case: Case, number: int, change: Callable[[Decision], dict[str, object]]) -> Case:
    """Return the case with one decision changed."""
    return replace(
        case,
        decisions=tuple(
            replace(decision, **change(decision)) if decision.said.number == number else decision
            for decision in case.decisions
        ),
    )


def _ruled(decision: Decision, recorded: Recorded, result: Result, answer: bytes) -> Appeal:
    """Return the appeal with its result."""
    if decision.appeal is None:
        raise TypeError(f"decision {decision.said.number} was ruled on without an appeal")
    return replace(
        decision.appeal,
        result=result,
        result_entry=recorded.entry or b"",
        answer=answer,
        judged_by=recorded.actor,
    )
