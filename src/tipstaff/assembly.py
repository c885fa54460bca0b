"""The one place where ports meet what they are connected to."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tipstaff.base.errors import InputError
from tipstaff.ledger import verification
from tipstaff.ledger.audit import Auditor, Report
from tipstaff.ledger.errors import CorruptLogError
from tipstaff.ledger.genesis import begin
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.log import Log
from tipstaff.ledger.note import check_name
from tipstaff.ledger.prover import Prover
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
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise InputError(f"{directory} is not empty: a log begins in a directory of its own")
    directory.parent.mkdir(parents=True, exist_ok=True)
    unfinished = directory.with_name(f".{directory.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    key = SigningKey.generate()
    files.write_key(unfinished, key)
    with _stores(unfinished) as (store, checkpoints):
        begin(origin, key, store, checkpoints, clock)
        trust = make_trust(origin, key.public, store.size, store)
    files.replace_file(unfinished / files.TRUST, format_trust(trust))
    if directory.exists():  # somebody may stand in it; what makes it the directory of a log comes last
        for path in sorted(unfinished.iterdir(), key=lambda path: path.name == files.LOG):
            path.replace(directory / path.name)
        unfinished.rmdir()
    else:
        unfinished.replace(directory)
    return trust


@contextmanager
def open_log(directory: Path, clock: Clock = system_clock) -> Iterator[Log]:
    """Open a log for writing: no other process can meanwhile. What outsiders need is renewed at the end."""
    files.check_directory(directory)
    before = read_trust(directory / files.TRUST)
    with files.lock(directory), _stores(directory) as (store, checkpoints):
        if checkpoints.last() is None:
            raise CorruptLogError(
                f"{directory / files.CHECKPOINT} holds no checkpoint, and the log has begun: restore the "
                "newest copy of it; never sign without it"
            )
        log = Log(before.origin, files.read_keys(directory), store, checkpoints, clock)
        yield log
        trust = make_trust(before.origin, before.first_key(), store.size, store)
        if trust.keys != before.keys:
            files.replace_file(directory / files.TRUST, format_trust(trust))


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
        memory = SqliteMemory(state or Path(scratch) / "audit.db")
        stack.callback(memory.close)
        begin = stack.enter_context(Pool(workers)).begin if workers > 1 else verification.begin
        return Auditor(reader(out), trust, memory, begin).run(progress)


@contextmanager
def read_store(directory: Path) -> Iterator[tuple[SqliteStore, SqliteCheckpoints]]:
    """Open the stores of a log for reading, beside whoever writes."""
    with _stores(files.check_directory(directory)) as stores:
        yield stores


def read_trust(path: Path) -> Trust:
    """Read a trust file. Raises `InputError`."""
    try:
        return parse_trust(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


@contextmanager
def _stores(directory: Path) -> Iterator[tuple[SqliteStore, SqliteCheckpoints]]:
    """Open the files of a log, and close them."""
    store = SqliteStore(directory / files.LOG)
    checkpoints = SqliteCheckpoints(directory / files.CHECKPOINT)
    try:
        yield store, checkpoints
    finally:
        store.close()
        checkpoints.close()
