"""The writer of a log when effects fail: before they persist, after they did, and when the store lies.

After each fault the log is used again and opened anew; what was acknowledged must be where it was said to be,
nothing twice, and every checkpoint that was ever signed on one history.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest
from logs import (
    KEY,
    NOW,
    ORIGIN,
    RecordingCheckpoints,
    assert_one_history,
    audit,
    authors,
    clock,
    note,
    notes,
)

from tipstaff.ledger import registration
from tipstaff.ledger.checkpoint import SignedCheckpoint
from tipstaff.ledger.errors import AnotherWriterError, CorruptLogError, LogError
from tipstaff.ledger.genesis import added_claims, begin, own_statement, revoked_claims
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.log import Log, Registered
from tipstaff.ledger.memory import MemoryCheckpoints, MemoryMemory, MemoryStore
from tipstaff.ledger.prover import Prover
from tipstaff.ledger.remembering import Memory
from tipstaff.ledger.state import Changes
from tipstaff.ledger.store import Checkpoints, Store, Transaction
from tipstaff.ledger.tiles import Coordinates
from tipstaff.storage.ledger.checkpoints import SqliteCheckpoints
from tipstaff.storage.ledger.store import SqliteStore

BACKENDS = ("memory", "sqlite")
BEFORE, AFTER = "before", "after"
EFFECTS = (
    "begin",
    "size in the transaction",
    "state in the transaction",
    "tile in the transaction",
    "write",
    "commit",
    "size",
    "state",
    "read back",
    "tile",
    "last",
    "swap",
)
AT_FIRST = 252
"""Entries at first: a few batches later a tile is full, and the next begins."""


class InjectedError(Exception):
    """A fault of the tests."""


@dataclass
class Faults:
    """Which call of which effect fails, and when: before it persists or after."""

    effect: str = ""
    when: str = BEFORE
    countdown: int = 0
    chance: random.Random | None = None
    fired: int = 0
    calls: Counter[str] = field(default_factory=Counter)

    def arm(self, effect: str, when: str, number: int) -> None:
        """Let the call of that number fail, from 1."""
        self.effect, self.when, self.countdown, self.fired = effect, when, number, 0

    def disarm(self) -> None:
        """Let nothing fail any more."""
        self.countdown = 0

    def draw(self, effect: str) -> str | None:
        """Say whether this call of an effect fails, and when."""
        self.calls[effect] += 1
        hit = None
        if self.chance is not None and self.chance.random() < 0.03:
            hit = self.chance.choice((BEFORE, AFTER))
        elif effect == self.effect and self.countdown:
            self.countdown -= 1
            hit = None if self.countdown else self.when
        self.fired += hit is not None
        return hit

    @contextmanager
    def point(self, effect: str) -> Iterator[None]:
        """Pass through an effect."""
        hit = self.draw(effect)
        if hit == BEFORE:
            raise InjectedError(f"before {effect}")
        yield
        if hit == AFTER:
            raise InjectedError(f"after {effect}")


class FaultyStore:
    """A store whose effects fail when they are told to."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self._faults = faults

    @property
    def size(self) -> int:
        """How many statements there are."""
        with self._faults.point("size"):
            return self._store.size

    def get(self, key: bytes, /) -> bytes | None:
        """Return a value of the state."""
        with self._faults.point("state"):
            return self._store.get(key)

    def statements(self, start: int, end: int) -> Iterator[bytes]:
        """Yield statements; each may fail."""
        for statement in self._store.statements(start, end):
            with self._faults.point("read back"):
                yield statement

    def position(self, entry: bytes) -> int | None:
        """Return where a statement stands."""
        return self._store.position(entry)

    def tile(self, level: int, number: int) -> bytes:
        """Return a tile."""
        with self._faults.point("tile"):
            return self._store.tile(level, number)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Open a transaction; its beginning and its commit may fail."""
        begun = self._faults.draw("begin")
        if begun == BEFORE:
            raise InjectedError("before begin")
        with self._store.transaction() as transaction:
            if begun == AFTER:
                raise InjectedError("after begin")
            yield FaultyTransaction(transaction, self._faults)
            committed = self._faults.draw("commit")
            if committed == BEFORE:
                raise InjectedError("before commit")
        if committed == AFTER:
            raise InjectedError("after commit")


class FaultyTransaction:
    """A transaction whose effects fail when they are told to."""

    def __init__(self, transaction: Transaction, faults: Faults) -> None:
        self._transaction = transaction
        self._faults = faults

    @property
    def size(self) -> int:
        """How many statements there are."""
        with self._faults.point("size in the transaction"):
            return self._transaction.size

    def get(self, key: bytes, /) -> bytes | None:
        """Return a value of the state."""
        with self._faults.point("state in the transaction"):
            return self._transaction.get(key)

    def get_all(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Return values of the state."""
        with self._faults.point("states in the transaction"):
            return self._transaction.get_all(keys)

    def tile(self, level: int, number: int) -> bytes:
        """Return a tile."""
        with self._faults.point("tile in the transaction"):
            return self._transaction.tile(level, number)

    def write(
        self,
        statements: Sequence[bytes],
        entries: Sequence[bytes],
        tiles: Mapping[Coordinates, bytes],
        changes: Changes,
    ) -> None:
        """Write."""
        with self._faults.point("write"):
            self._transaction.write(statements, entries, tiles, changes)


