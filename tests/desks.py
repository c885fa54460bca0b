"""Desks in memory for tests: cases, a host, a ledger; and ports that die before or after each effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Literal

from casebook import ACCOUNT, POSTS
from squares import TIME
from worlds import START, World, digest, key_of

from tipstaff.actions.cases import AnyDossier, Cases, Change, Delivery, Dossier, Waiting
from tipstaff.actions.desk import Desk
from tipstaff.actions.host import Act, HostError, Seen, Snapshot
from tipstaff.actions.memory import MemoryCases
from tipstaff.actions.policies import Stated
from tipstaff.casework.case import Case
from tipstaff.casework.complaints import Told
from tipstaff.casework.events import Found, Opened, Recorded, Source, Trace
from tipstaff.casework.orders.order import Order
from tipstaff.casework.outline import Outline
from tipstaff.casework.words import Direction, MeasureKind, Subject, SubjectKind, Target
from tipstaff.hosts.effects import Measure
from tipstaff.hosts.memory import MemoryHost
from tipstaff.ledger.cbor import Value
from tipstaff.ledger.errors import LogError
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.log import Outcome
from tipstaff.ledger.statement import parse
from tipstaff.ledger.verification import Refused
from tipstaff.screening.posts import Post

BEFORE: Final = "before"
AFTER: Final = "after"
When = Literal["before", "after"]


class InjectedError(Exception):
    """The death of a worker."""


@dataclass
class Faults:
    """At which effect a worker dies, counted from 1, and whether before it or after; 0 for never."""

    number: int = 0
    when: When = BEFORE
    calls: list[str] = field(default_factory=list)
    fired: str = ""

    @contextmanager
    def effect(self, name: str) -> Iterator[None]:
        """Surround an effect."""
        self.calls.append(name)
        dies = len(self.calls) == self.number
        if dies:
            self.fired = name
        if dies and self.when == BEFORE:
            raise InjectedError(name)
        yield
        if dies:
            raise InjectedError(name)


class FakeVault:
    """A vault that forgets, and whose commitments are all different."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._numbers = count()
        self.kept: dict[str, int] = {}

    def keep(self, subject: str, kind: str, name: str, value: Value) -> bytes:
        """Return a commitment."""
        with self._faults.effect("keep"):
            self.kept[subject] = self.kept.get(subject, 0) + 1
            return digest(f"{next(self._numbers)} {subject} {kind} {name} {value!r}")

    def count(self, subject: str) -> int:
        """Return how many values are kept about a subject."""
        return self.kept.get(subject, 0)

    def erase(self, subject: str) -> int:
        """Erase what is kept about a subject."""
        with self._faults.effect("erase"):
            return self.kept.pop(subject, 0)


class FakeKeys:
    """The keys of everybody in the world of tests."""

    def key_of(self, name: str) -> SigningKey:
        """Return the key of somebody."""
        return key_of(name)


class FakePolicies:
    """No policies: tests name the statement themselves."""

    def stated(self, name: str | None = None) -> list[Stated]:
        """Return none."""
        assert name != ""
        return []

    def adopted(self, reference: str) -> Stated | None:
        """Return none."""
        assert reference
        return None

    def keep(self, stated: Stated) -> None:
        """Keep nothing."""
        raise NotImplementedError(stated)


class DyingCases:
    """Cases whose changes are effects; `before` is done before a change, once."""

    def __init__(self, cases: Cases, faults: Faults) -> None:
        self._cases = cases
        self._faults = faults
        self.before: Callable[[], None] | None = None
        self.loaded: list[int] = []

    def open(self, subject: Subject, opened: Recorded) -> Case:
        """Open a case."""
        return self._cases.open(subject, opened)

    def load(self, number: int) -> Case:
        """Load a case."""
        self.loaded.append(number)
        return self._cases.load(number)

    def find(self, subject: Subject) -> Case | None:
        """Find a case."""
        return self._cases.find(subject)

    def numbers(self) -> list[int]:
        """Return the numbers of all cases."""
        return self._cases.numbers()

    def reserve(self, authority: str, reference: str) -> int:
        """Reserve the number of an order."""
        return self._cases.reserve(authority, reference)

    def enter(self, number: int, change: Change) -> Order:
        """Enter an order."""
        with self._faults.effect("enter"):
            return self._cases.enter(number, change)

    def load_order(self, number: int) -> Order:
        """Load an order."""
        return self._cases.load_order(number)

    def order_numbers(self) -> list[int]:
        """Return the numbers of all orders."""
        return self._cases.order_numbers()

    def dossier(self, number: int) -> Dossier:
        """Load a case or an order."""
        self.loaded.append(number)
        return self._cases.dossier(number)

    def complaints_of(self, complainant: str) -> list[Told]:
        """Return what somebody has complained of."""
        return self._cases.complaints_of(complainant)

    def sharing(self, traces: Sequence[Trace]) -> dict[int, list[Trace]]:
        """Return the cases that share traces."""
        return self._cases.sharing(traces)

    def due(self, now: int) -> list[int]:
        """Return what is to be attended to."""
        return self._cases.due(now)

    def outlines(self, most: int, after: int | None = None) -> list[Outline]:
        """List cases."""
        return self._cases.outlines(most, after)

    def change(self, dossier: AnyDossier, change: Change) -> AnyDossier:
        """Change a case or an order."""
        before, self.before = self.before, None
        if before:
            before()
        with self._faults.effect("change"):
            return self._cases.change(dossier, change)

    def waiting(self) -> list[Waiting]:
        """Return what waits."""
        return self._cases.waiting()

    def send(self, now: int, most: int) -> list[Waiting]:
        """Return what is due."""
        with self._faults.effect("send"):
            return self._cases.send(now, most)

    def owed(self, now: int) -> list[Delivery]:
        """Return what is owed."""
        return self._cases.owed(now)

    def put_off(self, delivery: Delivery, due: int) -> None:
        """Put a delivery off."""
        with self._faults.effect("put off"):
            self._cases.put_off(delivery, due)


