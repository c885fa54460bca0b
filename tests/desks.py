"""Desks in memory for tests: cases, a host, a ledger; and ports that die before or after each effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from dataclasses import replace as replace_fields
from itertools import count
from typing import Final, Literal

from casebook import ACCOUNT, ALICE, BLOCK, CAROL, CLERK, CLERK_2, PLATFORM, POSTS, blocking, entering
from msgspec.structs import replace
from squares import TIME
from worlds import HOLDERS, START, World, digest, key_of

from tipstaff.actions.ask import ask
from tipstaff.actions.cases import AnyDossier, Backlog, Cases, Change, Delivery, Dossier, Mark, Waiting
from tipstaff.actions.desk import Desk
from tipstaff.actions.host import Act, Host, HostError, Seen, Snapshot
from tipstaff.actions.memory import MemoryCases
from tipstaff.actions.orders import ask_of_order, enter
from tipstaff.actions.policies import Stated
from tipstaff.actions.work import Done, work
from tipstaff.casework.case import Case
from tipstaff.casework.commands import Appeal, Asked, Rule
from tipstaff.casework.complaints import Told
from tipstaff.casework.events import EffectState, Found, Opened, Recorded, Result, Source
from tipstaff.casework.orders.commands import Amend, ConfirmOrder
from tipstaff.casework.orders.events import Change as OrderChange
from tipstaff.casework.orders.events import Scope
from tipstaff.casework.orders.order import Order
from tipstaff.casework.outline import Outline
from tipstaff.casework.which import EVERY, Which
from tipstaff.casework.words import Direction, MeasureKind, Subject, SubjectKind, Target, Trace
from tipstaff.config.settings import Settings
from tipstaff.hosts.effects import Measure
from tipstaff.hosts.forgetful import ForgetfulHost
from tipstaff.hosts.memory import MemoryHost
from tipstaff.ledger.cbor import Value
from tipstaff.ledger.errors import LogError
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.log import Outcome
from tipstaff.ledger.statement import parse
from tipstaff.ledger.verification import Refused
from tipstaff.policy.model import Reversal, Rung
from tipstaff.screening.posts import Post
from tipstaff.vault.vault import VaultError

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


@dataclass(frozen=True)
class FakeKept:
    """A value, and under whose key it is kept."""

    whose: str
    value: Value


class FakeVault:
    """A vault in memory, whose commitments are all different."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._erased = Counter[str]()
        self._numbers = count()
        self.busy = False
        self.kept: dict[bytes, FakeKept] = {}

    def keep(self, subject: str, kind: str, name: str, value: Value) -> bytes:
        """Return a commitment."""
        with self._faults.effect("keep"):
            commitment = digest(f"{next(self._numbers)} {subject} {kind} {name} {value!r}")
            self.kept[commitment] = FakeKept(subject, value)
            return commitment

    def keep_all(self, subject: str, values: Iterable[tuple[str, str, Value]]) -> list[bytes]:
        """Return commitments."""
        return [self.keep(subject, *value) for value in values]

    def open(self, commitment: bytes) -> FakeKept | None:
        """Return what was kept."""
        return self.kept.get(commitment)

    def has(self, commitments: Iterable[bytes]) -> bool:
        """Say whether all these are kept."""
        return all(one in self.kept for one in commitments)

    def count(self, subject: str) -> int:
        """Return how many values are kept about a subject."""
        return sum(one.whose == subject for one in self.kept.values())

    def subjects(self, ending: str) -> list[str]:
        """Return those about whom something is kept whose names end so."""
        return sorted({one.whose for one in self.kept.values() if one.whose.endswith(ending)})

    def key_of(self, subject: str) -> bytes | None:
        """Return the name of the key of a subject: another one after each erasure."""
        return digest(f"{subject} {self._erased[subject]}") if self.count(subject) else None

    def erase(self, subject: str, named: bytes | None = None) -> int:
        """Erase what is kept about a subject, unless another key is named; not while it is read."""
        if self.busy:
            raise VaultError("it is being read")
        with self._faults.effect("erase"):
            before = len(self.kept)
            if named in (None, self.key_of(subject)):
                self.kept = {name: one for name, one in self.kept.items() if one.whose != subject}
                self._erased[subject] += 1
            return before - len(self.kept)

    def discard(self, subject: str) -> None:
        """Take out what is kept about a subject."""
        with self._faults.effect("discard"):
            self.kept = {name: one for name, one in self.kept.items() if one.whose != subject}

    def drop(self, commitments: Iterable[bytes]) -> None:
        """Take values out."""
        for commitment in commitments:
            self.kept.pop(commitment, None)