class FaultyCheckpoints(RecordingCheckpoints):
    """Checkpoints whose effects fail when they are told to; every note that was signed is kept."""

    def __init__(self, checkpoints: Checkpoints, faults: Faults, signed: list[bytes]) -> None:
        super().__init__(checkpoints, signed)
        self._faults = faults

    def last(self) -> SignedCheckpoint | None:
        """Return the last one."""
        with self._faults.point("last"):
            return super().last()

    def swap(self, old: SignedCheckpoint | None, new: SignedCheckpoint) -> None:
        """Swap."""
        self.signed.append(new.note)
        with self._faults.point("swap"):
            super().swap(old, new)


class Told(NamedTuple):
    """What was acknowledged of a statement."""

    position: int
    receipt: bytes


class Bench:
    """A log over stores that can fail, and what is known of it from outside."""

    def __init__(self, store: Store, checkpoints: Checkpoints, out: Path) -> None:
        self.store, self.checkpoints, self.out = store, checkpoints, out
        self.faults = Faults()
        self.signed: list[bytes] = []
        self.told: dict[bytes, Told] = {}
        self.memory: Memory = MemoryMemory()
        self.keys = [KEY]
        self.faulty = (
            FaultyStore(store, self.faults),
            FaultyCheckpoints(checkpoints, self.faults, self.signed),
        )
        self.signed += [signed.note for signed in checkpoints.all()]
        self.log = self.open() if store.size else begin(ORIGIN, KEY, *self.faulty, clock)

    def open(self) -> Log:
        """Open a log over the same stores."""
        return Log(ORIGIN, self.keys, *self.faulty, clock)

    def append(self, log: Log, batch: list[bytes]) -> None:
        """Append a batch; what is told of it agrees with what was told before, and is kept."""
        outcomes = log.append(batch)
        prover = Prover(self.store, self.checkpoints)
        for statement, outcome in zip(batch, outcomes, strict=True):
            assert isinstance(outcome, Registered), outcome
            now = Told(outcome.position, prover.receipt(outcome.position))
            assert self.told.setdefault(statement, now) == now

    def recheck_told(self) -> None:
        """Check that what was acknowledged is where it was said to be."""
        statements = list(self.store.statements(0, self.store.size))
        for statement, (position, _) in self.told.items():
            assert statements[position] == statement

    def recheck(self) -> None:
        """Check everything: nothing lost, nothing twice, one history, and an audit finds it sound."""
        self.recheck_told()
        prover = Prover(self.store, self.checkpoints)
        for position, receipt in [*self.told.values()][-40:]:
            assert prover.receipt(position) == receipt
        statements = list(self.store.statements(0, self.store.size))
        assert [count for count in Counter(statements).values() if count > 1] == []
        assert [count for count in Counter(authors(self.store)).values() if count > 1] == []
        assert_one_history(self.signed, self.store)
        assert {signed.note for signed in self.checkpoints.all()} <= set(self.signed)
        report = audit(self.store, self.checkpoints, self.out, self.memory)
        assert report.sound, report.fault
        assert max((told.position for told in self.told.values()), default=0) < report.size <= len(statements)


@pytest.fixture(scope="module")
def first() -> list[bytes]:
    """Return the statements that logs of this module begin with, after their rules and key."""
    return notes(AT_FIRST - 2)


