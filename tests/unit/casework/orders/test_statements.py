"""Events of orders that are statements: each registers on a log under the table that ships."""

from __future__ import annotations

from casebook import ACCOUNT, CLERK, CLERK_2, COURT, TABLE, entering
from msgspec.structs import replace
from worlds import START, World, digest

from tipstaff.casework.commands import Actor
from tipstaff.casework.events import AnyEvent, Logged, Recorded
from tipstaff.casework.orders.commands import Amend, ConfirmOrder, OrderCommand
from tipstaff.casework.orders.decide import decide, entered
from tipstaff.casework.orders.events import Change, Reported, Scope
from tipstaff.casework.orders.order import Order, enter, evolve
from tipstaff.casework.orders.statements import order_claims, order_name
from tipstaff.casework.words import Target
from tipstaff.ledger.statement import parse

NARROWED, REFUSED, WITHDRAWN = Change


class Road:
    """An order whose statements are registered on a real log as soon as they are made."""

    def __init__(self, attachment: bytes | None = None) -> None:
        self.world = World.begin()
        command = entering(Target(ACCOUNT, "m1"), Target(ACCOUNT, "m2"), scope=Scope.CONTENT)
        event = entered(replace(command, attachment=attachment), CLERK, START, TABLE)
        self.order: Order = enter(9, self._recorded(None, event, CLERK))
        self._know(self.order.entry)

    def ask(self, command: OrderCommand, actor: Actor) -> None:
        """Ask something of the order; the ledger must take it."""
        event = decide(self.order, command, actor, START, TABLE)
        recorded = self._recorded(self.order, event, actor)
        self.order = evolve(self.order, recorded)
        self._know(recorded.entry or b"")

    def _recorded(self, order: Order | None, event: AnyEvent, actor: Actor) -> Recorded:
        stated = order_claims(order, event)
        assert stated
        entry = self.world.add(self.world.draft(stated[0], actor.name, stated[1]))
        return Recorded(START, actor.name, event, entry)

    def _know(self, entry: bytes) -> None:
        self.order = evolve(self.order, Recorded(START, "platform", Logged(entry, self.world.store.size - 1)))


def test_the_whole_road_registers() -> None:
    """Entered by a clerk, confirmed by the authority, narrowed by it, and withdrawn."""
    road = Road(digest("a document"))
    road.ask(ConfirmOrder(), COURT)
    road.ask(Amend(NARROWED, digest("reasons"), (Target(ACCOUNT, "m1"),), "CN-31"), COURT)
    road.ask(ConfirmOrder(1), CLERK_2)
    road.ask(Amend(WITHDRAWN, digest("reasons")), CLERK)
    road.ask(ConfirmOrder(2), COURT)
    assert road.order.ended
    kinds = [parse(one).kind for one in road.world.statements if parse(one).kind not in ("rules", "key")]
    assert kinds == ["order", "confirmation", "amendment", "confirmation", "amendment", "confirmation"]


def test_an_order_says_what_it_is_about_in_kind_only() -> None:
    """Its scope, and neither accounts nor posts; the document as a commitment, where there is one."""
    road = Road(digest("a document"))
    claims = parse(road.world.statements[-1]).claims
    assert claims == {
        "authority": "court",
        "reference": "2026/7",
        "basis": "Art. 1",
        "scope": "content",
        "territory": "CN",
        "deadline": START + 3600,
        "attachment": digest("a document"),
    }
    assert "attachment" not in parse(Road().world.statements[-1]).claims


def test_an_amendment_says_what_is_left() -> None:
    """One that ends the order leaves nothing to say."""
    road = Road()
    road.ask(ConfirmOrder(), CLERK_2)
    road.ask(Amend(NARROWED, digest("reasons"), (Target(ACCOUNT, "m1"),), None, START + 9_000), CLERK)
    common = {"order": road.order.entry, "reasons": digest("reasons")}
    assert parse(road.world.statements[-1]).claims == {
        **common, "number": 1, "change": "narrowed", "scope": "content", "territory": "CN",
        "deadline": START + 9_000,
    }  # fmt: skip
    road.ask(ConfirmOrder(1), CLERK_2)
    road.ask(Amend(REFUSED, digest("reasons")), CLERK)
    assert parse(road.world.statements[-1]).claims == {**common, "number": 2, "change": "refused"}


def test_a_confirmation_says_of_what() -> None:
    """Of the order, or of one of its amendments."""
    road = Road()
    road.ask(ConfirmOrder(), COURT)
    assert parse(road.world.statements[-1]).claims == {"statement": road.order.entry}
    road.ask(Amend(WITHDRAWN, digest("reasons")), COURT)
    road.ask(ConfirmOrder(1), CLERK)
    assert parse(road.world.statements[-1]).claims == {"statement": road.order.amendments[0].entry}


def test_a_report_is_no_statement() -> None:
    """It goes to the authority."""
    assert order_claims(Road().order, Reported(digest("report"))) is None


def test_an_order_has_a_name_on_the_ledger() -> None:
    """Names sort as numbers do."""
    assert [order_name(number) for number in (1, 999_999_999)] == ["order-000000001", "order-999999999"]