class FakeKeys:
    """The keys of everybody in the world of tests."""

    def key_of(self, name: str) -> SigningKey:
        """Return the key of somebody."""
        return key_of(name)

    def has(self, name: str) -> bool:
        """Say whether somebody of the world has that name."""
        return name in HOLDERS


class FakePolicies:
    """The policies that a test has put in force: none at first."""

    def __init__(self) -> None:
        self._kept: list[Stated] = []

    def stated(self, name: str | None = None) -> list[Stated]:
        """Return the statements about a policy, or about all."""
        return [one for one in self._kept if name in (None, one.name)]

    def adopted(self, reference: str) -> Stated | None:
        """Return the statement that has put a version in force."""
        return next((one for one in self._kept if one.reference == reference), None)

    def keep(self, stated: Stated) -> None:
        """Keep a statement."""
        self._kept.append(stated)


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

    def measured(self, after: int = 0, most: int | None = None) -> list[int]:
        """Return the numbers of cases with measures."""
        return self._cases.measured(after, most)

    def complained_in(self, complainant: str) -> list[int]:
        """Return the numbers of the cases of a complainant."""
        return self._cases.complained_in(complainant)

    def reserve(self, authority: str, reference: str) -> int:
        """Reserve the number of an order."""
        return self._cases.reserve(authority, reference)

    def enter(self, number: int, change: Change, wrong: tuple[Order, Change] | None = None) -> Order:
        """Enter an order."""
        self._before()
        with self._faults.effect("enter"):
            return self._cases.enter(number, change, wrong)

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

    def dossiers(self, numbers: Collection[int]) -> list[Dossier]:
        """Build the cases and orders of some numbers, in that order; what is none is left out."""
        return self._cases.dossiers(numbers)

    def load_all(self, numbers: Collection[int]) -> list[Case]:
        """Build the cases of some numbers, in that order; what is none is left out."""
        return self._cases.load_all(numbers)

    def numbers_of(self, subjects: Collection[Subject]) -> Mapping[Subject, int]:
        """Return the numbers of the cases about some subjects; nothing of what has none."""
        return self._cases.numbers_of(subjects)

    def named(self, beginning: str, most: int, hosts: Collection[str]) -> list[Subject]:
        """Return the first subjects of cases on some hosts whose names begin so, by their names."""
        return self._cases.named(beginning, most, hosts)

    def backlog(self, now: int, most: int, hosts: Collection[str] | None) -> Backlog:
        """Return what is left to be done of cases on some hosts; of orders as well where it is all."""
        return self._cases.backlog(now, most, hosts)

    def complaints_of(self, complainant: str) -> list[Told]:
        """Return what somebody has complained of."""
        return self._cases.complaints_of(complainant)

    def sharing(self, traces: Sequence[Trace]) -> dict[int, list[Trace]]:
        """Return the cases that share traces."""
        return self._cases.sharing(traces)

    def due(self, now: int) -> list[int]:
        """Return what is to be attended to."""
        return self._cases.due(now)

    def marks(self, numbers: Collection[int]) -> Mapping[int, Mark]:
        """Return how some cases and orders stand."""
        return self._cases.marks(numbers)

    def rest(self, order: Order, attend_at: int | None, due: int | None = None) -> None:
        """Put an order to rest."""
        self._before()
        with self._faults.effect("rest"):
            self._cases.rest(order, attend_at, due)

    def outlines(self, most: int, after: int | None = None, which: Which = EVERY) -> list[Outline]:
        """List cases."""
        return self._cases.outlines(most, after, which)

    def first_due(self, which: Which = EVERY) -> Outline | None:
        """Return the case that has the first deadline that is to be kept, of the hosts of `which`."""
        return self._cases.first_due(which)

    def events(self, number: int) -> list[Recorded]:
        """Return what has happened to a case or an order."""
        return self._cases.events(number)

    def outlines_of(self, subjects: Collection[Subject]) -> list[Outline]:
        """Return the cases about some subjects in a line each."""
        return self._cases.outlines_of(subjects)

    def settled(self, severities: Collection[int], most: int) -> list[Outline]:
        """Return cases of some severities that somebody has decided, in a line each."""
        return self._cases.settled(severities, most)

    def count(self, most: int, every: Sequence[Which]) -> list[int]:
        """Return how many cases there are of each, `most` where there are more."""
        return self._cases.count(most, every)

    def change(self, dossier: AnyDossier, change: Change) -> AnyDossier:
        """Change a case or an order."""
        self._before()
        with self._faults.effect("change"):
            return self._cases.change(dossier, change)

    def _before(self) -> None:
        before, self.before = self.before, None
        if before:
            before()

    def waiting(self, dossiers: Collection[int] | None = None) -> list[Waiting]:
        """Return what waits."""
        return self._cases.waiting(dossiers)

    def send(self, now: int, most: int) -> list[Waiting]:
        """Return what is due."""
        with self._faults.effect("send"):
            return self._cases.send(now, most)

    def owed(self, now: int) -> list[Delivery]:
        """Return what is owed."""
        return self._cases.owed(now)

    def owed_in(self, case: int) -> list[Delivery]:
        """Return what a case waits for."""
        return self._cases.owed_in(case)

    def put_off(self, delivery: Delivery, due: int, trouble: str) -> None:
        """Put a delivery off."""
        with self._faults.effect("put off"):
            self._cases.put_off(delivery, due, trouble)


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
        self._check_act(act)
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

    def profile(self, subject: Subject) -> Mapping[str, str]:
        """Return the fields of an account."""
        if self.down:
            raise HostError("the host is down")
        return super().profile(subject)

    def snapshot(self, subject: Subject, post: str) -> Snapshot:
        """Return a post as it is."""
        if self.down:
            raise HostError("the host is down")
        with self._faults.effect("snapshot"):
            return super().snapshot(subject, post)


