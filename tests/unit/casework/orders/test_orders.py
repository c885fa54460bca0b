"""Orders: what comes of what is asked of them, every refusal, and what they say in the end."""

from __future__ import annotations

import re
from typing import Final

import pytest
from casebook import (
    ACCOUNT,
    ALICE,
    APP,
    CLERK,
    CLERK_2,
    COURT,
    PLATFORM,
    SITE,
    TABLE,
    OrderBook,
    entering,
)
from msgspec.structs import replace
from worlds import START, digest

from tipstaff.casework.commands import Actor
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Claimed
from tipstaff.casework.orders.commands import Amend, ConfirmOrder, EnterOrder, OrderCommand
from tipstaff.casework.orders.decide import entered
from tipstaff.casework.orders.events import Change, Reported, Scope
from tipstaff.casework.orders.order import Report, Terms, build, evolve
from tipstaff.casework.words import Subject, SubjectKind, Target

NARROWED, REFUSED, WITHDRAWN = Change
WHOLE, M1, M2 = Target(ACCOUNT), Target(ACCOUNT, "m1"), Target(ACCOUNT, "m2")
OTHER: Final = Target(Subject("memory", SubjectKind.ACCOUNT, "other"))
WHY: Final = digest("reasons")
WITHDRAW: Final = Amend(WITHDRAWN, WHY)
COURT_2: Final = Actor("court-2", "authority")


def about(*targets: Target) -> EnterOrder:
    """Return an order about content."""
    return entering(*targets, scope=Scope.CONTENT)


def narrow(*targets: Target) -> Amend:
    """Return that an order is narrowed to targets."""
    return Amend(NARROWED, WHY, targets)


ENTRIES: Final[list[tuple[EnterOrder, Actor, str]]] = [
    (entering(), ALICE, "a reviewer may not sign an order: that is for an authority or clerk"),
    (entering(), COURT_2, "court-2 gives orders of their own, not those of court"),
    (replace(entering(), deadline=START), CLERK, "the deadline of an order lies ahead"),
    (replace(entering(), deadline=2**62), CLERK, "no date has the time 4611686018427387904: it lies between"),
    (replace(entering(), deadline=-62_135_625_600), CLERK, "no date has the time -62135625600"),
    (replace(entering(), reference="x" * 201), CLERK, "claim reference is not a name of 1 to 200"),
    (replace(entering(), basis=""), CLERK, "claim basis is not a text of 1 to 200 characters"),
    (replace(entering(), targets=()), CLERK, "an order names what it is about: one target at least"),
    (entering(Target(APP)), CLERK, "an order about account is not about memory/app/signer"),
    (entering(WHOLE, scope=Scope.APP), CLERK, "an order about app is not about memory/account/news"),
    (entering(WHOLE, scope=Scope.SITE), CLERK, "an order about site is not about memory/account/news"),
    (about(Target(SITE)), CLERK, "an order about content is not about memory/site/coin.example"),
    (entering(M1), CLERK, "an order about account names no posts: m1 is one"),
]


@pytest.mark.parametrize(("command", "actor", "message"), ENTRIES)
def test_what_cannot_come_in_is_refused(command: EnterOrder, actor: Actor, message: str) -> None:
    """An order that does not fit, or not of this person."""
    with pytest.raises(CaseError, match=re.escape(message)):
        entered(command, actor, START, TABLE)


@pytest.mark.parametrize(
    "command",
    [
        entering(),
        about(M1, M2),
        about(WHOLE),
        entering(Target(APP), scope=Scope.APP),
        entering(Target(SITE), scope=Scope.SITE),
    ],
)
@pytest.mark.parametrize("actor", [CLERK, COURT])
def test_an_order_comes_in(command: EnterOrder, actor: Actor) -> None:
    """As a clerk has it, or as its authority gives it: everything that it says is kept."""
    order = OrderBook(command, actor).order
    assert (order.by, order.entered_at, order.confirmed) == (actor.name, START, False)
    said = order.said
    assert EnterOrder(**{name: getattr(said, name) for name in EnterOrder.__struct_fields__}) == command
    assert order.terms == Terms(command.scope, command.targets, "CN", START + 3600)


def pending() -> OrderBook:
    """Return an order in force with an amendment that nobody has confirmed."""
    book = OrderBook(about(M1, M2)).confirmed()
    book.log(book.ask(narrow(M1), CLERK))
    return book


def confirming() -> OrderBook:
    """Return an order in force with an amendment that was confirmed, but not on the ledger."""
    book = pending()
    book.ask(ConfirmOrder(1))
    return book


