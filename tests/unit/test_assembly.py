"""How a log is opened: what outsiders need is renewed, whatever happens meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from tipstaff.assembly import init_log, open_log, read_trust
from tipstaff.ledger.errors import CorruptLogError
from tipstaff.ledger.genesis import rotation
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
