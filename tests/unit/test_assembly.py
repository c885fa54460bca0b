"""How a log is made and opened: whole, in files for its owner; what outsiders need is renewed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tipstaff.assembly import init_log, open_log, read_proofs, read_store, read_trust
from tipstaff.base.errors import InputError
from tipstaff.ledger.errors import CorruptLogError, LogError
from tipstaff.ledger.genesis import own_statement, rotation
from tipstaff.ledger.keys import SigningKey
from tipstaff.storage.ledger.directory import write_key

ORIGIN = "example.org/log"
NOW = 1_800_000_000


def clock() -> int:
    """Return the time of the tests."""
    return NOW


def rotate(directory: Path, error: Exception) -> None:
    """Rotate the key of a log, and fail afterwards."""
    new = SigningKey.generate()
    with open_log(directory, clock) as log:
        statements = rotation(log, new)
        write_key(directory, new)
        log.hold(new)
        log.append(statements)
        raise error


def test_the_trust_file_is_renewed_after_an_error(tmp_path: Path) -> None:
    """Keys that changed before something else went wrong are in the trust file."""
    before = init_log(tmp_path / "log", ORIGIN, clock)
    with pytest.raises(RuntimeError, match="afterwards"):
        rotate(tmp_path / "log", RuntimeError("afterwards"))
    after = read_trust(tmp_path / "log" / "trust.json")
    assert [key.revoked for key in after.keys] == [3, None]
    assert after.log_key == before.log_key


def test_the_trust_file_is_not_renewed_from_a_damaged_log(tmp_path: Path) -> None:
    """Where the log was found damaged, the trust file stays; the next opening that goes well renews it."""
    before = init_log(tmp_path / "log", ORIGIN, clock)
    with pytest.raises(CorruptLogError):
        rotate(tmp_path / "log", CorruptLogError("damaged"))
    assert read_trust(tmp_path / "log" / "trust.json") == before
    with open_log(tmp_path / "log", clock):
        pass
    assert len(read_trust(tmp_path / "log" / "trust.json").keys) == 2


def test_reading_changes_nothing(tmp_path: Path) -> None:
    """A log that is read has the files that it had, byte for byte."""
    directory = tmp_path / "log"
    init_log(directory, ORIGIN, clock)
    before = {path: path.read_bytes() for path in directory.iterdir() if path.is_file()}
    with read_store(directory) as (store, checkpoints):
        assert (store.size, len(list(checkpoints.all()))) == (2, 1)
        with pytest.raises(LogError, match="readonly"), store.transaction() as transaction:
            transaction.write([b"x"], [bytes(32)], {}, {})
    assert {path: path.read_bytes() for path in directory.iterdir() if path in before} == before
    with open_log(directory, clock) as log, read_proofs(directory) as proofs:
        log.append([own_statement(ORIGIN, log.signing_key(), "note", {}, NOW)])
        assert proofs.receipt(2)  # it sees what is written meanwhile


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Path]:
    """Yield a folder that everyone can reach; where this is root, the test goes on as somebody else."""
    folder = Path(tempfile.mkdtemp()) if os.geteuid() == 0 else tmp_path
    folder.chmod(0o755)
    yield folder
    if folder != tmp_path:
        shutil.rmtree(folder)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Be somebody whom the modes of files bind."""
    me = os.geteuid()
    os.seteuid(me or 65534)
    try:
        yield
    finally:
        os.seteuid(me)


def test_a_copy_that_cannot_be_written_to_can_be_read(shown: Path) -> None:
    """On a disk that is read-only a log can be read and proven; writing to it says why not."""
    directory = shown / "log"
    init_log(directory, ORIGIN, clock)
    for path in directory.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    directory.chmod(0o555)
    with unprivileged():
        with read_proofs(directory) as proofs:
            assert proofs.receipt(1)
        with (
            pytest.raises(InputError, match="lock cannot be written: Permission denied"),
            open_log(directory),
        ):
            pytest.fail("it was opened for writing")
        with pytest.raises(InputError, match="cannot be written: Permission denied"):
            init_log(shown / "log" / "another", ORIGIN)
    directory.chmod(0o755)


def test_what_stands_beside_a_new_log_is_left_alone(tmp_path: Path) -> None:
    """A neighbour whose name looks like something unfinished stays, and a failure leaves nothing."""
    neighbour = tmp_path / ".log.new"
    neighbour.mkdir()
    (neighbour / "mine").touch()
    init_log(tmp_path / "log", ORIGIN, clock)
    assert (neighbour / "mine").exists()
    with pytest.raises(RuntimeError):
        init_log(tmp_path / "other", ORIGIN, fail)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".log.new", "log"]


def fail() -> int:
    """Have no time."""
    raise RuntimeError


def test_the_files_of_a_log_are_for_their_owner_alone(tmp_path: Path) -> None:
    """Databases, and what SQLite puts beside them, are made with mode 600; what their owner chose stays."""
    before = os.umask(0o022)
    try:
        (tmp_path / "log").mkdir(mode=0o755)
        init_log(tmp_path / "log", ORIGIN, clock)
        with open_log(tmp_path / "log", clock) as log:
            log.append([own_statement(ORIGIN, log.signing_key(), "note", {}, NOW)])
            modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "log").glob("*.db*")}
        assert len(modes) == 6
        assert set(modes.values()) == {0o600}
        (tmp_path / "log" / "log.db").chmod(0o640)
        with open_log(tmp_path / "log", clock):
            pass
        assert (tmp_path / "log" / "log.db").stat().st_mode & 0o777 == 0o640
    finally:
        os.umask(before)