def replaced() -> OrderBook:
    """Return an order in force with an amendment that nobody has confirmed, and a newer one."""
    book = pending()
    book.log(book.ask(narrow(M2), CLERK))
    return book


def withdrawn() -> OrderBook:
    """Return an order that was withdrawn."""
    book = OrderBook().confirmed()
    book.amended(WITHDRAW)
    return book


def refused() -> OrderBook:
    """Return an order that the ledger has refused."""
    book = OrderBook()
    book.refuse(book.order.entry)
    return book


REFUSALS: Final[list[tuple[OrderBook, OrderCommand, Actor, str]]] = [
    (OrderBook(), ConfirmOrder(), PLATFORM, "a platform may not sign a confirmation"),
    (
        OrderBook(),
        ConfirmOrder(),
        ALICE,
        "a reviewer may not sign an order: that is for an authority or clerk",
    ),
    (OrderBook(), ConfirmOrder(), CLERK, "clerk signed order 9: another person must confirm it"),
    (OrderBook().confirmed(), ConfirmOrder(), CLERK_2, "clerk-2 has confirmed order 9 already"),
    (OrderBook(), ConfirmOrder(), COURT_2, "order 9 is one of court, not of court-2"),
    (refused(), ConfirmOrder(), CLERK_2, "the ledger has refused order 9: enter it again"),
    (refused(), WITHDRAW, CLERK, "the ledger has refused order 9: enter it again"),
    (OrderBook(), ConfirmOrder(1), CLERK_2, "order 9 has no amendment 1"),
    (pending(), ConfirmOrder(1), CLERK, "clerk signed amendment 1 of order 9: another person"),
    (pending(), ConfirmOrder(1), ALICE, "a reviewer may not sign an amendment"),
    (pending(), ConfirmOrder(1), COURT_2, "amendment 1 of order 9 is one of court, not of court-2"),
    (OrderBook(), WITHDRAW, ALICE, "a reviewer may not sign an amendment: that is for an authority or clerk"),
    (OrderBook(), WITHDRAW, COURT_2, "order 9 is one of court, not of court-2"),
    (withdrawn(), ConfirmOrder(1), COURT, "order 9 was withdrawn already"),
    (withdrawn(), WITHDRAW, CLERK, "order 9 was withdrawn already"),
    (confirming(), WITHDRAW, CLERK, "amendment 1 of order 9 was confirmed, and is not on the ledger yet"),
    (
        replaced(),
        ConfirmOrder(1),
        CLERK_2,
        "amendment 1 of order 9 was replaced by amendment 2: confirm that",
    ),
    (OrderBook(), narrow(OTHER), CLERK, "order 9 is not about memory/account/other: narrowing adds nothing"),
    (OrderBook(about(M1)), narrow(M2), CLERK, "order 9 is not about memory/account/news: narrowing adds"),
    (OrderBook(about(M1)), narrow(WHOLE), CLERK, "order 9 is not about memory/account/news: narrowing adds"),
    (OrderBook(), narrow(M1), CLERK, "an order about account names no posts: m1 is one"),
    (OrderBook(), narrow(WHOLE), CLERK, "nothing in order 9 would change: name the targets that are left"),
    (OrderBook(), Amend(NARROWED, WHY), CLERK, "nothing in order 9 would change"),
    (OrderBook(), narrow(), CLERK, "an order names what it is about: one target at least"),
    (OrderBook(), Amend(NARROWED, WHY, None, None, START), CLERK, "the deadline of an order lies ahead"),
    (OrderBook(), Amend(REFUSED, WHY, (WHOLE,)), CLERK, "an order that is refused is about nothing any more"),
    (OrderBook(), Amend(WITHDRAWN, WHY, ()), CLERK, "an order that is withdrawn is about nothing any more"),
]


@pytest.mark.parametrize(("book", "command", "actor", "message"), REFUSALS)
def test_what_cannot_be_done_is_said(
    book: OrderBook, command: OrderCommand, actor: Actor, message: str
) -> None:
    """A command that does not fit, or not this person, is refused and changes nothing."""
    before = book.order
    with pytest.raises(CaseError, match=re.escape(message)):
        book.ask(command, actor)
    assert book.order == before


def test_an_order_is_in_force_once_both_are_on_the_ledger() -> None:
    """The order and its confirmation: neither is enough."""
    book = OrderBook()
    entry = book.ask(ConfirmOrder())
    for logged in (book.order.entry, entry):
        assert not book.order.confirmed
        book.log(logged)
    assert book.order.confirmed
    other = OrderBook()
    other.log(other.ask(ConfirmOrder()))
    assert not other.order.confirmed


