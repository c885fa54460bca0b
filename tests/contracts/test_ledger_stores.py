"""What every implementation of the ledger's ports does: stores, checkpoints, the memory of an auditor."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from logs import KEY, ORIGIN

from tipstaff.base.errors import InputError
from tipstaff.ledger.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from tipstaff.ledger.errors import AnotherWriterError, CorruptLogError, LogError
from tipstaff.ledger.memory import MemoryCheckpoints, MemoryMemory, MemoryStore
from tipstaff.ledger.remembering import Memory, Remembered
from tipstaff.ledger.store import Checkpoints, Store, Transaction
from tipstaff.storage.ledger.checkpoints import SqliteCheckpoints
from tipstaff.storage.ledger.memory import SqliteMemory
from tipstaff.storage.ledger.store import SqliteStore

PATIENCE = 0.05
IMPLEMENTATIONS = ("memory", "sqlite")


@pytest.fixture(params=IMPLEMENTATIONS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Each store in turn."""
    if request.param == "memory":
        yield MemoryStore(PATIENCE)
        return
    opened = SqliteStore(tmp_path / "log.db", PATIENCE)
    yield opened
    opened.close()


@pytest.fixture(params=IMPLEMENTATIONS)
def checkpoints(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Checkpoints]:
    """Each keeper of checkpoints in turn."""
    if request.param == "memory":
        yield MemoryCheckpoints()
        return
    opened = SqliteCheckpoints(tmp_path / "checkpoint.db", PATIENCE)
    yield opened
    opened.close()


@pytest.fixture(params=(*IMPLEMENTATIONS, "sqlite, not kept"))
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Memory]:
    """Each memory of an auditor in turn."""
    if request.param == "memory":
        yield MemoryMemory()
        return
    opened = SqliteMemory(tmp_path / "seen.db", kept=request.param == "sqlite")
    yield opened
    opened.close()


def write(transaction: Transaction, *statements: bytes) -> None:
    """Write statements, each with a value of the state of its own."""
    entries = [sha256(statement).digest() for statement in statements]
    tile = transaction.tile(0, 0) + b"".join(entries)
    changes = {b"s" + statement: entry for statement, entry in zip(statements, entries, strict=True)}
    transaction.write(statements, entries, {(0, 0): tile}, changes)


def fill(store: Store, *statements: bytes) -> None:
    """Write statements in a transaction of their own."""
    with store.transaction() as transaction:
        write(transaction, *statements)


def fail(store: Store, error: BaseException, *statements: bytes) -> None:
    """Write statements in a transaction that then fails."""
    with store.transaction() as transaction:
        for statement in statements:
            write(transaction, statement)
        raise error


def contents(store: Store) -> tuple[int, list[bytes], bytes, list[int | None], list[bytes | None]]:
    """Return all that a store tells of the statements of these tests."""
    names = [b"one", b"two", b"three"]
    return (
        store.size,
        list(store.statements(0, store.size)),
        store.tile(0, 0),
        [store.position(sha256(name).digest()) for name in names],
        [store.get(b"s" + name) for name in names],
    )


EMPTY = (0, [], b"", [None] * 3, [None] * 3)


def hashes(*statements: bytes) -> bytes:
    """Return entries one after another."""
    return b"".join(sha256(statement).digest() for statement in statements)


def test_a_new_store_is_empty(store: Store) -> None:
    """A new store holds no statement, tile, position or state."""
    assert contents(store) == EMPTY
    with store.transaction() as transaction:
        assert (transaction.size, transaction.tile(0, 0), transaction.get(b"sone")) == (0, b"", None)


def test_what_is_committed_is_told(store: Store) -> None:
    """After the commit size, statements, positions, tiles and state are all those that were written."""
    fill(store, b"one", b"two")
    fill(store, b"three")
    one, two, three = (sha256(name).digest() for name in (b"one", b"two", b"three"))
    assert contents(store) == (
        3,
        [b"one", b"two", b"three"],
        one + two + three,
        [0, 1, 2],
        [one, two, three],
    )


def test_statements_are_told_in_part_and_in_order(store: Store) -> None:
    """A span of statements is [start, end), in order, also over more than are read at a time."""
    many = [b"%d" % number for number in range(2100)]
    fill(store, *many)
    assert list(store.statements(0, 2100)) == many
    assert list(store.statements(1000, 2060)) == many[1000:2060]
    assert list(store.statements(5, 5)) == []


