"""A case as it stands. `evolve` builds it from its events."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from tipstaff.casework.events import (
    Answered,
    Complained,
    Decided,
    EffectState,
    EffectStated,
    ErasureBegun,
    ErasureCause,
    Found,
    MeasureStated,
    Noticed,
    Proposed,
    Result,
    Suspected,
)
from tipstaff.casework.order_on import OrderOn
from tipstaff.casework.words import Direction, MeasureKind, Planned, Subject, Target, Trace

APPEAL_WITHIN: Final = 180 * 86_400
"""Seconds after a decision in which the subject may object to it."""

MACHINE = "machine"
"""The name under which machines find and hold."""


class Stage(StrEnum):
    """What a case waits for."""

    OPEN = "open"
    """Somebody must look at it."""
    HEARING = "hearing"
    """The subject has time to answer a proposal; when that is over, the proposal is to be decided on."""
    DECIDED = "decided"
    """A decision that orders something stands, and nothing is left to be decided."""
    APPEALED = "appealed"
    """Another person must judge an appeal, or confirm what came of it."""
    CLOSED = "closed"
    """There was nothing to be done, or it was undone."""


class Confirmation(msgspec.Struct, frozen=True):
    """That a second person agrees to a decision or a result, to an order, or to an amendment of one."""

    by: str
    entry: bytes


class Appeal(msgspec.Struct, frozen=True):
    """An objection to a decision, and what came of it; `attachment` is a document that goes with the text.

    A result that needs a `second_person` undoes nothing until one has confirmed it. `at` is when it was
    lodged, `judged_at` when it was judged.
    """

    entry: bytes
    text: bytes
    result: Result | None = None
    result_entry: bytes | None = None
    answer: bytes | None = None
    judged_by: str | None = None
    second_person: bool = False
    confirmations: tuple[Confirmation, ...] = ()
    attachment: bytes | None = None
    at: int = 0
    judged_at: int = 0

    @property
    def unconfirmed(self) -> bool:
        """Whether it was judged, and waits for a second person to confirm that."""
        return self.second_person and not self.confirmations

    @property
    def settled(self) -> Result | None:
        """Its result, once all have signed it who must."""
        return None if self.unconfirmed else self.result


class Proposal(msgspec.Struct, frozen=True):
    """What somebody would decide, and what the subject has answered; `number` is that of its event.

    `at` is when it was proposed.
    """

    by: str
    said: Proposed
    number: int
    heard: bytes | None = None
    at: int = 0

    def over(self, now: int) -> bool:
        """Say whether the subject has answered, or has had the time to."""
        return self.heard is not None or self.said.until <= now


class Decision(msgspec.Struct, frozen=True):
    """A decision, who signed and confirmed it, the proposals before it, and the appeal against it.

    `found` is how many findings the case had by then.
    """

    entry: bytes
    by: str
    at: int
    said: Decided
    confirmations: tuple[Confirmation, ...] = ()
    appeal: Appeal | None = None
    proposals: tuple[Proposal, ...] = ()
    found: int = 0

    @property
    def proposal(self) -> Proposal | None:
        """The proposal that was decided on: the last one."""
        return self.proposals[-1] if self.proposals else None

    @property
    def persons(self) -> frozenset[str]:
        """Who had a part in it."""
        return frozenset((self.by, *(confirmation.by for confirmation in self.confirmations)))

    @property
    def judges(self) -> frozenset[str]:
        """Who has judged the appeal against it, or confirmed what came of that."""
        appeal = self.appeal
        judge = (appeal.judged_by,) if appeal and appeal.judged_by else ()
        return frozenset((*judge, *(one.by for one in appeal.confirmations))) if appeal else frozenset()

    @property
    def undone(self) -> bool:
        """Whether an appeal has reversed or varied it."""
        return self.appeal is not None and self.appeal.settled in (Result.REVERSED, Result.VARIED)

    @property
    def overruled(self) -> bool:
        """Whether an appeal has reversed or varied it, confirmed or not: nothing of it begins then."""
        return self.appeal is not None and self.appeal.result in (Result.REVERSED, Result.VARIED)

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
    """What somebody wrote for the others, and when; `asked` is whom they asked for an opinion by it."""

    by: str
    at: int
    text: bytes
    asked: str | None = None


class Complaint(msgspec.Struct, frozen=True):
    """A complaint, and what its author was told. `since` is the number of the last decision before it."""

    by: str
    at: int
    said: Complained
    since: int
    answered: Answered | None = None
    answered_at: int | None = None


class Carrying(msgspec.Struct, frozen=True):
    """One statement about a measure, and what was read back of it, round by round, last at `read_at`.

    `at` is when it was made.
    """

    entry: bytes
    said: MeasureStated
    effects: tuple[EffectStated, ...] = ()
    read_at: int = 0
    at: int = 0

    @property
    def done(self) -> bool:
        """Whether the host was last seen as the statement says."""
        return bool(self.effects) and self.effects[-1].state is self.wanted

    @property
    def was_done(self) -> bool:
        """Whether the host was ever seen as the statement says."""
        return any(effect.state is self.wanted for effect in self.effects)

    @property
    def gone(self) -> bool:
        """Whether there was nothing any more, when the host was asked last, that it could be in force on."""
        return bool(self.effects) and self.effects[-1].gone

    @property
    def rests(self) -> bool:
        """Whether nothing is to be done on the host, unless that is seen to have changed."""
        return self.done or self.gone

    @property
    def wanted(self) -> EffectState:
        """What is read back once it is done."""
        return EffectState.APPLIED if self.said.direction is Direction.APPLY else EffectState.LIFTED


class Said(StrEnum):
    """What about a decision can be said again after the ledger has refused it."""

    CONFIRMATION = "confirmation"
    APPEAL = "appeal"
    RESULT = "result"
    RESULT_CONFIRMATION = "result_confirmation"


class Refusal(msgspec.Struct, frozen=True):
    """That the ledger has refused a statement: one about a decision where `said` and its number are given.

    Of all others what follows is that a person decides anew.
    """

    entry: bytes
    said: Said | None = None
    decision: int | None = None


class Erasure(msgspec.Struct, frozen=True):
    """That so many texts were erased, when and why, and the entry that states it.

    Where `complainant` is given, they were theirs.
    """

    entry: bytes
    at: int
    cause: ErasureCause
    count: int
    complainant: str | None = None


class Case(msgspec.Struct, frozen=True):
    """A case as it stands after `version` events.

    `undecided` says whether something has come in since a person has last decided, `refusals` what the ledger
    has refused and nobody has said again since; `refused` has all that it ever has. `changed_at` is when
    something has last happened in it, `settled_at` when a person has last decided in it, or judged an appeal.
    `texts` says whether any were kept since all were erased, and `texts_at` when the last one was. `since` is
    when that came in which is to be decided; `followers` are those of the account when something of it came
    in last, and `languages` those of its posts.
    """

    number: int
    subject: Subject
    opened_at: int
    version: int = 0
    stage: Stage = Stage.OPEN
    undecided: bool = True
    escalated: bool = False
    found: tuple[Found, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    orders: tuple[OrderOn, ...] = ()
    suspected: tuple[Suspected, ...] = ()
    traces: tuple[Trace, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    claim: Claim | None = None
    notes: tuple[Note, ...] = ()
    decisions: tuple[Decision, ...] = ()
    carryings: tuple[Carrying, ...] = ()
    notices: tuple[Noticed, ...] = ()
    changed_at: int = 0
    settled_at: int = 0
    texts: bool = False
    texts_at: int = 0
    erasing: ErasureBegun | None = None
    erasures: tuple[Erasure, ...] = ()
    logged: dict[bytes, int] = {}
    refused: dict[bytes, str] = {}
    refusals: tuple[Refusal, ...] = ()
    since: int = 0
    followers: int = 0
    languages: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return `case 7`."""
        return f"case {self.number}"

    @property
    def proposal(self) -> Proposal | None:
        """What is proposed and was not decided on yet: the last of those that were made since."""
        return self.proposals[-1] if self.proposals else None

    @property
    def posts(self) -> tuple[str, ...]:
        """The posts that are items of this case: found, complained of, or named by an order."""
        named = (
            *(found.post for found in self.found),
            *(complaint.said.post for complaint in self.complaints),
            *(post for order in self.orders for post in order.named),
        )
        return tuple(dict.fromkeys(post for post in named if post is not None))

    def has_ended(self, carrying: Carrying) -> bool:
        """Say whether a measure that takes effect has its end on the ledger already, or one that is late.

        One that the ledger has refused then is none, unless the host was seen to have done it.
        """
        return carrying.said.direction is Direction.APPLY and any(
            one.said.direction is Direction.LIFT
            and one.said.where == carrying.said.where
            and (
                one.entry in self.logged
                or (one.said.late and (one.was_done or one.entry not in self.refused))
            )
            for one in self.carryings
        )

    def seen(self, carrying: Carrying) -> str:
        """Say what a host was seen to have of what it is owed, last; or whether it is owed that at all."""
        if carrying.effects:
            return carrying.effects[-1].state.value
        return "refused by the ledger" if carrying.entry in self.refused else "owed"

    @property
    def is_closed(self) -> bool:
        """Whether the account was closed on its host, and not opened again."""
        return any(self._kind(one) is MeasureKind.CLOSE_ACCOUNT for one in self.in_force)

    @property
    def in_force(self) -> tuple[Carrying, ...]:
        """The measures that were seen in effect, and have no end on the ledger."""
        return tuple(
            one
            for one in self.carryings
            if one.said.direction is Direction.APPLY and one.done and not self.has_ended(one)
        )

    def _kind(self, carrying: Carrying) -> MeasureKind | None:
        """Return the kind of a measure."""
        decision = self.decision(carrying.said.decision)
        return decision.planned(carrying.said.measure).kind if decision else None

    def decision(self, number: int) -> Decision | None:
        """Return a decision by its number."""
        return next((decision for decision in self.decisions if decision.said.number == number), None)

    def carried_out(self, carrying: Carrying) -> Decision:
        """Return the decision that is carried out: measures follow from one."""
        decision = self.decision(carrying.said.decision)
        if decision is None:
            raise TypeError(f"{self} carries out a decision that it has not")
        return decision

    def by_person(self, decision: Decision) -> bool:
        """Say whether a person took a decision, and the ledger has not refused it."""
        return decision.by != MACHINE and decision.entry not in self.refused

    def result_of(self, decision: Decision) -> Result | None:
        """Return what an appeal against a decision has come to, once that counts.

        It does when it is on the ledger and, where it needs a second person, was confirmed there.
        """
        appeal = decision.appeal
        if appeal is None or appeal.result_entry not in self.logged:
            return None
        confirmed = any(one.entry in self.logged for one in appeal.confirmations)
        return appeal.result if confirmed or not appeal.second_person else None

    def replaced_by(self, decision: Decision) -> Decision | None:
        """Return the decision in whose place one stands, after an appeal has varied it."""
        result = decision.said.result
        return next(
            (one for one in self.decisions if result and one.appeal and one.appeal.result_entry == result),
            None,
        )

    def complaint(self, number: int) -> Complaint | None:
        """Return a complaint by its number."""
        return next((one for one in self.complaints if one.said.number == number), None)

    def order(self, number: int) -> OrderOn | None:
        """Return an order about this subject by its number."""
        return next((one for one in self.orders if one.said.order == number), None)

    def order_cited(self, decision: Decision) -> OrderOn | None:
        """Return the order that a decision carries out."""
        cited = decision.said.order
        return next((one for one in self.orders if cited and one.said.entry == cited), None)
