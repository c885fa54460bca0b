"""The vault: values behind commitments, under a key of their subject; erasing the key erases them.

Keys and contents are in two files. Contents may be backed up at will: without the keys they are noise. A
backup of the keys must be as short-lived as an erasure may take.
"""

from __future__ import annotations

import secrets
import sqlite3
from pathlib import Path
from typing import Final, NamedTuple, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tipstaff.base.errors import InputError, TipstaffError
from tipstaff.ledger.cbor import Value, decode, encode
from tipstaff.ledger.commitment import commit, make_salt, opens

_KEYS: Final = (
    "CREATE TABLE IF NOT EXISTS keys (subject TEXT PRIMARY KEY, key BLOB NOT NULL) STRICT, WITHOUT ROWID"
)
_CONTENTS: Final = """
CREATE TABLE IF NOT EXISTS contents (
    commitment BLOB PRIMARY KEY,
    subject TEXT NOT NULL,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_subject ON contents (subject);
"""
_NONCE_SIZE: Final = 12
_KEY_BITS: Final = 256


class VaultError(TipstaffError):
    """A value cannot be opened: the vault's files do not fit one another, or were altered."""


class Opened(NamedTuple):
    """What a commitment stands for; with the salt, whoever is shown both can check it."""

    kind: str
    field: str
    value: Value
    salt: bytes


class Vault:
    """A vault in a directory: `keys.db` and `contents.db`."""

    def __init__(self, directory: Path) -> None:
        """Open the vault, or make it."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._keys = _connect(directory / "keys.db", _KEYS)
        self._contents = _connect(directory / "contents.db", _CONTENTS)

    def close(self) -> None:
        """Close the files."""
        self._keys.close()
        self._contents.close()

    def keep(self, subject: str, kind: str, field: str, value: Value) -> bytes:
        """Keep the value of a field of a statement about a subject; returns its commitment."""
        if not subject:
            raise InputError("a value in the vault belongs to a subject: its pseudonym is missing")
        salt = make_salt()
        commitment = commit(kind, field, value, salt)
        nonce = secrets.token_bytes(_NONCE_SIZE)
        sealed = nonce + AESGCM(self._key(subject)).encrypt(
            nonce, encode([kind, field, value, salt]), commitment
        )
        self._contents.execute("INSERT INTO contents VALUES (?, ?, ?)", (commitment, subject, sealed))
        return commitment

    def open(self, commitment: bytes) -> Opened | None:
        """Return what a commitment stands for; None where it was erased or never kept.

        Raises `VaultError` where what is kept is not what was committed to.
        """
        row = self._contents.execute(
            "SELECT subject, sealed FROM contents WHERE commitment = ?", (commitment,)
        ).fetchone()
        key = self._find_key(row[0]) if row else None
        if row is None or key is None:
            return None
        sealed: bytes = row[1]
        try:
            plain = AESGCM(key).decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], commitment)
        except InvalidTag as error:
            raise VaultError(f"what is kept for commitment {commitment.hex()[:16]}… was altered") from error
        kind, field, value, salt = cast("tuple[str, str, Value, bytes]", decode(plain))
        if not opens(commitment, kind, field, value, salt):
            raise VaultError(f"commitment {commitment.hex()[:16]}… does not stand for what is kept")
        return Opened(kind, field, value, salt)

    def erase(self, subject: str) -> int:
        """Erase the key of a subject, then all that was kept under it; returns how many values that were.

        The key goes first: dying in between leaves noise, which the next call removes.
        """
        self._keys.execute("DELETE FROM keys WHERE subject = ?", (subject,))
        _forget(self._keys)
        erased = self._contents.execute("DELETE FROM contents WHERE subject = ?", (subject,)).rowcount
        _forget(self._contents)
        return erased

    def _key(self, subject: str) -> bytes:
        """Return the key of a subject, made when it is first needed."""
        made = AESGCM.generate_key(_KEY_BITS)
        self._keys.execute("INSERT OR IGNORE INTO keys VALUES (?, ?)", (subject, made))
        return cast("bytes", self._find_key(subject))

    def _find_key(self, subject: str) -> bytes | None:
        """Return the key of a subject, if there is one."""
        row = self._keys.execute("SELECT key FROM keys WHERE subject = ?", (subject,)).fetchone()
        return None if row is None else row[0]


def _connect(path: Path, schema: str) -> sqlite3.Connection:
    """Open a file that is overwritten where something is deleted."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.executescript(schema)
    path.chmod(0o600)
    return connection


def _forget(connection: sqlite3.Connection) -> None:
    """Empty the write-ahead log, in which deleted pages would live on."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
