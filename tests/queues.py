"""A case and an order, and a ledger that judges what they sign: before it waits, and when it is appended."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import NamedTuple

from casebook import PLATFORM, Casebook, OrderBook
from worlds import START, Claims, World

from tipstaff.casework.commands import Actor
from tipstaff.casework.events import AnyEvent, Confirmed, Decided, Logged, Refused
from tipstaff.casework.orders.commands import EnterOrder
from tipstaff.ledger.errors import RefusedError
from tipstaff.ledger.registration import judge
from tipstaff.ledger.state import Overlay
from tipstaff.ledger.statement import Statement, parse


@cache
def base() -> tuple[World, bytes]:
    """Return a log on which everybody has a key, and a policy that is in force on it."""
    world = World.begin()
    world.add_key("dora", "reviewer")
    return world, world.append("policy", "owner")


class Signed(NamedTuple):
    """A statement that waits for the ledger."""

    statement: Statement
    due: int
    of_case: bool


class Queue:
    """What waits for the ledger, and the state that the ledger is in."""

    def __init__(self) -> None:
        self.world, self.policy = base()
        self.now = START
        self.waiting: list[Signed] = []
        self._state = Overlay(self.world.store)
        self._position = self.world.store.size

    def sign(self, kind: str, claims: Claims, actor: Actor, due: int, *, of_case: bool) -> bytes:
        """Sign a statement, and have it judged after all that waits. Raises `RefusedError`."""
        self.world.now = self.now
        statement = parse(self.world.draft(kind, actor.name, claims))
        ahead, position = Overlay(self._state), self._position
        for signed in self.waiting:
            with suppress(RefusedError):
                ahead.apply(judge(signed.statement, position, ahead))
                position += 1
        judge(statement, position, ahead)
        self.waiting.append(Signed(statement, due, of_case))
        return statement.entry

    def append(self, signed: Signed) -> AnyEvent:
        """Append a statement; returns the event that says what became of it."""
        self.waiting.remove(signed)
        entry = signed.statement.entry
        try:
            self._state.apply(judge(signed.statement, self._position, self._state))
        except RefusedError as error:
            return Refused(entry, str(error))
        self._position += 1
        return Logged(entry, self._position - 1)

    def take_back(self, entry: bytes) -> None:
        """Forget a statement."""
        self.waiting = [one for one in self.waiting if one.statement.entry != entry]


class QueuedCase(Casebook):
    """A case whose statements wait in a queue."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._due = START
        super().__init__()

    def record(self, event: AnyEvent, actor: Actor = PLATFORM) -> bytes:
        """Let something happen; a confirmation waits for its decision."""
        self._due = self.now
        if isinstance(event, Decided):
            self._due = event.due
        elif isinstance(event, Confirmed) and (decision := self.case.decision(event.decision)):
            self._due = max(self.now, decision.said.due)
        return super().record(event, actor)

    def sign(self, kind: str, claims: Claims, actor: Actor) -> bytes:
        """Sign a statement."""
        return self._queue.sign(kind, claims, actor, self._due, of_case=True)


class QueuedOrder(OrderBook):
    """An order whose statements wait in a queue."""

    def __init__(self, queue: Queue, command: EnterOrder) -> None:
        self._queue = queue
        super().__init__(command)

    def sign(self, kind: str, claims: Claims, actor: Actor) -> bytes:
        """Sign a statement."""
        return self._queue.sign(kind, claims, actor, self._queue.now, of_case=False)
