"""An order of an authority: entered, confirmed, narrowed, carried out and reported; on the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from tipstaff.actions.orders import ask_of_order, enter
from tipstaff.actions.texts import order_key
from tipstaff.base.errors import InputError
from tipstaff.casework.case import Case
from tipstaff.casework.commands import Asked
from tipstaff.casework.events import Hearing, Waiver
from tipstaff.casework.orders.commands import Amend, ConfirmOrder, EnterOrder, OrderCommand
from tipstaff.casework.orders.events import Change
from tipstaff.casework.orders.order import Order
from tipstaff.casework.words import MeasureKind, Target
from tipstaff.demo.stage import Stage
from tipstaff.demo.telling import Chapter, Fact, Line, Say, Sight

_CLERK: Final = "ruan"
_SECOND: Final = "petra"
_LAWFUL: Final = "moonharbor-01"
"""A post in which nothing was found: all content goes."""


def tell(stage: Stage) -> Chapter:
    """Carry an order out, as far as it goes and no further."""
    when, before = stage.clock.go_on(3, 9, 30), stage.read(_LAWFUL)
    number = _enter(stage)
    stage.clock.wait(50)
    _ask(stage, number, _SECOND, ConfirmOrder())
    stage.clock.go_on(3, 14)
    _narrow(stage, number)
    stage.clock.go_on(4, 9)
    cases = [_carry_out(stage, handle, number) for handle in stage.world.order.kept]
    with stage.desk() as desk:
        order = desk.cases.load_order(number)
    seen = (Sight("readers saw", before), Sight("they now see", stage.read(_LAWFUL)))
    return Chapter("An order of an authority", when, (*_told(stage, order, cases), *seen))


def _enter(stage: Stage) -> int:
    """Have a clerk enter the order; returns its number."""
    said = stage.world.order
    targets = tuple(Target(stage.subject(handle)) for handle in said.accounts)
    with stage.desk() as desk:
        text = desk.keep(order_key(said.authority, said.reference), "order", "text", said.text)
        order = enter(
            desk,
            desk.actor(_CLERK),
            EnterOrder(
                said.authority,
                said.reference,
                said.basis,
                said.scope,
                targets,
                said.territory,
                int(said.deadline.timestamp()),
                text,
            ),
        )
    stage.work()
    return order.number


def _ask(stage: Stage, number: int, person: str, command: OrderCommand) -> None:
    """Have a person ask something of the order, and let the worker follow."""
    with stage.desk() as desk:
        ask_of_order(desk, number, desk.actor(person), command)
    stage.work()


def _narrow(stage: Stage, number: int) -> None:
    """Leave out of the order whom the authority has withdrawn it for, after it was asked."""
    said = stage.world.order
    with stage.desk() as desk:
        reasons = desk.keep(order_key(said.authority, said.reference), "amendment", "reasons", said.narrowed)
    targets = tuple(Target(stage.subject(handle)) for handle in said.kept)
    _ask(stage, number, _CLERK, Amend(Change.NARROWED, reasons, targets))
    _ask(stage, number, _SECOND, ConfirmOrder(1))


def _carry_out(stage: Stage, handle: str, number: int) -> Case:
    """Block all content of an account and close it, by a decision that cites the order; two persons sign."""
    said = stage.world.order
    stage.clock.wait(15)
    kinds = (MeasureKind.BLOCK_CONTENT, MeasureKind.CLOSE_ACCOUNT)
    decision = replace(
        stage.draft(handle, f"执行 {said.reference}：多次招揽读者参与虚拟货币业务", said.basis),
        policy=None,
        policy_digest=None,
        order=number,
        measures=tuple(Asked(kind, territory=said.territory) for kind in kinds),
        hearing=Hearing.WAIVED,
        waived_for=Waiver.ORDER,
    )
    stage.ask(handle, "osei", decision)
    stage.confirm(handle, "marta")
    stage.work()
    return stage.case(handle)


def _told(stage: Stage, order: Order, cases: list[Case]) -> Iterator[Line]:
    """Yield what came of the order, with the statements that prove it."""
    said, logged = order.said, order.logged
    (confirmation,), (amendment,) = order.confirmations, order.amendments
    (again,) = amendment.confirmations
    if not order.reports:
        raise InputError(f"{order} was not reported")
    left_out = [target.subject.id for target in said.targets if target not in amendment.said.targets]
    decided = ", ".join(str(case.logged[case.decisions[-1].entry]) for case in cases)
    last = {case.number: case.decisions[-1].said.number for case in cases}
    measures = [one for case in cases for one in case.carryings if one.said.decision == last[case.number]]
    yield Say(
        f"{said.authority} {said.reference}, by {said.basis}: {len(said.targets)} accounts are to be closed, "
        f"by {stage.clock.told(said.deadline)}."
    )
    yield Fact(f"{_CLERK.capitalize()} enters", f"statement {logged[order.entry]}. Nothing follows yet")
    yield Fact(
        f"{_SECOND.capitalize()} confirms",
        f"statement {logged[confirmation.entry]}. Now each account's case has the order",
    )
    yield Fact(
        "narrowed",
        f"the authority, shown the appeal, leaves {', '.join(left_out)} out: amendment, statement "
        f"{logged[amendment.entry]}, confirmed as well, {logged[again.entry]}",
    )
    yield Fact(
        "carried out",
        f"{len(cases)} decisions (statements {decided}) cite the order; Osei signs, Marta confirms; "
        f"{sum(one.done for one in measures)} measures are carried out and read back: all content is "
        "blocked, the accounts are closed",
    )
    yield Fact(
        "reported", f"to the authority on {stage.clock.told(order.reports[0].at)}, by itself, and kept"
    )