@pytest.mark.parametrize(
    ("start", "end", "first"), [(0, 5000, 2100), (2099, 2101, 2100), (2100, 2101, 2100), (3000, 3001, 3000)]
)
def test_a_statement_that_is_missing_is_named(store: Store, start: int, end: int, first: int) -> None:
    """A span that the store does not hold whole is a corrupt log, told at the first position missing."""
    many = [b"%d" % number for number in range(2100)]
    fill(store, *many)
    with pytest.raises(CorruptLogError, match=f"statement {first} is missing"):
        list(store.statements(start, end))


@pytest.mark.parametrize("lost", [0, 1023, 1024, 1025, 2098])
def test_a_statement_that_a_file_lost_is_named(tmp_path: Path, lost: int) -> None:
    """Statements after one that is missing are not taken for it, wherever it stood."""
    store = SqliteStore(tmp_path / "log.db")
    fill(store, *(b"%d" % number for number in range(2100)))
    store._writer.execute("DELETE FROM statements WHERE position = ?", (lost,))
    with pytest.raises(CorruptLogError, match=rf"statement {lost} is missing from .*log\.db\. Restore it"):
        list(store.statements(0, 2100))
    with pytest.raises(CorruptLogError, match=f"statement {lost} is missing"):
        next(store.statements(lost, lost + 1))
    assert list(store.statements(lost + 1, 2100)) == [b"%d" % number for number in range(lost + 1, 2100)]
    store.close()


def test_a_position_is_of_the_whole_entry(store: Store) -> None:
    """An entry that shares its first bytes with one that is there, or is cut short, is not found."""
    fill(store, b"one")
    entry = sha256(b"one").digest()
    assert store.position(entry) == 0
    assert store.position(entry[:8] + bytes(24)) is None
    assert store.position(entry[:31]) is None
    assert store.position(b"") is None


def test_tiles_and_state_are_replaced(store: Store) -> None:
    """A tile and a value that are written again are those last written; others stay."""
    fill(store, b"one")
    with store.transaction() as transaction:
        transaction.write(
            [], [], {(0, 0): b"new", (1, 0): b"above", (0, 1): b"beside"}, {b"sone": b"changed"}
        )
    assert [store.tile(0, 0), store.tile(1, 0), store.tile(0, 1), store.tile(1, 1)] == [
        b"new",
        b"above",
        b"beside",
        b"",
    ]
    assert store.get(b"sone") == b"changed"
    assert store.size == 1


def test_a_transaction_sees_what_it_wrote(store: Store) -> None:
    """Within a transaction, size, tile and state are as written so far, over what was committed."""
    fill(store, b"one")
    with store.transaction() as transaction:
        write(transaction, b"two")
        assert transaction.size == 2
        assert transaction.tile(0, 0) == hashes(b"one", b"two")
        assert transaction.get(b"stwo") == sha256(b"two").digest()
        assert transaction.get(b"sone") == sha256(b"one").digest()
        write(transaction, b"three")
        assert transaction.size == 3
    assert list(store.statements(0, 3)) == [b"one", b"two", b"three"]


def test_many_keys_are_looked_up_at_once(store: Store) -> None:
    """Those that are there, with what was written in the same transaction; however many they are."""
    many = {b"k%d" % number: b"v%d" % number for number in range(0, 2_500, 2)}
    with store.transaction() as transaction:
        transaction.write([], [], {}, many)
    with store.transaction() as transaction:
        transaction.write([], [], {}, {b"k1": b"new", b"k2": b"other"})
        keys = [b"k%d" % number for number in range(2_500)]
        assert transaction.get_all(keys) == {**many, b"k1": b"new", b"k2": b"other"}
        assert transaction.get_all([]) == {}


