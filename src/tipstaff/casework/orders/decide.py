"""What comes of a command about an order: events, or a refusal. Pure."""

from __future__ import annotations

from tipstaff.base.times import told_time
from tipstaff.casework.commands import Actor
from tipstaff.casework.deciding import check_time
from tipstaff.casework.errors import CaseError, may_sign
from tipstaff.casework.events import AnyEvent
from tipstaff.casework.orders.commands import Amend, ConfirmOrder, EnterOrder, OrderCommand
from tipstaff.casework.orders.events import Amended, Change, Entered, OrderConfirmed, Scope
from tipstaff.casework.orders.order import Order
from tipstaff.casework.orders.standing import standing
from tipstaff.casework.words import SubjectKind, Target
from tipstaff.ledger.table import Table

_SUBJECTS = {
    Scope.CONTENT: SubjectKind.ACCOUNT,
    Scope.ACCOUNT: SubjectKind.ACCOUNT,
    Scope.APP: SubjectKind.APP,
    Scope.SITE: SubjectKind.SITE,
}
"""The kind of subject that an order of each scope is about."""


def entered(command: EnterOrder, actor: Actor, at: int, table: Table) -> Entered:
    """Return the event that an order which comes in is. Raises `CaseError`."""
    may_sign(table, "order", actor)
    if actor.role == "authority" and command.authority != actor.name:
        raise CaseError(f"{actor.name} gives orders of their own, not those of {command.authority}")
    check_time(command.deadline)
    if command.deadline <= at:
        raise CaseError(f"the deadline of an order lies ahead: {told_time(command.deadline)} is past")
    _check_targets(command.scope, command.targets)
    for name in ("authority", "reference", "basis", "territory"):
        claim, value = table.kinds["order"].claims[name], getattr(command, name)
        if not claim.test(value):
            raise CaseError(claim.explain(name, value))
    return Entered(
        command.authority, command.reference, command.basis, command.scope, command.targets,
        command.territory, command.deadline, command.text, command.attachment, command.corrects,
    )  # fmt: skip


def decide(order: Order, command: OrderCommand, actor: Actor, at: int, table: Table) -> AnyEvent:
    """Return what a command brings about. Raises `CaseError`, which says what stands against it."""
    if order.entry in order.refused:
        raise CaseError(f"the ledger has refused {order}: enter it again")
    if order.erasing:
        raise CaseError(f"the texts of {order} are being erased: ask again in a moment")
    match command:
        case ConfirmOrder(number):
            may_sign(table, "confirmation", actor)
            _check_confirmer(order, number, actor, table)
            return OrderConfirmed(number)
        case Amend():
            may_sign(table, "amendment", actor)
            return _amended(order, command, actor, at)


def _check_targets(scope: Scope, targets: tuple[Target, ...]) -> None:
    """Refuse targets that are not what an order of this scope is about."""
    if not targets:
        raise CaseError("an order names what it is about: one target at least")
    kind = _SUBJECTS[scope]
    for target in targets:
        if target.subject.kind is not kind:
            raise CaseError(
                f"an order about {scope} is not about {target.subject}: name {target.subject.host}/{kind}/…"
            )
        if target.post is not None and scope is not Scope.CONTENT:
            raise CaseError(f"an order about {scope} names no posts: {target.post} is one")


def _check_confirmer(order: Order, number: int, actor: Actor, table: Table) -> None:
    """Refuse whoever signed or confirmed it before, and who could not have signed it."""
    amendment = order.amendment(number)
    if number and amendment is None:
        raise CaseError(f"order {order.number} has no amendment {number}")
    if amendment and order.ended:
        raise CaseError(f"order {order.number} was {order.ended.said.change} already")
    if amendment and (newer := order.replacing(amendment)):
        raise CaseError(
            f"amendment {number} of order {order.number} was replaced by amendment {newer.said.number}: "
            "confirm that one"
        )
    if amendment and amendment.lapsed:
        raise CaseError(
            f"the reasons of amendment {number} of order {order.number} were erased: nobody can confirm it. "
            "Amend the order anew (`tipstaff order amend`)"
        )
    if amendment is None and order.given_up:
        raise CaseError(
            f"order {order.number} is confirmed by nobody any more: {standing(order, overdue=False)}"
        )
    if amendment is None and order.lapsed:
        raise CaseError(f"what order {order.number} says was erased: nobody can confirm it any more")
    what = f"amendment {number} of order {order.number}" if amendment else f"order {order.number}"
    may_sign(table, "amendment" if amendment else "order", actor)
    signed = amendment or order
    if signed.confirmations:
        raise CaseError(f"{signed.confirmations[0].by} has confirmed {what} already")
    if actor.name == signed.by:
        raise CaseError(f"{actor.name} signed {what}: another person must confirm it")
    if actor.role == "authority" and order.said.authority != actor.name:
        raise CaseError(f"{what} is one of {order.said.authority}, not of {actor.name}")


def _amended(order: Order, command: Amend, actor: Actor, at: int) -> Amended:
    """Return the amendment, once it leaves less than there was."""
    if order.ended:
        raise CaseError(f"order {order.number} was {order.ended.said.change} already")
    if actor.role == "authority" and order.said.authority != actor.name:
        raise CaseError(f"order {order.number} is one of {order.said.authority}, not of {actor.name}")
    if pending := [one for one in order.amendments if one.confirmations and one not in order.effective]:
        raise CaseError(
            f"amendment {pending[0].said.number} of order {order.number} was confirmed, and is not on the "
            "ledger yet: let a worker append it first"
        )
    _check_replaced(order, actor)
    check_time(command.deadline)
    if command.deadline is not None and command.deadline <= at:
        raise CaseError(f"the deadline of an order lies ahead: {told_time(command.deadline)} is past")
    terms = order.terms
    targets = terms.targets if command.targets is None else command.targets
    if command.change is Change.NARROWED:
        _check_targets(terms.scope, targets)
        said = (targets, command.territory or terms.territory, command.deadline or terms.deadline)
        if said == (terms.targets, terms.territory, terms.deadline):
            raise CaseError(
                f"nothing in order {order.number} would change: name the targets that are left, another "
                "territory or another deadline"
            )
        if more := [target for target in targets if not _within(target, terms.targets)]:
            raise CaseError(f"order {order.number} is not about {more[0].subject}: narrowing adds nothing")
    elif command.targets is not None:
        raise CaseError(f"an order that is {command.change} is about nothing any more: name no targets")
    return Amended(
        number=max((one.said.number for one in order.amendments), default=0) + 1,
        change=command.change,
        reasons=command.reasons,
        scope=terms.scope,
        targets=targets,
        territory=command.territory or terms.territory,
        deadline=command.deadline or terms.deadline,
        corrected_by=command.corrected_by,
    )


def _check_replaced(order: Order, actor: Actor) -> None:
    """Refuse a clerk whose amendment would replace one that the authority itself has signed."""
    authority, last = order.said.authority, next(reversed(order.amendments), None)
    if last and last.by == authority != actor.name and not (last.confirmations or last.lapsed):
        raise CaseError(
            f"amendment {last.said.number} of order {order.number} is {authority}'s own, and waits: confirm "
            "it, or have them replace it"
        )


def _within(target: Target, targets: tuple[Target, ...]) -> bool:
    """Say whether a target is one of some, or a post of one of them."""
    return target in targets or Target(target.subject) in targets
