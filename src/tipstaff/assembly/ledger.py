"""The ledger in its directory: opened for writing, for reading and for an audit."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from tipstaff.base.errors import InputError
from tipstaff.base.files import replace_file, sync
from tipstaff.ledger import verification
from tipstaff.ledger.audit import Auditor
from tipstaff.ledger.errors import CorruptLogError, LogError
from tipstaff.ledger.genesis import begin
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.log import Log
from tipstaff.ledger.note import check_name
from tipstaff.ledger.prover import Prover
from tipstaff.ledger.report import Report
from tipstaff.ledger.store import Store
from tipstaff.ledger.trust import Trust, format_trust, make_trust, parse_trust
from tipstaff.ledger.verification import Pool
from tipstaff.storage.ledger import directory as files
from tipstaff.storage.ledger.checkpoints import SqliteCheckpoints
from tipstaff.storage.ledger.exported import reader
from tipstaff.storage.ledger.memory import SqliteMemory
from tipstaff.storage.ledger.store import SqliteStore

Clock = Callable[[], int]


def system_clock() -> int:
    """Return the time in seconds since 1970."""
    return int(time.time())


def init_log(directory: Path, origin: str, clock: Clock = system_clock) -> Trust:
    """Make the directory of a new log, whole or not at all.

    Raises `InputError` where something is there already.
    """
    check_name(origin)
    directory = directory.resolve()
    try:
        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            raise InputError(f"{directory} is not empty: a log begins in a directory of its own")
        directory.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
        try:
            trust = _begin_in(unfinished, origin, clock)
            _move(unfinished, directory)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        raise InputError(f"{error.filename or directory} cannot be written: {error.strerror}") from error
    return trust


def _begin_in(directory: Path, origin: str, clock: Clock) -> Trust:
    """Begin a log in an empty directory."""
    key = SigningKey.generate()
    files.write_key(directory, key)
    with _stores(directory) as (store, checkpoints):
        begin(origin, key, store, checkpoints, clock)
        trust = make_trust(origin, key.public, store.size, store)
    replace_file(directory / files.TRUST, format_trust(trust))
    return trust


def _move(unfinished: Path, directory: Path) -> None:
    """Give a directory that is finished its name, durably."""
    if directory.exists():  # somebody may stand in it; what makes it the directory of a log comes last
        for path in sorted(unfinished.iterdir(), key=lambda path: path.name == files.LOG):
            path.replace(directory / path.name)
        sync(directory)
    else:
        unfinished.replace(directory)
    sync(directory.parent)


@contextmanager
def open_log(directory: Path, clock: Clock = system_clock, patience: float = 0.0) -> Iterator[Log]:
    """Open a log for writing: no other process can meanwhile. What outsiders need is renewed at the end.

    Raises `AnotherWriterError` where another process writes to it for longer than `patience` seconds, and
    `CorruptLogError` where it was rolled back: its trust file, too, remembers how far it had come.
    """
    files.check_directory(directory)
    before = read_trust(directory / files.TRUST)
    with files.lock(directory, patience), _stores(directory) as (store, checkpoints):
        if checkpoints.last() is None:
            raise CorruptLogError(
                f"{directory / files.CHECKPOINT} holds no checkpoint, and the log has begun: restore the "
                "newest copy of it; never sign without it"
            )
        if store.size < before.size:
            raise CorruptLogError(
                f"{directory / files.TRUST} was written when the log held {before.size:,} statements, and "
                f"now it holds {store.size:,}: it was rolled back, its checkpoints too. Restore a newer "
                "backup; never sign over this one"
            )
        log = Log(before.origin, _read_keys(directory, before, store), store, checkpoints, clock)
        try:
            yield log
        except CorruptLogError:
            raise  # nothing is told of a log that is damaged
        except BaseException:
            with suppress(
                LogError, InputError
            ):  # what went wrong first is told; the next opening tries again
                _renew_trust(directory / files.TRUST, before, store)
            raise
        _renew_trust(directory / files.TRUST, before, store)


@contextmanager
def read_proofs(directory: Path) -> Iterator[Prover]:
    """Open a log for proving, beside whoever writes."""
    with read_store(directory) as (store, checkpoints):
        yield Prover(store, checkpoints)


def audit_folder(
    out: Path, trust: Trust, state: Path | None, workers: int, progress: Callable[[int, int], None]
) -> Report:
    """Audit an exported log in a folder; what is learned is kept in the file `state`, if there is one."""
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        memory = SqliteMemory(state or Path(scratch) / "audit.db", kept=state is not None)
        stack.callback(memory.close)
        begin = stack.enter_context(Pool(workers)).begin if workers > 1 else verification.begin
        return Auditor(reader(out), trust, memory, begin).run(progress)


@contextmanager
def read_store(directory: Path) -> Iterator[tuple[SqliteStore, SqliteCheckpoints]]:
    """Open the stores of a log for reading, beside whoever writes."""
    with _stores(files.check_directory(directory), read_only=True) as stores:
        yield stores


def read_trust(path: Path) -> Trust:
    """Read a trust file. Raises `InputError`."""
    try:
        return parse_trust(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _read_keys(directory: Path, before: Trust, store: Store) -> list[SigningKey]:
    """Return the private keys of a log.

    Raises `InputError` where one cannot be read, and none of the others can sign for the log now.
    """
    keys, unreadable = files.read_keys(directory)
    if unreadable:
        in_force = _trust_now(before, store).log_keys_at(store.size)
        if not {key.public for key in keys}.intersection(in_force):
            raise InputError(
                f"no private key here signs for the log now, and {unreadable[0]}. Restore it from a backup"
            )
    return keys


def _renew_trust(path: Path, before: Trust, store: Store) -> None:
    """Write the trust file if keys have changed. Raises `InputError` where that is not possible."""
    trust = _trust_now(before, store)
    if trust.keys != before.keys:
        try:
            replace_file(path, format_trust(trust))
        except OSError as error:
            raise InputError(
                f"{path} could not be renewed: {error.strerror}. The keys are on the log as they were "
                "stated, and what writes to it next tries again"
            ) from error


def _trust_now(before: Trust, store: Store) -> Trust:
    """Return the trust file of a log as it stands."""
    return make_trust(before.origin, before.first_key(), store.size, store)


@contextmanager
def _stores(directory: Path, *, read_only: bool = False) -> Iterator[tuple[SqliteStore, SqliteCheckpoints]]:
    """Open the files of a log, and close them."""
    with (
        closing(SqliteStore(directory / files.LOG, read_only=read_only)) as store,
        closing(SqliteCheckpoints(directory / files.CHECKPOINT, read_only=read_only)) as checkpoints,
    ):
        yield store, checkpoints