def test_nothing_is_seen_before_the_commit(store: Store) -> None:
    """While a transaction is open, the store tells what was committed before it."""
    with store.transaction() as transaction:
        write(transaction, b"one", b"two")
        assert contents(store) == EMPTY
    assert store.size == 2


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, GeneratorExit])
def test_an_exception_undoes_the_whole_transaction(store: Store, error: type[BaseException]) -> None:
    """An exception of any kind leaves the store as it was, and goes on to the caller."""
    fill(store, b"one")
    before = contents(store)
    with pytest.raises(error):
        fail(store, error(), b"two", b"three")
    assert contents(store) == before
    fill(store, b"two")
    assert store.position(sha256(b"two").digest()) == 1


def test_a_write_that_does_not_fit_together_is_undone(store: Store) -> None:
    """Statements without as many entries are refused, and nothing of them stays."""
    with pytest.raises(ValueError), store.transaction() as transaction:  # noqa: PT011  each says it its own way
        transaction.write([b"one", b"two"], [sha256(b"one").digest()], {(0, 0): b"tile"}, {b"sone": b"1"})
    assert contents(store) == EMPTY


def test_two_transactions_exclude_one_another(store: Store) -> None:
    """A second transaction on the same store is refused while one is open, and goes through afterwards."""
    with ThreadPoolExecutor(1) as pool, store.transaction() as transaction:
        write(transaction, b"one")
        with pytest.raises(AnotherWriterError):
            pool.submit(fill, store, b"two").result(10)
    fill(store, b"two")
    assert list(store.statements(0, 2)) == [b"one", b"two"]


def test_a_transaction_waits_for_the_one_before(tmp_path: Path) -> None:
    """A transaction that begins while another is about to end waits for it, and builds on it."""
    for store in (MemoryStore(), SqliteStore(tmp_path / "log.db")):
        opened = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            with store.transaction() as transaction:
                write(transaction, b"one")
                second = pool.submit(lambda store=store, opened=opened: (opened.set(), fill(store, b"two")))
                assert opened.wait(10)
            second.result(10)
        assert list(store.statements(0, 2)) == [b"one", b"two"]
        if isinstance(store, SqliteStore):
            store.close()


def test_transactions_of_two_stores_on_one_file_exclude_one_another(tmp_path: Path) -> None:
    """A second store on the same file can read, not write, while a transaction is open, and then sees it."""
    path = tmp_path / "log.db"
    first = SqliteStore(path, PATIENCE)
    with first.transaction() as transaction:
        write(transaction, b"one")
        second = SqliteStore(path, PATIENCE)  # opening writes nothing, and waits for nobody
        assert contents(second) == EMPTY
        with pytest.raises(AnotherWriterError, match="another writer holds it"):
            fill(second, b"two")
    fill(second, b"two")
    assert contents(first) == contents(second)
    assert list(first.statements(0, 2)) == [b"one", b"two"]
    first.close()
    second.close()


def test_reopening_a_store_keeps_everything(tmp_path: Path) -> None:
    """What was committed is there when the file is opened again; what was not is not."""
    path = tmp_path / "log.db"
    store = SqliteStore(path)
    fill(store, b"one", b"two")
    before = contents(store)
    with pytest.raises(ValueError, match="undone"):
        fail(store, ValueError("undone"), b"three")
    store.close()
    again = SqliteStore(path)
    assert contents(again) == before
    again.close()


def test_every_commit_is_durable(tmp_path: Path) -> None:
    """Both files of a log are written with synchronous=FULL and a write-ahead log."""
    store, checkpoints = SqliteStore(tmp_path / "log.db"), SqliteCheckpoints(tmp_path / "checkpoint.db")
    for connection in (store._writer, checkpoints._connection):
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    store.close()
    checkpoints.close()


def signed(size: int, root: bytes = bytes(32)) -> SignedCheckpoint:
    """Sign a checkpoint."""
    return sign_checkpoint(Checkpoint(ORIGIN, size, root), 1, KEY)


ONE, TWO, OTHER = signed(2), signed(5, b"\1" * 32), signed(5, b"\2" * 32)


def test_there_is_no_checkpoint_at_first(checkpoints: Checkpoints) -> None:
    """New checkpoints have no last one, none that covers anything, and none at all."""
    assert checkpoints.last() is None
    assert checkpoints.covering(0) is None
    assert list(checkpoints.all()) == []


