"""How a log is made and opened: whole, in files for its owner; what outsiders need is renewed."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tipstaff.assembly.ledger import init_log, open_log, read_proofs, read_store, read_trust
from tipstaff.base.errors import InputError
from tipstaff.ledger.errors import CorruptLogError, LogError
from tipstaff.ledger.genesis import own_statement, rotation
from tipstaff.ledger.keys import SigningKey
from tipstaff.storage.ledger.directory import write_key
from tipstaff.storage.ledger.memory import SqliteMemory

ORIGIN = "example.org/log"
NOW = 1_800_000_000


def clock() -> int:
    """Return the time of the tests."""
    return NOW


def rotate(directory: Path, error: Exception | None = None) -> None:
    """Rotate the key of a log, and fail afterwards if there is an error to fail with."""
    new = SigningKey.generate()
    with open_log(directory, clock) as log:
        statements = rotation(log, new)
        write_key(directory, new)
        log.hold(new)
        log.append(statements)
        if error:
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


def test_a_log_that_was_rolled_back_under_its_trust_file_is_not_signed(tmp_path: Path) -> None:
    """Both databases of a backup: a key that was rotated out would sign again, and the trust file forget."""
    directory, copy = tmp_path / "log", tmp_path / "copy"
    init_log(directory, ORIGIN, clock)
    shutil.copytree(directory, copy)
    with pytest.raises(RuntimeError):
        rotate(directory, RuntimeError("afterwards"))
    trust = (directory / "trust.json").read_bytes()
    for name in ("log.db", "checkpoint.db"):
        shutil.copy(copy / name, directory / name)
    with pytest.raises(CorruptLogError, match="held 4 statements, and now it holds 2"), open_log(directory):
        pytest.fail("it was opened for writing")
    assert (directory / "trust.json").read_bytes() == trust


def test_a_key_that_was_not_written_whole_is_passed_over(tmp_path: Path) -> None:
    """What a rotation that died left in the folder of keys is no hindrance: another key is in force."""
    init_log(tmp_path / "log", ORIGIN, clock)
    (tmp_path / "log" / "keys" / f"{'ab' * 32}.pem").touch()
    with open_log(tmp_path / "log", clock) as log:
        log.append([own_statement(ORIGIN, log.signing_key(), "note", {}, NOW)])
        assert log.last.checkpoint.size == 3


def test_a_key_in_force_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Where only keys that were revoked can be read, the one that cannot is named, and the log not opened."""
    init_log(tmp_path / "log", ORIGIN, clock)
    with pytest.raises(RuntimeError):
        rotate(tmp_path / "log", RuntimeError("afterwards"))
    (new,) = (key.kid for key in read_trust(tmp_path / "log" / "trust.json").keys if key.revoked is None)
    (tmp_path / "log" / "keys" / f"{new}.pem").write_bytes(b"")
    with (
        pytest.raises(
            InputError, match=rf"signs for the log now, and .*{new}\.pem cannot be read: not a pri"
        ),
        open_log(tmp_path / "log", clock),
    ):
        pytest.fail("it was opened for writing")


DYING = """
import pathlib, resource, signal, sys
from tipstaff.ledger.keys import SigningKey
from tipstaff.storage.ledger.directory import write_key
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))
write_key(pathlib.Path(sys.argv[1]), SigningKey.generate())
"""
"""Dies with the first bytes of a key."""


def test_a_key_has_its_name_when_it_is_whole(tmp_path: Path) -> None:
    """Dying on the way leaves no PEM that is cut short, and a failure leaves nothing."""
    (tmp_path / "keys").mkdir()
    died = subprocess.run([sys.executable, "-c", DYING, str(tmp_path)], check=False, timeout=60)  # noqa: S603
    assert died.returncode == -signal.SIGXFSZ
    assert list((tmp_path / "keys").glob("*.pem")) == []
    before = set((tmp_path / "keys").iterdir())
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, limits[1]))
    try:
        with pytest.raises(InputError, match=r"\.pem cannot be written: File too large"):
            write_key(tmp_path, SigningKey.generate())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert set((tmp_path / "keys").iterdir()) == before
    key = SigningKey.generate()
    write_key(tmp_path, key)
    with pytest.raises(InputError, match=r"\.pem cannot be written: File exists"):
        write_key(tmp_path, key)
    (path,) = (tmp_path / "keys").glob("*.pem")
    assert path.stat().st_mode & 0o777 == 0o600
    assert SigningKey.from_pem(path.read_bytes()).public == key.public


def test_a_trust_file_that_cannot_be_renewed_is_told(tmp_path: Path) -> None:
    """The keys are on the log all the same, and the next opening renews the file."""
    init_log(tmp_path / "log", ORIGIN, clock)
    hindrance = tmp_path / "log" / ".trust.json.new"
    hindrance.mkdir()
    with pytest.raises(
        InputError, match=r"trust\.json could not be renewed: .* on the log as they were stated"
    ):
        rotate(tmp_path / "log")
    with pytest.raises(RuntimeError, match="afterwards"), open_log(tmp_path / "log", clock):
        raise RuntimeError("afterwards")
    hindrance.rmdir()
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


def test_a_state_that_cannot_be_read_is_told(shown: Path) -> None:
    """What an auditor remembers in a file that he may not read is an error of the input, which names it."""
    SqliteMemory(shown / "seen.db").close()
    (shown / "seen.db").chmod(0)
    with unprivileged(), pytest.raises(InputError, match=r"seen\.db cannot be read: Permission denied"):
        SqliteMemory(shown / "seen.db")


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