class TroubledForgetfulHost(TroubledHost, ForgetfulHost):
    """A host in trouble that does not know an act that comes again."""


class Office:
    """A desk with a case about an account that has published two posts; a clock; a ledger in force."""

    def __init__(self, cases: Cases | None = None, host: type[TroubledHost] = TroubledHost) -> None:
        self.now = START
        self.world = World.begin()
        self.policy = self.world.append("policy", "owner")
        self.faults = Faults()
        self.host = host(self.faults)
        self.host.register(SubjectKind.ACCOUNT, ACCOUNT.id)
        self.cases = DyingCases(MemoryCases() if cases is None else cases, self.faults)
        self.refusing: set[str] = set()
        self.hosts: dict[str, Host] = {self.host.name: self.host}
        self.policies = FakePolicies()
        self.vault = FakeVault(self.faults)
        self.down: LogError | None = None
        self.ladder: tuple[Rung, ...] = ()
        self.reversals: tuple[Reversal, ...] = ()
        self.provisions = ("house-1", "house-2", "house-9")
        self.desk = Desk(
            self.cases, self.policies, self.hosts, self.vault, FakeKeys(),
            self.world.store, b"secret of pseudonyms", lambda: self.now,
            lambda _: self.ladder, lambda _: self.provisions, lambda _: self.reversals,
            lambda _: self.ladder,
        )  # fmt: skip
        case = self.cases.open(ACCOUNT, Recorded(START, "machine", Opened(ACCOUNT, Source.FINDING)))
        for post in POSTS:
            published = Post(id=post, account=ACCOUNT.id, text=post, published_at=TIME, host=self.host.name)
            self.host.publish(Snapshot(published, (), {}))
            event = Found(post, "house", "hype", "house-1", 2, digest(post))
            case = self.cases.change(case, Change([Recorded(START, "machine", event)]))

    def set(self, **settings: int) -> None:
        """Have other settings from now on."""
        self.desk = replace_fields(self.desk, settings=Settings(**settings))

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

    @property
    def order(self) -> Order:
        """The one order, as it is kept."""
        (number,) = self.cases.order_numbers()
        return self.cases.load_order(number)

    def kinds(self) -> dict[str, int]:
        """Count the statements of casework on the ledger by their kinds."""
        kinds = [parse(one).kind for one in self.world.statements]
        return {kind: kinds.count(kind) for kind in kinds if kind not in ("rules", "key", "policy")}

    def in_force(self, *posts: str | None) -> list[list[MeasureKind]]:
        """Return the kinds in force on posts, or on the account."""
        return [list(self.host.read_back(Target(ACCOUNT, post)).measures.values()) for post in posts]


