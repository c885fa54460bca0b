"""The vault: commitments open while the subject's key is there, and for nobody afterwards."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tipstaff.base.errors import InputError
from tipstaff.ledger.commitment import opens
from tipstaff.vault.vault import Vault, VaultError

REASONS = "The post calls upon its readers to join a token sale: 私信我上车"


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    """Open a vault."""
    opened = Vault(tmp_path)
    yield opened
    opened.close()


def test_a_commitment_opens_to_what_was_kept(vault: Vault) -> None:
    """Value and salt come back, and whoever is shown both can check them against the commitment."""
    commitment = vault.keep("v1:a", "decision", "reasons", REASONS)
    opened = vault.open(commitment)
    assert opened is not None
    assert opened[:3] == ("decision", "reasons", REASONS)
    assert opens(commitment, *opened)


def test_one_value_has_many_commitments(vault: Vault) -> None:
    """Every field has a salt of its own, so that equal values cannot be told."""
    assert vault.keep("v1:a", "decision", "reasons", REASONS) != vault.keep(
        "v1:a", "decision", "reasons", REASONS
    )


def test_erasing_a_subject_erases_its_values_alone(vault: Vault) -> None:
    """What was kept for others stays."""
    first, second = (vault.keep("v1:a", "decision", field, REASONS) for field in ("reasons", "evidence"))
    other = vault.keep("v1:b", "decision", "reasons", REASONS)
    assert vault.erase("v1:a") == 2
    assert vault.open(first) is vault.open(second) is None
    assert vault.open(other) is not None
    assert vault.erase("v1:a") == 0


def test_nothing_of_what_was_erased_is_in_the_files(tmp_path: Path) -> None:
    """Neither the key nor what was sealed under it is left in any byte of the vault's files."""
    vault = Vault(tmp_path)
    commitment = vault.keep("v1:a", "decision", "reasons", REASONS)
    with sqlite3.connect(tmp_path / "keys.db") as keys, sqlite3.connect(tmp_path / "contents.db") as contents:
        (key,) = keys.execute("SELECT key FROM keys").fetchone()
        (sealed,) = contents.execute("SELECT sealed FROM contents").fetchone()
    keys.close()
    contents.close()
    assert key in _bytes(tmp_path)
    vault.erase("v1:a")
    assert key not in _bytes(tmp_path)
    assert sealed[:16] not in _bytes(tmp_path)
    assert vault.open(commitment) is None
    vault.close()


def test_a_backup_of_the_contents_is_noise_without_the_key(tmp_path: Path) -> None:
    """Contents that were restored after an erasure open for nobody."""
    vault = Vault(tmp_path)
    commitment = vault.keep("v1:a", "decision", "reasons", REASONS)
    with sqlite3.connect(tmp_path / "contents.db") as contents:
        rows = contents.execute("SELECT * FROM contents").fetchall()
    vault.erase("v1:a")
    with contents:
        contents.executemany("INSERT INTO contents VALUES (?, ?, ?)", rows)
    contents.close()
    assert vault.open(commitment) is None
    vault.keep("v1:a", "decision", "reasons", REASONS)  # the subject comes back, with a new key
    with pytest.raises(VaultError, match="altered"):
        vault.open(commitment)
    vault.close()


def test_what_was_altered_does_not_open(tmp_path: Path) -> None:
    """A flipped bit in what is kept is noticed."""
    vault = Vault(tmp_path)
    commitment = vault.keep("v1:a", "decision", "reasons", REASONS)
    with sqlite3.connect(tmp_path / "contents.db") as contents:
        (sealed,) = contents.execute("SELECT sealed FROM contents").fetchone()
        contents.execute("UPDATE contents SET sealed = ?", (sealed[:-1] + bytes((sealed[-1] ^ 1,)),))
    contents.close()
    with pytest.raises(VaultError, match="altered"):
        vault.open(commitment)
    vault.close()


def test_a_value_needs_a_subject(vault: Vault) -> None:
    """What belongs to nobody could never be erased."""
    with pytest.raises(InputError, match="subject"):
        vault.keep("", "decision", "reasons", REASONS)


def _bytes(folder: Path) -> bytes:
    """Return all bytes of all files in a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
