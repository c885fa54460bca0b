"""A case for tests of the pure machine, with entries that are made up or those of a real log."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import count
from typing import Final

from msgspec.structs import replace
from worlds import START, Claims, digest

from tipstaff.casework.case import Case
from tipstaff.casework.commands import Actor, Asked, Command, Decide, Request
from tipstaff.casework.decide import decide
from tipstaff.casework.deciding import IRREVERSIBLE
from tipstaff.casework.events import (
    AnyEvent,
    Decided,
    EffectState,
    EffectStated,
    Found,
    Hearing,
    Logged,
    MeasureStated,
    Noticed,
    Opened,
    Ordered,
    Recorded,
    Refused,
    Source,
    Waiver,
)
from tipstaff.casework.evolve import build, evolve
from tipstaff.casework.orders.commands import Amend, ConfirmOrder, EnterOrder, OrderCommand
from tipstaff.casework.orders.decide import decide as decide_order
from tipstaff.casework.orders.decide import entered
from tipstaff.casework.orders.events import Scope
from tipstaff.casework.orders.order import Order
from tipstaff.casework.orders.order import build as build_order
from tipstaff.casework.orders.order import evolve as evolve_order
from tipstaff.casework.orders.statements import order_claims
from tipstaff.casework.owed import owed
from tipstaff.casework.statements import claims_of
from tipstaff.casework.words import UNSEEN, Direction, MeasureKind, Subject, SubjectKind, Target
from tipstaff.ledger.cbor import encode
from tipstaff.ledger.table import Table, read, shipped

TABLE: Final[Table] = read(encode(shipped()))
ALICE, BOB, CAROL = (Actor(name, "reviewer") for name in ("alice", "bob", "carol"))
PLATFORM, MACHINE = Actor("platform", "platform"), Actor("machine", "machine")
CLERK, CLERK_2 = Actor("clerk", "clerk"), Actor("clerk-2", "clerk")
COURT: Final = Actor("court", "authority")
READER: Final = Actor("memory/reader/rae", "reader")
ACCOUNT: Final = Subject("memory", SubjectKind.ACCOUNT, "news")
APP: Final = Subject("memory", SubjectKind.APP, "signer")
SITE: Final = Subject("memory", SubjectKind.SITE, "coin.example")
POSTS: Final = ("m1", "m2")
BLOCK: Final = (Asked(MeasureKind.BLOCK_CONTENT, POSTS),)
CLOSE: Final = (Asked(MeasureKind.CLOSE_ACCOUNT),)
BLOCK_BY_TWO: Final = (*BLOCK, Asked(MeasureKind.BLOCK_CONTENT))
"""What is blocked at once, and what else is once a second person has confirmed it."""


def found(post: str, rule: str = "hype") -> Found:
    """Return a finding on a post."""
    return Found(post, "house@1.0+0000", rule, "house-1", 2, digest(f"snapshot of {post}"))


def blocking(
    measures: tuple[Asked, ...] = BLOCK, delay: int = 0, policy: bytes = digest("policy in force")
) -> Decide:
    """Return a decision: it blocks both posts unless it is told otherwise; before closing nobody is heard."""
    decide = Decide("house-1", policy, digest("house 1.0"), measures, digest("reasons"), delay=delay)
    if all(asked.kind not in IRREVERSIBLE for asked in measures):
        return decide
    return replace(decide, hearing=Hearing.WAIVED, waived_for=Waiver.GRAVE_HARM)


def entering(*targets: Target, scope: Scope = Scope.ACCOUNT) -> EnterOrder:
    """Return an order that comes in: about the account, unless it is told otherwise."""
    about = targets or (Target(ACCOUNT),)
    return EnterOrder("court", "2026/7", "Art. 1", scope, about, "CN", START + 3600, digest("an order"))


def ordered(targets: tuple[str | None, ...] = (None,), number: int = 9) -> Ordered:
    """Return that an order is about the subject, or about posts of it."""
    return Ordered(number, digest("order"), "bureau", "2026/7", "CN", START + 3600, targets)


class Casebook:
    """A case as it goes on, with its events."""

    def __init__(self, subject: Subject = ACCOUNT, posts: Iterable[str] = POSTS) -> None:
        self.now = START
        self.table = TABLE
        self.second_person: Collection[MeasureKind] = ()
        self.claims: Claims = {}
        self._ctis = count(1)
        self.events = [Recorded(START, "machine", Opened(subject, Source.FINDING))]
        self.case: Case = build(1, self.events)
        for post in posts:
            self.record(found(post), MACHINE)

    def record(self, event: AnyEvent, actor: Actor = PLATFORM) -> bytes:
        """Let something happen; returns the entry of its statement, empty where it is none."""
        targets = tuple(map(digest, event.posts)) if isinstance(event, Decided) else ()
        stated = claims_of(self.case, event, self.now, f"v1:{digest('subject').hex()}", targets)
        entry = self.sign(*stated, actor) if stated else None
        recorded = Recorded(self.now, actor.name, event, entry)
        self.events.append(recorded)
        self.case = evolve(self.case, recorded)
        return entry or b""

    def sign(self, kind: str, claims: Claims, actor: Actor) -> bytes:
        """Return the entry of a statement: one that is made up."""
        self.claims = claims
        return digest(f"{kind} {next(self._ctis)} by {actor.name}")

    def ask(self, command: Command, actor: Actor = ALICE) -> bytes:
        """Ask something of the case; returns the entry of what came of it."""
        (event,) = decide(self.case, Request(command, actor, self.now, TABLE, self.second_person))
        return self.record(event, actor)

    def log(self, entry: bytes) -> None:
        """Let the ledger take a statement."""
        self.record(Logged(entry, len(self.case.logged)))

    def refuse(self, entry: bytes) -> None:
        """Let the ledger refuse a statement."""
        self.record(Refused(entry, "the rules are against it"))

    def asked_and_logged(self, command: Command, actor: Actor = ALICE) -> bytes:
        """Ask something, and let the ledger take it."""
        entry = self.ask(command, actor)
        self.log(entry)
        return entry

    def owed(self) -> list[MeasureStated]:
        """Return what is owed now."""
        return list(owed(self.case, self.now, TABLE))

    def stated(self) -> list[bytes]:
        """State what is owed now; returns the entries."""
        return [self.record(event) for event in self.owed()]

    def begun(self) -> None:
        """State what is owed now, and let the ledger take it."""
        for entry in self.stated():
            self.log(entry)

    def carried_out(self) -> None:
        """State what is owed now, let the ledger take it, the host do it, and people be told."""
        for stated in self.owed():
            entry = self.record(stated)
            self.log(entry)
            applied = stated.direction is Direction.APPLY
            self.record(EffectStated(entry, 1, EffectState.APPLIED if applied else EffectState.LIFTED))
            kind = self.case.carried_out(self.case.carryings[-1]).planned(stated.measure).kind
            for audience in ("account", "readers") if applied and kind not in UNSEEN else ("account",):
                self.record(Noticed(audience, entry, digest(f"{audience} is told of {entry.hex()}")))


class OrderBook:
    """An order as it goes on, with its events."""

    def __init__(self, command: EnterOrder | None = None, actor: Actor = CLERK) -> None:
        self.now = START
        self._ctis = count(1)
        event = entered(command or entering(), actor, self.now, TABLE)
        self.events = [Recorded(START, actor.name, event, self._entry(None, event, actor))]
        self.order: Order = build_order(9, self.events)

    def record(self, event: AnyEvent, actor: Actor = PLATFORM) -> bytes:
        """Let something happen; returns the entry of its statement, empty where it is none."""
        entry = self._entry(self.order, event, actor)
        recorded = Recorded(self.now, actor.name, event, entry)
        self.order = evolve_order(self.order, recorded)
        self.events.append(recorded)
        return entry or b""

    def ask(self, command: OrderCommand, actor: Actor = CLERK_2) -> bytes:
        """Ask something of the order; returns the entry of what came of it."""
        return self.record(decide_order(self.order, command, actor, self.now, TABLE), actor)

    def log(self, entry: bytes) -> None:
        """Let the ledger take a statement."""
        self.record(Logged(entry, len(self.order.logged)))

    def refuse(self, entry: bytes) -> None:
        """Let the ledger refuse a statement."""
        self.record(Refused(entry, "the rules are against it"))

    def confirmed(self) -> OrderBook:
        """Let another clerk confirm the order, and the ledger take both; returns itself."""
        self.log(self.order.entry)
        self.log(self.ask(ConfirmOrder()))
        return self

    def amended(self, command: Amend) -> bytes:
        """Let a clerk amend the order, another confirm that, and the ledger take both; returns the entry."""
        entry = self.ask(command, CLERK)
        self.log(entry)
        self.log(self.ask(ConfirmOrder(self.order.amendments[-1].said.number)))
        return entry

    def sign(self, kind: str, claims: Claims, actor: Actor) -> bytes:
        """Return the entry of a statement: one that is made up."""
        assert claims
        return digest(f"{kind} {next(self._ctis)} by {actor.name}, about an order")

    def _entry(self, order: Order | None, event: AnyEvent, actor: Actor) -> bytes | None:
        """Return the entry of the statement that an event is, if it is one."""
        stated = order_claims(order, event)
        return self.sign(*stated, actor) if stated else None