@pytest.fixture(scope="module")
def begun(first: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep a log that has run for a while, to be copied."""
    folder = tmp_path_factory.mktemp("begun")
    with (
        closing(SqliteStore(folder / "log.db")) as store,
        closing(SqliteCheckpoints(folder / "checkpoint.db")) as checkpoints,
    ):
        begin(ORIGIN, KEY, store, checkpoints, clock).append(first)
    return folder


MakeBench = Callable[[str], Bench]


@pytest.fixture
def make(tmp_path: Path, first: list[bytes], begun: Path) -> Iterator[MakeBench]:
    """Make logs that have run for a while."""
    opened: list[SqliteStore | SqliteCheckpoints] = []

    def build(backend: str) -> Bench:
        if backend == "memory":
            bench = Bench(MemoryStore(), MemoryCheckpoints(), tmp_path / "out")
        else:
            for name in ("log.db", "checkpoint.db"):
                shutil.copy(begun / name, tmp_path)
            store, checkpoints = (
                SqliteStore(tmp_path / "log.db", 0.05),
                SqliteCheckpoints(tmp_path / "checkpoint.db", 0.05),
            )
            opened.extend((store, checkpoints))
            bench = Bench(store, checkpoints, tmp_path / "out")
        if backend == "memory":
            bench.log.append(first)
        bench.append(bench.log, first[::50])
        return bench

    yield build
    for item in opened:
        item.close()


def go_on(bench: Bench, batch: list[bytes], order: str) -> None:
    """Send a batch again, to the log that failed and to one that is opened now, in either order."""
    if order == "the same log first":
        bench.append(bench.log, batch)
        bench.append(bench.open(), batch)
        return
    bench.append(fresh := bench.open(), batch)
    for _ in range(2):  # the log that failed may find itself overtaken, once
        with suppress(AnotherWriterError):
            bench.append(bench.log, batch)
    bench.append(bench.log, batch)
    bench.log = fresh


@pytest.mark.parametrize("order", ["the same log first", "a fresh log first"])
@pytest.mark.parametrize("when", [BEFORE, AFTER])
@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_every_effect_may_fail(make: MakeBench, backend: str, effect: str, when: str, order: str) -> None:
    """Wherever an effect fails, the append fails visibly, and sending it again puts it in one place.

    Each call of the effect within an append fails in turn, until there is none left that could.
    """
    bench = make(backend)
    number = 0
    while True:
        number += 1
        batch = notes(3)
        bench.faults.arm(effect, when, number)
        try:
            bench.append(bench.log, batch)
        except InjectedError:
            assert bench.faults.fired
            bench.recheck_told()
            go_on(bench, batch, order)
            bench.recheck()
        else:
            assert not bench.faults.fired, "the append swallowed a fault"
            break
    assert number > 1 or effect == "last", "the effect never took place"
    bench.recheck()


@pytest.mark.parametrize("when", [BEFORE, AFTER])
@pytest.mark.parametrize("effect", ["last", "size", "tile", "state", "read back", "swap"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_every_effect_of_a_recovery_may_fail(make: MakeBench, backend: str, effect: str, when: str) -> None:
    """Where finishing what an earlier writer left fails as well, the next one finishes it.

    The same log is used again at once, and so is a fresh one.
    """
    bench = make(backend)
    number = 0
    while True:
        number += 1
        batch = notes(3)
        bench.faults.arm("swap", BEFORE, 1)
        with pytest.raises(InjectedError):
            bench.append(bench.log, batch)
        bench.faults.arm(effect, when, number)
        failed = 0
        for _ in range(2):
            try:
                bench.append(bench.log, batch)
            except InjectedError:
                failed += 1
        assert failed == bench.faults.fired <= 1
        bench.faults.disarm()
        bench.append(bench.open(), batch)
        bench.recheck()
        if not failed:
            break
    assert number > 1


@pytest.mark.parametrize("when", [BEFORE, AFTER])
@pytest.mark.parametrize("effect", ["last", "size", "tile", "state", "read back", "swap"])
def test_opening_may_fail(make: MakeBench, effect: str, when: str) -> None:
    """Where opening a log fails while it finishes what was left, opening it again finishes it."""
    bench = make("memory")
    number = 0
    while True:
        number += 1
        batch = notes(3)
        bench.faults.arm("swap", BEFORE, 1)
        with pytest.raises(InjectedError):
            bench.append(bench.log, batch)
        bench.faults.arm(effect, when, number)
        try:
            bench.open()
        except InjectedError:
            bench.log = bench.open()
            bench.append(bench.log, batch)
            bench.recheck()
        else:
            break
    assert number > 1


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_failing_world(make: MakeBench, backend: str) -> None:
    """Where any effect fails at any time, each batch has its one place once an append has gone through."""
    bench = make(backend)
    chance = random.Random(7)  # noqa: S311  seeded, for a test
    failures = 0
    for round_number in range(60):
        batch = notes(chance.randrange(1, 12))
        if round_number % 5 == 0 and bench.told:
            batch += chance.sample(sorted(bench.told), 3)
        bench.faults.chance = chance
        for _ in range(200):
            try:
                if chance.random() < 0.1:
                    bench.log = bench.open()
                bench.append(bench.log, batch)
                break
            except InjectedError:
                failures += 1
        else:
            pytest.fail("no append went through")
        bench.faults.chance = None
        if round_number % 10 == 9:
            bench.recheck()
    assert failures > 60
    bench.recheck()


@pytest.mark.parametrize("at", ["added", "revoked"])
@pytest.mark.parametrize("when", [BEFORE, AFTER])
@pytest.mark.parametrize("effect", ["write", "commit", "swap"])
def test_rotation_may_fail(make: MakeBench, effect: str, when: str, at: str) -> None:
    """Where adding or revoking a key of the log fails, sending it again goes on; the key in force signs."""
    bench = make("memory")
    new = SigningKey.from_seed(bytes(32))
    bench.keys = [KEY, new]
    bench.log.hold(new)
    statements = {
        "added": own_statement(
            ORIGIN, KEY, registration.KEY, added_claims(new.public, ORIGIN, "log", NOW), NOW
        ),
        "revoked": own_statement(ORIGIN, new, registration.KEY, revoked_claims(KEY.public.kid), NOW),
    }
    for name, statement in statements.items():
        if name == at:
            bench.faults.arm(effect, when, 1)
            with pytest.raises(InjectedError):
                bench.append(bench.log, [statement])
        bench.append(bench.log, [statement])
        bench.append(bench.open(), [statement])
    assert bench.log.signing_key() == new
    bench.append(bench.log, [note("afterwards", new)])
    report = audit(bench.store, bench.checkpoints, bench.out)
    assert report.sound, report.fault


class LyingStore(FaultyStore):
    """A store that gives other bytes than were written, where it is told to."""

    def __init__(self, store: Store, lie: str) -> None:
        super().__init__(store, Faults())
        self._lie = lie
        self.lying = True

    def statements(self, start: int, end: int) -> Iterator[bytes]:
        """Yield statements, the last of them false or not at all."""
        found = list(super().statements(start, end))
        if self.lying and found:
            if self._lie == "a flipped bit":
                found[-1] = found[-1][:-1] + bytes([found[-1][-1] ^ 1])
            elif self._lie == "another statement":
                found[-1] = note("never written")
            elif self._lie == "one too few":
                found.pop()
            elif self._lie == "two changed places":
                found[-2:] = reversed(found[-2:])
        yield from found

    def tile(self, level: int, number: int) -> bytes:
        """Return a tile, false or too short."""
        tile = super().tile(level, number)
        if self.lying and tile and self._lie == "a flipped bit in a tile":
            return tile[:-1] + bytes([tile[-1] ^ 1])
        if self.lying and tile and self._lie == "a tile cut short":
            return tile[:-32]
        return tile


LIES = (
    "a flipped bit",
    "another statement",
    "one too few",
    "two changed places",
    "a flipped bit in a tile",
    "a tile cut short",
)


@pytest.mark.parametrize("size", [3, 4, 7])
@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("backend", BACKENDS)
def test_what_is_read_back_otherwise_is_not_signed(
    make: MakeBench, backend: str, lie: str, size: int
) -> None:
    """A store that gives other bytes than were written is a corrupt log, however often one asks.

    Nothing is signed over it, and nothing acknowledged; with the right bytes back the log goes on.
    """
    bench = make(backend)
    lying = LyingStore(bench.store, lie)
    lying.lying = False
    log = Log(ORIGIN, [KEY], lying, bench.faulty[1], clock)
    lying.lying = True
    before, batch = list(bench.signed), notes(size)  # 252 + 4 fills a tile
    for again in (batch, batch, batch, notes(1)):
        with pytest.raises(CorruptLogError):
            log.append(again)
        assert bench.signed == before
    with pytest.raises(CorruptLogError):
        Log(ORIGIN, [KEY], lying, bench.faulty[1], clock)
    assert bench.signed == before
    lying.lying = False
    bench.append(log, batch)
    bench.recheck()


@pytest.mark.parametrize("where", ["statement", "tile"])
def test_damage_on_the_disk_is_not_signed(tmp_path: Path, where: str) -> None:
    """A statement or tile that is altered in the database before it is signed is never signed over.

    The log stays shut, through one object and through new ones, however often it is tried.
    """
    store, checkpoints = SqliteStore(tmp_path / "log.db"), SqliteCheckpoints(tmp_path / "checkpoint.db")
    with closing(store), closing(checkpoints):
        bench = Bench(store, checkpoints, tmp_path / "out")
        bench.append(bench.log, notes(5))
        bench.faults.arm("swap", BEFORE, 1)
        with pytest.raises(InjectedError):
            bench.append(bench.log, batch := notes(2))
        damage = {
            "statement": "UPDATE statements SET statement = zeroblob(99) WHERE position = 8",
            "tile": "UPDATE tiles SET hashes = CAST(substr(hashes, 1, 256) || zeroblob(32) AS BLOB)",
        }
        store._writer.execute(damage[where])
        before = list(bench.signed)
        for _ in range(4):
            with pytest.raises(CorruptLogError):
                bench.log.append(batch)
            with pytest.raises(CorruptLogError):
                bench.open()
        assert bench.signed == before


def test_a_tile_that_no_longer_leads_to_the_checkpoint_stays_refused(tmp_path: Path) -> None:
    """A log whose tiles do not lead to its last checkpoint signs nothing, also when it is asked again."""
    store, checkpoints = SqliteStore(tmp_path / "log.db"), SqliteCheckpoints(tmp_path / "checkpoint.db")
    with closing(store), closing(checkpoints):
        bench = Bench(store, checkpoints, tmp_path / "out")
        bench.append(bench.log, notes(5))
        bench.faults.arm("begin", AFTER, 1)
        with pytest.raises(InjectedError):
            bench.log.append(notes(1))
        store._writer.execute("UPDATE tiles SET hashes = CAST(zeroblob(32) || substr(hashes, 33) AS BLOB)")
        before = list(bench.signed)
        for _ in range(4):
            with pytest.raises(CorruptLogError, match="do not lead to the checkpoint"):
                bench.log.append(notes(1))
        assert bench.signed == before


def test_a_store_that_was_rolled_back_is_refused(tmp_path: Path) -> None:
    """A copy of the store from before the last checkpoint is refused, and nothing is signed over it."""
    path, old = tmp_path / "log.db", tmp_path / "old.db"
    checkpoints = SqliteCheckpoints(tmp_path / "checkpoint.db")
    with closing(checkpoints):
        with closing(SqliteStore(path)) as store:
            bench = Bench(store, checkpoints, tmp_path / "out")
            bench.append(bench.log, notes(5))
        shutil.copy(path, old)
        with closing(SqliteStore(path)) as store:
            bench.faulty = FaultyStore(store, bench.faults), bench.faulty[1]
            bench.store = store
            bench.append(bench.open(), notes(5))
        shutil.copy(old, path)
        before = list(bench.signed)
        with closing(SqliteStore(path)) as store:
            for _ in range(2):
                with pytest.raises(CorruptLogError, match=r"rolled back.*never sign over this one"):
                    Log(ORIGIN, [KEY], store, bench.faulty[1], clock)
        assert bench.signed == before


def test_a_store_that_went_another_way_is_refused(tmp_path: Path) -> None:
    """A store that was rolled back, and has grown since by other statements, is refused."""
    path, old, apart = tmp_path / "log.db", tmp_path / "old.db", tmp_path / "apart.db"
    with closing(SqliteStore(path)) as store, closing(SqliteCheckpoints(apart)) as checkpoints:
        begin(ORIGIN, KEY, store, checkpoints, clock)
    shutil.copy(path, old)
    shutil.copy(apart, before := tmp_path / "before.db")
    with closing(SqliteStore(path)) as store, closing(SqliteCheckpoints(apart)) as checkpoints:
        Log(ORIGIN, [KEY], store, checkpoints, clock).append(notes(3))
    with closing(SqliteStore(old)) as store, closing(SqliteCheckpoints(before)) as checkpoints:
        Log(ORIGIN, [KEY], store, checkpoints, clock).append(notes(4))
    with closing(SqliteStore(old)) as store, closing(SqliteCheckpoints(apart)) as checkpoints:
        with pytest.raises(CorruptLogError, match="do not lead to the checkpoint"):
            Log(ORIGIN, [KEY], store, checkpoints, clock)
        last = checkpoints.last()
        assert last is not None
        assert last.checkpoint.size == 5


def append_for_ever(bench: Bench) -> None:
    """Append until there is no space."""
    while True:
        bench.append(bench.log, notes(20))


def fill_up(bench: Bench) -> int:
    """Append until there is no space; returns how many entries were acknowledged."""
    before = len(bench.told)
    with pytest.raises(LogError, match="cannot be used") as told:
        append_for_ever(bench)
    assert told.type is LogError
    return len(bench.told) - before


@pytest.mark.parametrize("which", ["the store", "the checkpoints"])
def test_a_full_file_stops_the_log_for_a_while(tmp_path: Path, which: str) -> None:
    """Where a database may not grow, appending is a `LogError`; with space again, the log goes on."""
    store, checkpoints = SqliteStore(tmp_path / "log.db"), SqliteCheckpoints(tmp_path / "checkpoint.db")
    with closing(store), closing(checkpoints):
        bench = Bench(store, checkpoints, tmp_path / "out")
        connection = store._writer if which == "the store" else checkpoints._connection
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + (20 if which == 'the store' else 2)}")
        assert fill_up(bench) > 20
        bench.recheck()
        lost = notes(50)
        for _ in range(3):
            with pytest.raises(LogError):
                bench.append(bench.log, lost)
        bench.recheck()
        connection.execute("PRAGMA max_page_count = 100000")
        bench.append(bench.log, lost)
        bench.append(bench.open(), lost)
        bench.recheck()


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a disk of 1 MiB; skips the test where that is not allowed."""
    folder.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if mount is None or umount is None:
        pytest.skip("no mount here: a full disk is tried with a full database alone")
    command = [mount, "-t", "tmpfs", "-o", "size=1m", "none", str(folder)]
    done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run([umount, str(folder)], check=True)  # noqa: S603


def test_a_full_disk_stops_the_log_for_a_while(tmp_path: Path) -> None:
    """Where the disk is full, appending is a `LogError`; with space again, the log goes on."""
    with (
        small_disk(tmp_path / "disk") as disk,
        closing(SqliteStore(disk / "log.db")) as store,
        closing(SqliteCheckpoints(disk / "checkpoint.db")) as checkpoints,
    ):
        bench = Bench(store, checkpoints, tmp_path / "out")
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(400_000))
        assert fill_up(bench) > 20
        bench.recheck()
        lost = notes(20)
        with pytest.raises(LogError):
            bench.append(bench.log, lost)
        with suppress(LogError):  # a process that starts on a full disk may not even open the files
            bench.append(bench.open(), lost)
        bench.recheck()
        ballast.unlink()
        bench.append(bench.log, lost)
        bench.append(bench.open(), lost)
        bench.recheck()


