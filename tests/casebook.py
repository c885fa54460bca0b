"""A case for tests of the pure machine, with entries that are made up or those of a real log."""

from __future__ import annotations

from collections.abc import Iterable
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
    Found,
    Hearing,
    Logged,
    MeasureStated,
    Opened,
    Ordered,
    Recorded,
    Refused,
    Source,
    Waiver,
)
from tipstaff.casework.evolve import build, evolve
from tipstaff.casework.owed import owed
from tipstaff.casework.statements import claims_of
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind
from tipstaff.ledger.cbor import encode
from tipstaff.ledger.table import Table, read, shipped

TABLE: Final[Table] = read(encode(shipped()))
ALICE, BOB, CAROL = (Actor(name, "reviewer") for name in ("alice", "bob", "carol"))
PLATFORM, MACHINE, CLERK = Actor("platform", "platform"), Actor("machine", "machine"), Actor("clerk", "clerk")
READER: Final = Actor("memory/reader/rae", "reader")
ACCOUNT: Final = Subject("memory", SubjectKind.ACCOUNT, "news")
APP: Final = Subject("memory", SubjectKind.APP, "signer")
SITE: Final = Subject("memory", SubjectKind.SITE, "coin.example")
POSTS: Final = ("m1", "m2")
BLOCK: Final = (Asked(MeasureKind.BLOCK_CONTENT, POSTS),)
CLOSE: Final = (Asked(MeasureKind.CLOSE_ACCOUNT),)


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


def ordered(targets: tuple[str | None, ...] = (None,), number: int = 9) -> Ordered:
    """Return that an order is about the subject, or about posts of it."""
    return Ordered(number, digest("order"), "bureau", "2026/7", "CN", START + 3600, targets)


class Casebook:
    """A case as it goes on, with its events."""

    def __init__(self, subject: Subject = ACCOUNT, posts: Iterable[str] = POSTS) -> None:
        self.now = START
        self._ctis = count(1)
        self.events = [Recorded(START, "machine", Opened(subject, Source.FINDING))]
        self.case: Case = build(1, self.events)
        for post in posts:
            self.record(found(post), MACHINE)

    def record(self, event: AnyEvent, actor: Actor = PLATFORM) -> bytes:
        """Let something happen; returns the entry of its statement, empty where it is none."""
        targets = tuple(digest(post) for post in POSTS)
        stated = claims_of(self.case, event, self.now, f"v1:{digest('subject').hex()}", targets)
        entry = self.sign(*stated, actor) if stated else None
        recorded = Recorded(self.now, actor.name, event, entry)
        self.events.append(recorded)
        self.case = evolve(self.case, recorded)
        return entry or b""

    def sign(self, kind: str, claims: Claims, actor: Actor) -> bytes:
        """Return the entry of a statement: one that is made up."""
        assert claims
        return digest(f"{kind} {next(self._ctis)} by {actor.name}")

    def ask(self, command: Command, actor: Actor = ALICE) -> bytes:
        """Ask something of the case; returns the entry of what came of it."""
        (event,) = decide(self.case, Request(command, actor, self.now, TABLE))
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