def test_swap_moves_the_last_on(checkpoints: Checkpoints) -> None:
    """The last checkpoint is the one swapped in, whole, and those before are kept by size."""
    checkpoints.swap(None, ONE)
    assert checkpoints.last() == ONE
    checkpoints.swap(ONE, TWO)
    assert checkpoints.last() == TWO
    assert list(checkpoints.all()) == [ONE, TWO]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(None, signed(9), id="a second beginning"),
        pytest.param(ONE, signed(9), id="from one that was the last"),
        pytest.param(OTHER, signed(9), id="from another root at the last size"),
        pytest.param(signed(7), signed(9), id="from one that never was"),
        pytest.param(TWO, OTHER, id="to another root at the same size"),
        pytest.param(TWO, TWO, id="to itself"),
        pytest.param(TWO, signed(4), id="to a smaller one"),
        pytest.param(TWO, ONE, id="back"),
    ],
)
def test_swap_refuses_what_does_not_move_on_from_the_last(
    checkpoints: Checkpoints, old: SignedCheckpoint | None, new: SignedCheckpoint
) -> None:
    """A swap from anything but the last, or to anything not larger, changes nothing."""
    checkpoints.swap(None, ONE)
    checkpoints.swap(ONE, TWO)
    with pytest.raises(AnotherWriterError):
        checkpoints.swap(old, new)
    assert checkpoints.last() == TWO
    assert list(checkpoints.all()) == [ONE, TWO]


def test_swap_does_not_begin_from_a_checkpoint(checkpoints: Checkpoints) -> None:
    """A swap from a checkpoint is refused where there is none yet."""
    with pytest.raises(AnotherWriterError):
        checkpoints.swap(ONE, TWO)
    assert checkpoints.last() is None


def test_the_covering_checkpoint_is_the_first_over_a_position(checkpoints: Checkpoints) -> None:
    """A position is covered by the smallest checkpoint with more entries than its number."""
    checkpoints.swap(None, ONE)
    checkpoints.swap(ONE, TWO)
    assert [checkpoints.covering(position) for position in range(6)] == [ONE, ONE, TWO, TWO, TWO, None]


def test_of_many_swaps_at_once_one_wins(checkpoints: Checkpoints) -> None:
    """Of swaps that race from one checkpoint, exactly one is done; the others are told."""
    checkpoints.swap(None, ONE)
    rivals = [signed(number) for number in range(10, 18)]

    def race(new: SignedCheckpoint) -> SignedCheckpoint | None:
        try:
            checkpoints.swap(ONE, new)
        except AnotherWriterError:
            return None
        return new

    with ThreadPoolExecutor(len(rivals)) as pool:
        won = [new for new in pool.map(race, rivals) if new]
    assert won == [checkpoints.last()]
    assert list(checkpoints.all()) == [ONE, *won]


def test_checkpoints_of_two_connections_compare_with_one_file(tmp_path: Path) -> None:
    """A swap through a second connection is seen by the first, whose swap from before is refused."""
    path = tmp_path / "checkpoint.db"
    first, second = SqliteCheckpoints(path), SqliteCheckpoints(path)
    first.swap(None, ONE)
    second.swap(ONE, TWO)
    with pytest.raises(AnotherWriterError, match="signed a checkpoint meanwhile"):
        first.swap(ONE, OTHER)
    assert first.last() == second.last() == TWO
    first.close()
    second.close()
    again = SqliteCheckpoints(path)
    assert list(again.all()) == [ONE, TWO]
    assert again.last() == TWO
    again.close()


REMEMBERED = Remembered(ORIGIN, KEY.public.kid, 5, bytes(32), {"note": 3, "key": 2})
FURTHER = Remembered(ORIGIN, KEY.public.kid, 9, b"\1" * 32, {"note": 7, "key": 2})


def test_a_new_memory_remembers_nothing(memory: Memory) -> None:
    """A new memory recalls nothing, has seen nothing and has no state."""
    assert memory.recall() is None
    assert memory.seen() == {}
    assert memory.get(b"key") is None


def values(memory: Memory) -> list[bytes | None]:
    """Return the state of these tests."""
    return [memory.get(key) for key in (b"a", b"b", b"c", b"d")]


