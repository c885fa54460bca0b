"""The work that goes on by itself: statements are appended, measures carried out and read back, notices kept.

Each step can be repeated: whatever was done before a process died is found done by the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, NamedTuple, Protocol

from tipstaff.actions.cases import Delivery, MovedError, Waiting
from tipstaff.actions.desk import PLATFORM, Desk
from tipstaff.actions.host import Act, HostError, Sentence
from tipstaff.base.errors import InputError
from tipstaff.casework.case import Carrying, Case, Decision
from tipstaff.casework.events import AnyEvent, EffectState, EffectStated, Logged, Noticed, Refused
from tipstaff.casework.notices import account_notice, sentence
from tipstaff.casework.owed import owed
from tipstaff.casework.words import Direction
from tipstaff.ledger.errors import AnotherWriterError
from tipstaff.ledger.log import Outcome, Registered

_BATCH: Final = 500
_FIRST_WAIT: Final = 2
_LONGEST_WAIT: Final = 3600
"""Seconds between two attempts, which double from the first to the longest."""


class Ledger(Protocol):
    """The one writer of the ledger."""

    def append(self, statements: list[bytes]) -> list[Outcome]:
        """Append statements, in this order; returns what became of each. Raises `LogError`."""


class Done(NamedTuple):
    """What one turn did: statements that were appended or refused, measures stated, deliveries made.

    `trouble` tells of cases that could not go on; all others were attended to.
    """

    appended: int = 0
    stated: int = 0
    delivered: int = 0
    trouble: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything was done."""
        return any((self.appended, self.stated, self.delivered))


def work(desk: Desk, ledger: Ledger) -> Done:
    """Do everything that is due now, until nothing more comes of it."""
    total = Done()
    while True:
        trouble: list[str] = []
        done = Done(_append(desk, ledger, trouble), _state(desk, trouble), _deliver(desk, trouble))
        total = Done(
            total.appended + done.appended,
            total.stated + done.stated,
            total.delivered + done.delivered,
            tuple(trouble),
        )
        if not done:
            return total


def _append(desk: Desk, ledger: Ledger, trouble: list[str]) -> int:
    """Append the statements that are due, in order; each case learns what became of its own."""
    due = desk.cases.send(desk.clock(), _BATCH)
    try:
        outcomes = ledger.append([waiting.encoded for waiting in due]) if due else []
    except AnotherWriterError as error:  # they wait, and what else is due goes on
        trouble.append(str(error))
        return 0
    for waiting, outcome in zip(due, outcomes, strict=True):
        _learn(desk, waiting, outcome)
    return len(due)


def _learn(desk: Desk, waiting: Waiting, outcome: Outcome) -> None:
    """Let a case know what became of a statement, once, whoever acts on it meanwhile."""
    while True:
        case = desk.cases.load(waiting.case)
        if waiting.entry in case.logged or waiting.entry in case.refused:
            return
        with suppress(MovedError):
            desk.record(case, PLATFORM, [_answered(waiting, outcome)])


def _answered(waiting: Waiting, outcome: Outcome) -> AnyEvent:
    """Return the event that an answer of the ledger is."""
    if isinstance(outcome, Registered):
        return Logged(waiting.entry, outcome.position)
    return Refused(waiting.entry, outcome.reason)


@contextmanager
def _telling(case: int, trouble: list[str]) -> Iterator[None]:
    """Tell what stands against going on with a case: it must not keep the others waiting."""
    try:
        yield
    except InputError as error:
        trouble.append(f"case {case}: {error}")


def _state(desk: Desk, trouble: list[str]) -> int:
    """State the measures that are owed; returns how many."""
    stated = 0
    for number in desk.cases.due(desk.clock()):
        with _telling(number, trouble):
            stated += _state_of(desk, number)
    return stated


def _state_of(desk: Desk, number: int) -> int:
    """State the measures that a case owes, whoever acts on it meanwhile; returns how many.

    There may be none, where its time has come and gone: then it is kept when it is next looked at.
    """
    while True:
        case = desk.cases.load(number)
        events = list(owed(case, desk.clock(), desk.table))
        with suppress(MovedError):
            desk.record(case, PLATFORM, events)
            return len(events)


def _deliver(desk: Desk, trouble: list[str]) -> int:
    """Carry out the measures that hosts are owed; what fails is tried again later."""
    delivered = 0
    for delivery in desk.cases.owed(desk.clock()):
        with _telling(delivery.case, trouble):
            delivered += _attend(desk, delivery)
    return delivered


def _attend(desk: Desk, delivery: Delivery) -> bool:
    """Attend to a delivery; say whether something came of it. What has ended meanwhile is not begun."""
    case = desk.cases.load(delivery.case)
    carrying = next(one for one in case.carryings if one.entry == delivery.measure)
    if any(effect.round == delivery.round for effect in carrying.effects):
        return False  # another worker was faster
    events: list[AnyEvent] = []
    again: list[Delivery] = []
    if not case.has_ended(carrying):
        decision = case.decision(carrying.said.decision)
        if decision is None:
            raise TypeError(f"case {case.number} carries out a decision that it has not")
        later = desk.clock() + min(_LONGEST_WAIT, _FIRST_WAIT << min(delivery.tries, 20))
        try:
            done = _carry_out(desk, case, decision, carrying, delivery)
        except HostError:
            desk.cases.put_off(delivery, later)
            return False
        events.append(_effect(carrying, delivery, done=done))
        if done:
            events.append(_notice(desk, case, decision, carrying))
        else:  # under the same key the host would do nothing
            again.append(
                Delivery(case.number, delivery.measure, delivery.round + 1, later, delivery.tries + 1)
            )
    with suppress(MovedError):  # it is owed still: the next turn finds it done
        desk.record(case, PLATFORM, events, [delivery], again)
    return True


def _carry_out(desk: Desk, case: Case, decision: Decision, carrying: Carrying, delivery: Delivery) -> bool:
    """Have the host do it; say whether what is read back is what was asked for."""
    said, host = carrying.said, desk.host(case.subject)
    planned = decision.planned(said.measure)
    target = decision.target(case.subject, said.target)
    name = f"{decision.entry.hex()}/{said.measure}/{said.target}"
    provision = decision.said.provision
    shown = Sentence(sentence(planned.kind, provision), provision, carrying.entry.hex())
    if said.direction is Direction.LIFT and name not in host.read_back(target).measures:
        return True  # it never came to be: there is nothing to lift
    host.carry_out(Act(delivery.key, name, planned.kind, said.direction, target, shown))
    return (name in host.read_back(target).measures) is (said.direction is Direction.APPLY)


def _effect(carrying: Carrying, delivery: Delivery, *, done: bool) -> EffectStated:
    """Say what was read back."""
    if not done:
        detail = "the host answered, and nothing has changed"
        return EffectStated(carrying.entry, delivery.round, EffectState.FAILED, detail)
    applied = carrying.said.direction is Direction.APPLY
    state = EffectState.APPLIED if applied else EffectState.LIFTED
    return EffectStated(carrying.entry, delivery.round, state)


def _notice(desk: Desk, case: Case, decision: Decision, carrying: Carrying) -> Noticed:
    """Keep what the account is told."""
    text = account_notice(decision.planned(carrying.said.measure), decision.said, carrying.said)
    return Noticed("account", carrying.entry, desk.keep(case.subject, "notice", "text", text))
