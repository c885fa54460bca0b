"""The vault: commitments open while the subject's key is there, and for nobody afterwards."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tipstaff.base.errors import InputError
from tipstaff.ledger.cbor import Value
from tipstaff.ledger.commitment import commit
from tipstaff.ledger.errors import EncodingError
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
    assert commit(*opened) == commitment


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


def test_a_key_that_was_made_later_stays(vault: Vault) -> None:
    """Where the key is named that is to go: what was kept since is under another one."""
    assert vault.key_of("v1:a") is None
    first = vault.keep("v1:a", "decision", "reasons", "one")
    name = vault.key_of("v1:a")
    assert name is not None
    assert vault.erase("v1:a", name) == 1
    assert vault.open(first) is None
    later = vault.keep("v1:a", "decision", "reasons", "two")
    assert vault.key_of("v1:a") not in (None, name)
    assert vault.erase("v1:a", name) == 0
    assert vault.open(later) is not None


def test_what_nobody_refers_to_is_taken_out_alone(vault: Vault) -> None:
    """Without anything else of its subject."""
    kept, dropped = (vault.keep("v1:a", "decision", "reasons", word) for word in ("kept", "dropped"))
    vault.drop([dropped])
    assert vault.open(dropped) is None
    assert vault.open(kept) is not None
    assert vault.count("v1:a") == 1


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
        contents.executemany("INSERT INTO contents VALUES (?, ?, ?, ?)", rows)
    contents.close()
    assert vault.open(commitment) is None
    vault.keep("v1:a", "decision", "reasons", REASONS)  # the subject comes back, with a new key
    assert vault.open(commitment) is None
    vault.close()


def test_a_subject_that_comes_back_alters_nothing(tmp_path: Path) -> None:
    """What an erasure that was held up has left over is erased, not altered, also beside a new key."""
    vault = Vault(tmp_path, patience=0.05)
    commitment = vault.keep("v1:a", "decision", "reasons", REASONS)
    reader = sqlite3.connect(tmp_path / "keys.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT key FROM keys").fetchone()
    with pytest.raises(VaultError, match="try again"):
        vault.erase("v1:a")
    again = vault.keep("v1:a", "decision", "reasons", "others")
    assert vault.open(commitment) is None
    opened = vault.open(again)
    assert opened is not None
    assert opened.value == "others"
    reader.close()
    vault.close()


def test_nothing_is_erased_while_a_value_is_kept(tmp_path: Path) -> None:
    """Between the key of a value and the value itself no erasure comes, which would take the key alone."""
    first, second = Vault(tmp_path), Vault(tmp_path, patience=0.01)
    first.keep("v1:a", "decision", "reasons", "before")
    hindrance = sqlite3.connect(tmp_path / "contents.db", isolation_level=None)
    hindrance.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        kept = pool.submit(first.keep, "v1:a", "decision", "reasons", REASONS)
        time.sleep(0.3)  # it has its key, and waits for the contents
        with pytest.raises(VaultError, match=r"keys\.db cannot be used: database is locked"):
            second.erase("v1:a")
        hindrance.execute("ROLLBACK")
        opened = first.open(kept.result(10))
    assert opened is not None
    assert opened.value == REASONS
    assert second.erase("v1:a") == 2
    for closed in (first, second, hindrance):
        closed.close()


def test_what_is_kept_beside_erasures_opens_or_is_erased(tmp_path: Path) -> None:
    """Threads of two vaults that keep and erase for one subject: no error, no accusation, nothing lost."""
    vaults = [Vault(tmp_path), Vault(tmp_path)]

    def keep(vault: Vault) -> list[bytes]:
        kept = []
        for number in range(40):
            kept.append(vault.keep("v1:a", "decision", "reasons", number))
            vault.open(kept[-1])
        return kept

    def erase(vault: Vault) -> int:
        return sum(vault.erase("v1:a") for _ in range(20))

    with ThreadPoolExecutor(4) as pool:
        keeping = [pool.submit(keep, vault) for vault in vaults]
        erasing = [pool.submit(erase, vault) for vault in vaults]
        commitments = [commitment for done in keeping for commitment in done.result(60)]
        erased = sum(done.result(60) for done in erasing)
    opened = [vaults[0].open(commitment) for commitment in commitments]
    assert sum(found is None for found in opened) == erased
    assert len(commitments) == 80
    for vault in vaults:
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


@pytest.mark.parametrize("depth", [31, 32, 200])
def test_what_could_not_be_opened_is_not_kept(vault: Vault, depth: int) -> None:
    """A value that lies too deep to be read is refused while whoever brings it still has it."""
    value: Value = "a post"
    for _ in range(depth):
        value = [value]
    if depth > 31:  # one more lies around it
        with pytest.raises(EncodingError, match="depth"):
            vault.keep("v1:a", "item", "evidence", value)
    else:
        opened = vault.open(vault.keep("v1:a", "item", "evidence", value))
        assert opened is not None
        assert opened.value == value


def test_a_value_needs_a_subject(vault: Vault) -> None:
    """What belongs to nobody could never be erased."""
    with pytest.raises(InputError, match="subject"):
        vault.keep("", "decision", "reasons", REASONS)


def test_an_erasure_that_a_reader_holds_up_is_told(tmp_path: Path) -> None:
    """While another connection reads the keys, the erased one is still there: that is no success."""
    vault = Vault(tmp_path, patience=0.05)
    commitment = vault.keep("v1:a", "decision", "reasons", REASONS)
    reader = sqlite3.connect(tmp_path / "keys.db", isolation_level=None)
    reader.execute("BEGIN")
    (key,) = reader.execute("SELECT key FROM keys").fetchone()
    with pytest.raises(VaultError, match=r"keys\.db is being read: .* not erased yet, try again"):
        vault.erase("v1:a")
    assert key in _bytes(tmp_path)
    assert vault.open(commitment) is None
    reader.execute("COMMIT")
    assert vault.erase("v1:a") == 1
    assert key not in _bytes(tmp_path)
    reader.close()
    vault.close()


def test_its_files_are_for_their_owner_alone(tmp_path: Path, usual_umask: None) -> None:
    """Neither the databases nor what SQLite puts beside them can be read by others."""
    del usual_umask
    for folder in (tmp_path / "new", tmp_path / "there"):
        if folder.name == "there":
            folder.mkdir(mode=0o700)
            (folder / "keys.db").touch(mode=0o644)
        vault = Vault(folder)
        vault.keep("v1:a", "decision", "reasons", REASONS)
        modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
        assert len(modes) == 6
        assert set(modes.values()) == {0o600}
        assert folder.stat().st_mode & 0o077 == 0
        vault.close()


def test_a_directory_that_others_may_look_into_is_refused(tmp_path: Path) -> None:
    """The mend is named, and nothing is made."""
    tmp_path.chmod(0o755)
    with pytest.raises(VaultError, match=f"chmod 700 {tmp_path}"):
        Vault(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_used_is_told(tmp_path: Path) -> None:
    """A file in the place of the directory, and one that is no database, are errors of the vault."""
    (tmp_path / "file").touch()
    with pytest.raises(VaultError, match="cannot be used"):
        Vault(tmp_path / "file" / "vault")
    (tmp_path / "keys.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(VaultError, match=r"keys\.db cannot be used: file is not a database"):
        Vault(tmp_path)


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_what_was_cut_short_does_not_open(tmp_path: Path, length: int) -> None:
    """Contents that end too early were altered, wherever they end."""
    vault = Vault(tmp_path)
    commitment = vault.keep("v1:a", "decision", "reasons", REASONS)
    with sqlite3.connect(tmp_path / "contents.db") as contents:
        contents.execute("UPDATE contents SET sealed = substr(sealed, 1, ?)", (length,))
    contents.close()
    with pytest.raises(VaultError, match="altered"):
        vault.open(commitment)
    vault.close()


@pytest.fixture
def usual_umask() -> Iterator[None]:
    """Let others read what is made without saying otherwise."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def _bytes(folder: Path) -> bytes:
    """Return all bytes of all files in a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_subjects_are_found_by_the_end_of_their_names(vault: Vault) -> None:
    """Those of whom something may be kept; nothing in an ending stands for anything else."""
    for subject in ("b#case-1", "a#case-1", "a#case-11", "%#case-2"):
        vault.keep(subject, "case", "note", "text")
    assert vault.subjects("#case-1") == ["a#case-1", "b#case-1"]
    vault.erase("a#case-1")
    assert vault.subjects("#case-1") == ["b#case-1"]
    assert vault.subjects("%#case-1") == []


def test_what_is_kept_still_is_told_without_opening_it(vault: Vault, tmp_path: Path) -> None:
    """All of it, or not; what was kept since an erasure brings nothing back. Who opens it knows the rest."""
    first, second = (vault.keep("v1:a", "decision", field, REASONS) for field in ("reasons", "evidence"))
    other = vault.keep("v1:b", "decision", "reasons", REASONS)
    assert vault.has([])
    assert vault.has([first, second, other])
    with sqlite3.connect(tmp_path / "contents.db") as contents:
        contents.execute("UPDATE contents SET sealed = x'00' WHERE commitment = ?", (first,))
    assert vault.has([first])
    vault.erase("v1:a")
    vault.keep("v1:a", "decision", "reasons", REASONS)
    assert vault.has([other])
    assert not vault.has([other, second])
    assert not vault.has([b"never kept"])
    with sqlite3.connect(tmp_path / "contents.db") as contents:
        contents.execute("UPDATE contents SET key_name = x'00' WHERE commitment = ?", (other,))
    assert not vault.has([other]), "as one is that dies between erasing the key and what is under it"


def test_what_is_discarded_is_gone_though_somebody_reads(vault: Vault, tmp_path: Path) -> None:
    """At once, with its key and no other's; what is left in the files goes out with the next erasure."""
    commitment = vault.keep("webhook 1", "webhook", "secret", "whsec_x")
    other = vault.keep("v1:a", "decision", "reasons", REASONS)
    reader = sqlite3.connect(tmp_path / "keys.db", isolation_level=None)
    reader.execute("BEGIN")
    (key,) = reader.execute("SELECT key FROM keys WHERE subject = 'webhook 1'").fetchone()
    vault.discard("webhook 1")
    assert (vault.open(commitment), vault.key_of("webhook 1")) == (None, None)
    assert vault.has([other])
    reader.close()
    vault.erase("v1:a")
    assert key not in _bytes(tmp_path)