DEADLINE: Final = START + 100_000
"""When orders are due here."""

EVERYTHING: Final[Sequence[str | None]] = (None, *POSTS)

APPLY, LIFT = Direction
BLOCKED: Final = [MeasureKind.BLOCK_CONTENT]


def turn(office: Office) -> Done:
    """Do the work that is due now."""
    return work(office.desk, office)


def finish(office: Office, seconds: int = 4_000) -> None:
    """Work on until everything that was put off was tried again."""
    office.now += seconds
    turn(office)


def decide(office: Office, measures: tuple[Asked, ...] = BLOCK, delay: int = 0) -> None:
    """Have Alice decide."""
    ask(office.desk, 1, ALICE, blocking(measures, delay, office.policy))


def reverse(office: Office, number: int = 1) -> None:
    """Have the subject appeal, and Carol reverse the decision."""
    ask(office.desk, 1, PLATFORM, Appeal(number, digest("appeal")))
    ask(office.desk, 1, CAROL, Rule(number, Result.REVERSED, digest("answer")))


def states(office: Office) -> list[list[EffectState]]:
    """Return what was read back of each measure."""
    return [[effect.state for effect in one.effects] for one in office.case.carryings]


def beside(office: Office, changes: int, act: Callable[[], object]) -> None:
    """Work, and let somebody act after so many changes, just before the next; then finish."""
    passed = count()

    def wait_for_it() -> None:
        if next(passed) == changes:
            act()
        else:
            office.cases.before = wait_for_it

    office.cases.before = wait_for_it
    turn(office)
    office.cases.before = None
    finish(office)


def die(office: Office, number: int, when: When) -> bool:
    """Work and die at an effect, then have a new worker finish; says whether there was such an effect."""
    faults: Faults = office.faults
    faults.number, faults.when, faults.fired = number, when, ""
    faults.calls.clear()
    try:
        turn(office)
    except InjectedError:
        assert faults.fired
    faults.number = 0
    finish(office)
    return bool(faults.fired)


def assert_settled(office: Office) -> None:
    """Check that nothing is left to do, and that each dossier knows the place of each of its statements."""
    case, orders = office.case, [office.cases.load_order(number) for number in office.cases.order_numbers()]
    assert all(one.done for one in case.carryings)
    told = [(notice.audience, notice.about) for notice in case.notices]
    results = [one.appeal.result_entry for one in case.decisions if one.appeal and one.appeal.result_entry]
    assert sorted(about for audience, about in told if audience == "account") == sorted(
        [*(one.entry for one in case.carryings), *results]
    )
    assert len(set(told)) == len(told), "nobody is told twice"
    assert office.cases.waiting() == []
    assert office.cases.owed(office.now + 10_000) == []
    assert office.cases.due(office.now) == []
    logged = {entry: place for one in (case, *orders) for entry, place in one.logged.items()}
    assert not any(one.refused for one in (case, *orders))
    assert {entry: office.world.store.position(entry) for entry in logged} == logged
    assert len(logged) == sum(office.kinds().values())


def enter_order(office: Office, *targets: Target, scope: Scope = Scope.CONTENT) -> Order:
    """Let an order come in, about both posts unless it is told otherwise; a clerk has it to be confirmed."""
    about = targets or tuple(Target(ACCOUNT, post) for post in POSTS)
    command = replace(entering(*about, scope=scope), deadline=DEADLINE)
    return enter(office.desk, CLERK, command)


def confirm_order(office: Office, amendment: int = 0) -> None:
    """Let another clerk confirm the one order, or an amendment of it."""
    ask_of_order(office.desk, office.order.number, CLERK_2, ConfirmOrder(amendment))


def amend_order(office: Office, change: OrderChange, *targets: Target) -> None:
    """Let a clerk amend the one order, and another one confirm it."""
    command = Amend(change, digest("reasons"), targets or None)
    order = ask_of_order(office.desk, office.order.number, CLERK, command)
    confirm_order(office, order.amendments[-1].said.number)


def decide_under(office: Office, *posts: str, kind: MeasureKind = MeasureKind.BLOCK_CONTENT) -> None:
    """Have Alice carry the one order out, on posts or on both of them; a policy bears nothing of it."""
    asked = (Asked(kind, posts or POSTS, "CN"),)
    command = replace(blocking(asked), policy=None, policy_digest=None, order=office.order.number)
    ask(office.desk, 1, ALICE, command)