def test_a_memory_remembers_the_last_and_all_changes(memory: Memory) -> None:
    """What was last remembered is recalled, with the state that all changes together make."""
    memory.remember(Remembered(ORIGIN, KEY.public.kid), {b"a": b"1", b"b": b"1"})
    memory.remember(REMEMBERED, {b"b": b"2", b"c": b""})
    assert memory.recall() == REMEMBERED
    assert values(memory) == [b"1", b"2", b"", None]
    assert memory.seen() == {}


def test_what_is_tentative_is_discarded(memory: Memory) -> None:
    """What was remembered since something was pinned is forgotten; what was pinned is there as it was."""
    memory.remember(REMEMBERED, {b"a": b"0", b"b": b"0"})
    memory.pin(REMEMBERED, {b"b": b"1"}, b"note")
    memory.remember(FURTHER, {b"b": b"2", b"c": b"2"})
    assert values(memory) == [b"0", b"2", b"2", None]
    memory.discard()
    assert memory.recall() == REMEMBERED
    assert values(memory) == [b"0", b"1", None, None]
    memory.discard()
    assert memory.recall() == REMEMBERED


def test_a_memory_that_pinned_nothing_forgets_all(memory: Memory) -> None:
    """Where nothing was pinned, nothing is remembered after what is tentative was discarded."""
    memory.remember(REMEMBERED, {b"a": b"1"})
    memory.discard()
    assert (memory.recall(), memory.get(b"a"), memory.seen()) == (None, None, {})


def test_what_is_pinned_is_seen_and_not_discarded(memory: Memory) -> None:
    """What is pinned stays, with what was tentative before it; its checkpoints are told by size."""
    memory.remember(REMEMBERED, {b"a": b"1"})
    memory.pin(REMEMBERED, {}, b"note")
    memory.pin(REMEMBERED, {}, b"the same again")
    memory.pin(FURTHER, {b"c": b"2"}, b"another note")
    memory.discard()
    assert memory.recall() == FURTHER
    assert values(memory) == [b"1", None, b"2", None]
    assert memory.seen() == {5: bytes(32), 9: b"\1" * 32}


def test_a_memory_in_a_file_is_there_the_next_time(tmp_path: Path) -> None:
    """What an auditor remembered is recalled when the file is opened again, and may still be discarded."""
    path = tmp_path / "seen.db"
    memory = SqliteMemory(path)
    memory.pin(REMEMBERED, {b"a": b"1"}, b"note")
    memory.remember(FURTHER, {b"a": b"2"})
    memory.close()
    again = SqliteMemory(path)
    assert (again.recall(), again.get(b"a"), again.seen()) == (FURTHER, b"2", {5: bytes(32)})
    assert again.get(b"b") is None
    again.discard()
    assert (again.recall(), again.get(b"a")) == (REMEMBERED, b"1")
    again.close()


@pytest.mark.parametrize("kept", [True, False])
def test_what_is_not_kept_is_written_once(tmp_path: Path, *, kept: bool) -> None:
    """Beside a memory that is kept stands a write-ahead log; one that goes with its audit needs none."""
    memory = SqliteMemory(tmp_path / "seen.db", kept=kept)
    memory.remember(REMEMBERED, {b"a": b"1"})
    assert (tmp_path / "seen.db-wal").exists() is kept
    assert memory.get(b"a") == b"1"
    memory.close()


def test_a_memory_that_began_empty_looks_up_little_that_is_not_there(tmp_path: Path) -> None:
    """Of a thousand keys that were never remembered hardly any is looked up in the file; all others are."""
    asked: list[str] = []
    memory = SqliteMemory(tmp_path / "seen.db")
    memory._connection.set_trace_callback(asked.append)
    keys = [number.to_bytes(8) for number in range(2000)]
    memory.remember(REMEMBERED, dict.fromkeys(keys[:500], b"1"))
    memory.pin(REMEMBERED, dict.fromkeys(keys[500:1000], b"1"), b"note")
    asked.clear()
    assert {memory.get(key) for key in keys[:1000]} == {b"1"}
    assert len(asked) == 1000
    assert {memory.get(key) for key in keys[1000:]} == {None}
    assert len(asked) < 1010
    memory.close()