class TroubledHost(MemoryHost):
    """A host that may be down, or answer and do nothing; it keeps what it was asked, and what changed."""

    def __init__(self, faults: Faults) -> None:
        super().__init__()
        self._faults = faults
        self.down = False
        self.deaf = False
        self.asked: list[str] = []
        self._ever: dict[tuple[Target, str], Measure] = {}
        self.changed: list[tuple[MeasureKind, Direction, str | None]] = []

    def carry_out(self, act: Act) -> None:
        """Do what is asked, unless it is down or deaf."""
        self.asked.append(act.key)
        if self.down:
            raise HostError("the host is down")
        if self.deaf:
            return
        with self._faults.effect("carry out"):
            before = super().read_back(act.target).measures
            super().carry_out(act)
            if super().read_back(act.target).measures != before:
                self.changed.append((act.kind, act.direction, act.target.post))
            self._ever |= self._in_force

    def lose(self, post: str) -> None:
        """Forget the measures on a post, as a host does that was put back."""
        on_post = [name for name in self._in_force if name[0].post == post]
        for name in on_post:
            del self._in_force[name]

    def restore(self, post: str) -> None:
        """Have all measures in force again that ever were on a post."""
        self._in_force |= {name: one for name, one in self._ever.items() if name[0].post == post}

    def read_back(self, target: Target) -> Seen:
        """Return what is in force."""
        if self.down:
            raise HostError("the host is down")
        with self._faults.effect("read back"):
            return super().read_back(target)


class Office:
    """A desk with a case about an account that has published two posts; a clock; a ledger in force."""

    def __init__(self, cases: Cases | None = None) -> None:
        self.now = START
        self.world = World.begin()
        self.policy = self.world.append("policy", "owner")
        self.faults = Faults()
        self.host = TroubledHost(self.faults)
        self.host.register(SubjectKind.ACCOUNT, ACCOUNT.id)
        self.cases = DyingCases(MemoryCases() if cases is None else cases, self.faults)
        self.refusing: set[str] = set()
        self.down: LogError | None = None
        self.desk = Desk(
            self.cases, FakePolicies(), {self.host.name: self.host}, FakeVault(self.faults), FakeKeys(),
            self.world.store, b"secret of pseudonyms", lambda: self.now,
        )  # fmt: skip
        case = self.cases.open(ACCOUNT, Recorded(START, "machine", Opened(ACCOUNT, Source.FINDING)))
        for post in POSTS:
            published = Post(id=post, account=ACCOUNT.id, text=post, published_at=TIME, host=self.host.name)
            self.host.publish(Snapshot(published, (), {}))
            event = Found(post, "house", "hype", "house-1", 2, digest(post))
            case = self.cases.change(case, Change([Recorded(START, "machine", event)]))

    @property
    def case(self) -> Case:
        """The case as it is kept."""
        return self.cases.load(1)

    def append(self, statements: list[bytes]) -> list[Outcome]:
        """Append statements: the ledger of this office, which may refuse kinds that it should take."""
        self.world.now = self.now
        if self.down:
            raise self.down
        with self.faults.effect("append"):
            taken = [one for one in statements if parse(one).kind not in self.refusing]
            outcomes = iter(self.world.log.append(taken))
            return [next(outcomes) if one in taken else Refused("out of order") for one in statements]

    def kinds(self) -> dict[str, int]:
        """Count the statements of casework on the ledger by their kinds."""
        kinds = [parse(one).kind for one in self.world.statements]
        return {kind: kinds.count(kind) for kind in kinds if kind not in ("rules", "key", "policy")}

    def in_force(self, *posts: str | None) -> list[list[MeasureKind]]:
        """Return the kinds in force on posts, or on the account."""
        return [list(self.host.read_back(Target(ACCOUNT, post)).measures.values()) for post in posts]


EVERYTHING: Final[Sequence[str | None]] = (None, *POSTS)