def test_an_authority_confirms_what_a_clerk_has_entered() -> None:
    """And a clerk what it has given itself; one of them, and nobody after that."""
    book = OrderBook()
    confirmation = book.ask(ConfirmOrder(), COURT)
    with pytest.raises(CaseError, match="court has confirmed order 9 already"):
        book.ask(ConfirmOrder(), CLERK_2)
    book.refuse(confirmation)
    book.ask(ConfirmOrder(), CLERK_2)
    assert [one.by for one in book.order.confirmations] == ["clerk-2"]
    given = OrderBook(actor=COURT)
    given.ask(ConfirmOrder(), CLERK)
    with pytest.raises(CaseError, match="clerk has confirmed order 9 already"):
        given.ask(ConfirmOrder(), COURT)


def test_an_amendment_holds_once_it_is_confirmed() -> None:
    """Once; until then the order says what it said; a second one counts on."""
    book = OrderBook(about(M1, M2)).confirmed()
    before = book.order.terms
    entry = book.ask(Amend(NARROWED, WHY, (M1,), "CN-31", START + 9_000), CLERK)
    book.log(entry)
    confirmation = book.ask(ConfirmOrder(1))
    with pytest.raises(CaseError, match="clerk-2 has confirmed amendment 1 of order 9 already"):
        book.ask(ConfirmOrder(1), COURT)
    assert (book.order.terms, book.order.effective) == (before, ())
    book.log(confirmation)
    assert book.order.terms == Terms(Scope.CONTENT, (M1,), "CN-31", START + 9_000)
    (amendment,) = book.order.effective
    assert (amendment.entry, amendment.by) == (entry, "clerk")
    book.amended(WITHDRAW)
    assert [one.said.number for one in book.order.effective] == [1, 2]


def test_an_amendment_that_nobody_has_confirmed_is_replaced() -> None:
    """By a newer one, which says what it would have said without the first; the first never holds."""
    book = replaced()
    assert [one.said.targets for one in book.order.amendments] == [(M1,), (M2,)]
    assert book.order.waits
    book.log(book.ask(ConfirmOrder(2)))
    assert [one.said.number for one in book.order.effective] == [2]
    assert book.order.terms.targets == (M2,)
    first, second = book.order.amendments
    assert (book.order.replacing(first), book.order.replacing(second)) == (second, None)
    assert not book.order.waits


def test_no_clerk_displaces_what_the_authority_itself_has_said() -> None:
    """Whether it is on the ledger or not; the authority may, and once it was confirmed anybody."""
    book = OrderBook(about(M1, M2), COURT).confirmed()
    entry = book.ask(WITHDRAW, COURT)
    message = "amendment 1 of order 9 is court's own, and waits: confirm it, or have them replace it"
    for _ in range(2):
        with pytest.raises(CaseError, match=message):
            book.ask(narrow(M1), CLERK)
        book.log(entry)
    book.log(book.ask(narrow(M1), COURT))
    book.log(book.ask(ConfirmOrder(2)))
    book.log(book.ask(replace(narrow(M1), territory="CN-31"), CLERK))
    book.log(book.ask(WITHDRAW, COURT))
    book.log(book.ask(ConfirmOrder(4)))
    assert book.order.ended


def test_whatever_the_ledger_takes_first_the_newer_amendment_holds() -> None:
    """Also where the first comes there last."""
    book = OrderBook(about(M1, M2)).confirmed()
    first = book.ask(narrow(M1), CLERK)
    second = book.ask(narrow(M2), CLERK)
    for entry in (book.ask(ConfirmOrder(2)), second, first):
        book.log(entry)
    assert [one.said.number for one in book.order.effective] == [2]


def test_what_replaced_an_amendment_and_was_refused_replaces_nothing() -> None:
    """The first can be confirmed again."""
    book = pending()
    book.refuse(book.ask(narrow(M2), CLERK))
    book.log(book.ask(ConfirmOrder(1)))
    assert book.order.terms.targets == (M1,)


def test_an_order_says_that_it_waits_for_a_second_person() -> None:
    """For itself or for an amendment; not once it was signed by two, has ended, or was refused."""
    book = OrderBook(about(M1, M2))
    waits = [book.order.waits]
    book.confirmed()
    waits.append(book.order.waits)
    book.log(book.ask(narrow(M1), CLERK))
    waits.append(book.order.waits)
    book.ask(ConfirmOrder(1))
    waits.append(book.order.waits)
    assert waits == [True, False, True, False]
    assert not withdrawn().order.waits
    assert not refused().order.waits