def test_a_beginning_that_fails_is_no_fork() -> None:
    """Where beginning a log fails at any effect, what opens afterwards is empty or signs once."""
    for effect in EFFECTS:
        for when in (BEFORE, AFTER):
            for number in range(1, 4):
                faults, signed = Faults(), list[bytes]()
                store, checkpoints = MemoryStore(), MemoryCheckpoints()
                faulty = FaultyStore(store, faults), FaultyCheckpoints(checkpoints, faults, signed)
                faults.arm(effect, when, number)
                with suppress(InjectedError):
                    begin(ORIGIN, KEY, *faulty, clock)
                faults.disarm()
                Log(ORIGIN, [KEY], *faulty, clock)
                assert store.size == (2 if signed else 0)
                assert len(set(signed)) <= 1
                last = checkpoints.last()
                assert [last.note if last else None] == (signed[-1:] or [None])


def test_a_file_of_another_layout_is_refused(tmp_path: Path) -> None:
    """Keys of the state that are made otherwise would not be found: nothing is read, and nothing written."""
    with closing(SqliteStore(tmp_path / "log.db")):
        pass
    with closing(sqlite3.connect(tmp_path / "log.db")) as connection:
        connection.execute("PRAGMA user_version = 1")

    for read_only in (True, False):
        with pytest.raises(
            LogError, match=r"another version of Tipstaff \(1, not 2\), and this one cannot open it"
        ):
            SqliteStore(tmp_path / "log.db", read_only=read_only)