def test_a_memory_in_a_file_is_of_one_audit_at_a_time(tmp_path: Path) -> None:
    """While an audit has a file open, another cannot: it would pin what the first holds for tentative."""
    path = tmp_path / "seen.db"
    memory = SqliteMemory(path)
    with pytest.raises(AnotherWriterError, match=r"seen\.db: another writer holds it"):
        SqliteMemory(path, PATIENCE)
    memory.remember(REMEMBERED, {})
    memory.close()
    again = SqliteMemory(path)
    assert again.recall() == REMEMBERED
    again.close()


def test_a_memory_whose_record_is_damaged_is_told(tmp_path: Path) -> None:
    """A record of progress that is none any more is a damaged file, not an error of the decoder."""
    path = tmp_path / "seen.db"
    memory = SqliteMemory(path)
    memory.remember(REMEMBERED, {})
    memory.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE progress SET value = x'81a16101'")
    connection.close()
    memory = SqliteMemory(path)
    with pytest.raises(CorruptLogError, match=r"seen\.db is damaged: .* begin with another state"):
        memory.recall()
    memory.close()


def test_a_log_is_no_memory(tmp_path: Path) -> None:
    """The database of a log is not taken for the state of an audit, and is left as it is."""
    path = tmp_path / "log.db"
    SqliteStore(path).close()
    before = path.read_bytes()
    with pytest.raises(InputError, match="no state of an audit"):
        SqliteMemory(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"a text, or what else there may be", b"SQLite format 3\0 no more"])
def test_other_files_are_no_memory(tmp_path: Path, content: bytes) -> None:
    """Another file, or a folder, is not taken for the state of an audit, and is left as it is."""
    path = tmp_path / "seen.db"
    path.write_bytes(content)
    with pytest.raises((InputError, LogError)):
        SqliteMemory(path)
    assert path.read_bytes() == content
    with pytest.raises(InputError, match="no state of an audit"):
        SqliteMemory(tmp_path)


def test_a_path_that_cannot_be_is_told(tmp_path: Path) -> None:
    """A state under a name that is too long is an error of the input, which names it."""
    with pytest.raises(InputError, match=r"xxx.* cannot be read: File name too long"):
        SqliteMemory(tmp_path / ("x" * 300))


OPEN: dict[str, Callable[[Path], object]] = {
    "store": lambda path: fill(SqliteStore(path), b"one"),
    "checkpoints": lambda path: SqliteCheckpoints(path).last(),
}


@pytest.mark.parametrize("what", OPEN)
def test_a_damaged_file_is_told(what: str, tmp_path: Path) -> None:
    """A file that is no database is a corrupt log, which names the file and the mend."""
    path = tmp_path / "file.db"
    path.write_bytes(b"this is no database, and long enough to be sure of that" * 100)
    with pytest.raises(CorruptLogError, match=r"file\.db is damaged.*Restore it from a backup"):
        OPEN[what](path)


def test_a_damaged_page_is_told_in_a_transaction(tmp_path: Path) -> None:
    """Damage that shows only when the state is read, in a transaction or not, is a corrupt log."""
    path = tmp_path / "log.db"
    store = SqliteStore(path)
    with store.transaction() as transaction:
        transaction.write([], [], {}, {b"%05d" % number: bytes(400) for number in range(400)})
    store.close()
    page = sqlite3.connect(path).execute("PRAGMA page_size").fetchone()[0]
    data = bytearray(path.read_bytes())
    for start in range(6 * page, len(data), page):
        data[start : start + page] = b"\xff" * page
    path.write_bytes(data)
    store = SqliteStore(path)
    with pytest.raises(CorruptLogError):
        [store.get(b"%05d" % number) for number in range(400)]
    with pytest.raises(CorruptLogError), store.transaction() as transaction:
        [transaction.get(b"%05d" % number) for number in range(400)]
    store.close()


def test_a_damaged_text_is_told(tmp_path: Path) -> None:
    """A text in the file that is none any more is a corrupt log or a log error, not an error of Python."""
    path = tmp_path / "checkpoint.db"
    checkpoints = SqliteCheckpoints(path)
    checkpoints.swap(None, ONE)
    checkpoints.close()
    path.write_bytes(path.read_bytes().replace(ORIGIN.encode(), b"\xff" + ORIGIN.encode()[1:]))
    checkpoints = SqliteCheckpoints(path)
    with pytest.raises(LogError):
        checkpoints.last()
    checkpoints.close()