def test_narrowing_leaves_what_it_does_not_name() -> None:
    """Territory, deadline and targets stay as they were."""
    book = OrderBook(about(M1, M2)).confirmed()
    before = book.order.terms
    book.amended(Amend(NARROWED, WHY, None, None, START + 9_000))
    assert book.order.terms == replace(before, deadline=START + 9_000)
    book.amended(Amend(NARROWED, WHY, (M2,)))
    assert book.order.terms == replace(before, deadline=START + 9_000, targets=(M2,))


def test_an_order_about_an_account_is_narrowed_to_posts() -> None:
    """A post is part of all content of its account."""
    book = OrderBook(about(WHOLE, OTHER)).confirmed()
    book.amended(narrow(M1))
    assert book.order.terms.targets == (M1,)
    assert book.order.terms.of(ACCOUNT) == ("m1",)
    assert book.order.terms.of(OTHER.subject) == ()


@pytest.mark.parametrize("change", [REFUSED, WITHDRAWN])
def test_an_order_that_has_ended_is_about_nothing(change: Change) -> None:
    """For good."""
    book = OrderBook().confirmed()
    assert book.order.ended is None
    book.amended(Amend(change, WHY))
    assert book.order.ended
    assert book.order.ended.said.change is change
    assert book.order.terms.targets == ()


def test_an_order_knows_its_subjects() -> None:
    """Each once, in the order in which they were named, whatever was narrowed since."""
    book = OrderBook(about(M1, OTHER, M2)).confirmed()
    book.amended(narrow(M2))
    assert book.order.subjects == (ACCOUNT, OTHER.subject)


def test_what_the_ledger_refused_can_be_said_again() -> None:
    """A confirmation, an amendment and its confirmation; the number of an amendment is used again."""
    book = OrderBook()
    book.refuse(book.ask(ConfirmOrder()))
    assert book.order.confirmations == ()
    book.log(book.order.entry)
    book.log(book.ask(ConfirmOrder()))
    book.refuse(book.ask(WITHDRAW, CLERK))
    assert book.order.amendments == ()
    book.log(book.ask(WITHDRAW, CLERK))
    book.refuse(book.ask(ConfirmOrder(1)))
    assert not book.order.ended
    book.log(book.ask(ConfirmOrder(1)))
    assert book.order.ended
    assert book.order.ended.said.number == 1
    assert len(book.order.refused) == 3


def test_an_order_that_the_ledger_refused_comes_in_again() -> None:
    """As it is entered then, without what was said of the first; one that stands does not."""
    book = OrderBook()
    book.ask(ConfirmOrder())
    first = book.order.entry
    again = entered(replace(entering(), basis="Art. 2"), CLERK_2, START + 5, TABLE)
    with pytest.raises(TypeError, match="Entered is no event of order 9"):
        book.record(again, CLERK_2)
    book.refuse(first)
    book.now += 5
    book.record(again, CLERK_2)
    order = book.order
    assert (order.by, order.entered_at, order.said.basis) == ("clerk-2", START + 5, "Art. 2")
    assert (order.confirmations, list(order.refused)) == ((), [first])
    assert order.entry not in (b"", first)
    assert order.version == len(book.events)
    assert order == build(9, book.events)
    book.log(order.entry)
    book.log(book.ask(ConfirmOrder(), CLERK))
    assert book.order.confirmed


def test_an_order_is_built_as_it_came_about() -> None:
    """Built anew from any number of its events, an order is the one that it was then."""
    book = pending()
    book.log(book.ask(ConfirmOrder(1)))
    book.record(Reported(digest("report"), (book.order.entry,)))
    order = build(9, book.events[:1])
    for number, recorded in enumerate(book.events[1:], start=2):
        order = evolve(order, recorded)
        assert order == build(9, book.events[:number])
        assert order.version == number
    assert order == book.order
    assert order.reports == (Report(START, digest("report"), (order.entry,)),)
    assert str(order) == "order 9"


def test_an_order_is_entered_first_and_has_events_of_its_own() -> None:
    """What happens to cases happens to no order."""
    book = OrderBook()
    book.ask(ConfirmOrder())
    with pytest.raises(TypeError, match="order 9 begins with OrderConfirmed"):
        build(9, book.events[1:])
    with pytest.raises(TypeError, match="Claimed is no event of order 9"):
        book.record(Claimed(START + 5))
