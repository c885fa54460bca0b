"""The vault: values behind commitments, under a key of their subject; erasing the key erases them.

Keys and contents are in two files. Contents may be backed up at will: without the keys they are noise. A
backup of the keys must be as short-lived as an erasure may take.

The write lock of the keys is that of the vault: what is kept goes in under it, with a key that is there, and
what is erased goes out under it. Each content says which key it is sealed under: one whose key is gone was
erased, and one that does not open under its own was altered.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tipstaff.base.errors import InputError, TipstaffError
from tipstaff.base.files import reserve_private
from tipstaff.ledger.cbor import Value
from tipstaff.ledger.commitment import commit, decode_opening, encode_opening, make_salt

_KEYS: Final = (
    "CREATE TABLE IF NOT EXISTS keys (subject TEXT PRIMARY KEY, key BLOB NOT NULL) STRICT, WITHOUT ROWID"
)
_CONTENTS: Final = """
CREATE TABLE IF NOT EXISTS contents (
    commitment BLOB PRIMARY KEY,
    subject TEXT NOT NULL,
    key_name BLOB NOT NULL,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_subject ON contents (subject);
"""
_NAME_SIZE: Final = 16
_NONCE_SIZE: Final = 12
_KEY_BITS: Final = 256


_BUSY_SECONDS: Final = 5.0
_PAUSE: Final = 0.01
"""Seconds between two tries."""

_OTHERS: Final = 0o077
_PRIVATE: Final = 0o600


class VaultError(TipstaffError):
    """The vault cannot be used, has not erased yet, or holds what does not fit its commitment."""


class Opened(NamedTuple):
    """What a commitment stands for; with the salt, whoever is shown both can check it."""

    kind: str
    field: str
    value: Value
    salt: bytes


class Vault:
    """A vault in a directory: `keys.db` and `contents.db`."""

    def __init__(self, directory: Path, patience: float = _BUSY_SECONDS) -> None:
        """Open the vault, or make it; what writes waits `patience` seconds for others.

        Raises `VaultError` where it cannot be used, or where others than its owner may look into it.
        """
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if directory.stat().st_mode & _OTHERS:
                raise VaultError(f"{directory} is open to others than its owner: `chmod 700 {directory}`")
            self._keys = _File(directory / "keys.db", _KEYS, patience)
            self._contents = _File(directory / "contents.db", _CONTENTS, patience)
            self._lock = threading.Lock()
        except OSError as error:
            raise VaultError(f"{error.filename} cannot be used: {error.strerror}") from error

    def close(self) -> None:
        """Close the files."""
        self._keys.close()
        self._contents.close()

    def keep(self, subject: str, kind: str, field: str, value: Value) -> bytes:
        """Keep the value of a field of a statement about a subject; returns its commitment."""
        (commitment,) = self.keep_all(subject, [(kind, field, value)])
        return commitment

    def keep_all(self, subject: str, values: Iterable[tuple[str, str, Value]]) -> list[bytes]:
        """Keep values, each of a kind and a field, all or none; returns their commitments.

        However many there are, the disk is waited for once.
        """
        if not subject:
            raise InputError("a value in the vault belongs to a subject: its pseudonym is missing")
        salted = [(value, make_salt()) for value in values]
        commitments = [commit(*value, salt) for value, salt in salted]
        with self._lock, self._keys.transaction(), self._contents.transaction():
            key = self._key(subject)
            for commitment, (value, salt) in zip(commitments, salted, strict=True):
                nonce = secrets.token_bytes(_NONCE_SIZE)
                sealed = nonce + AESGCM(key).encrypt(nonce, encode_opening(*value, salt), commitment)
                row = commitment, subject, _name(key), sealed
                self._contents.execute("INSERT INTO contents VALUES (?, ?, ?, ?)", row)
        return commitments

    def open(self, commitment: bytes) -> Opened | None:
        """Return what a commitment stands for; None where it was erased or never kept.

        Raises `VaultError` where what is kept is not what was committed to.
        """
        with self._lock:
            query = "SELECT subject, key_name, sealed FROM contents WHERE commitment = ?"
            row = self._contents.row(query, (commitment,))
            key = self._key_under(row)
        if row is None or key is None:
            return None
        sealed: bytes = row[2]
        try:
            plain = AESGCM(key).decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], commitment)
        except (InvalidTag, ValueError) as error:  # a nonce that is cut short is no value for it
            raise VaultError(f"what is kept for commitment {commitment.hex()[:16]}… was altered") from error
        opening = decode_opening(commitment, plain)
        if opening is None:
            raise VaultError(f"commitment {commitment.hex()[:16]}… does not stand for what is kept")
        return Opened(*opening)

    def has(self, commitments: Iterable[bytes]) -> bool:
        """Say whether all these values are kept still, without opening them."""
        query = "SELECT subject, key_name FROM contents WHERE commitment = ?"
        with self._lock:
            rows = (self._contents.row(query, (commitment,)) for commitment in commitments)
            return all(self._key_under(row) is not None for row in rows)

    def count(self, subject: str) -> int:
        """Return how many values are kept under the key of a subject."""
        with self._lock:
            key = self._find_key(subject)
            query = "SELECT count(*) FROM contents WHERE subject = ? AND key_name = ?"
            row = self._contents.row(query, (subject, b"" if key is None else _name(key)))
        return 0 if row is None else int(row[0])

    def subjects(self, ending: str) -> list[str]:
        """Return those subjects about whom something may be kept whose names end so, in order."""
        query = "SELECT subject FROM keys WHERE substr(subject, -length(?)) = ? ORDER BY subject"
        with self._lock:
            return [subject for (subject,) in self._keys.rows(query, (ending, ending))]

    def key_of(self, subject: str) -> bytes | None:
        """Return the name of the key of a subject, None where there is none: each key has another one."""
        with self._lock:
            key = self._find_key(subject)
        return None if key is None else _name(key)

    def erase(self, subject: str, named: bytes | None = None) -> int:
        """Erase the key of a subject, then all that was kept under it; returns how many values that were.

        Where a key is `named`, none goes that was made after it.

        The key goes first: dying in between leaves noise, which the next call removes. What somebody keeps in
        between, under a new key, stays. Raises `VaultError` while somebody else reads the files, whose
        deleted pages must stay for him: nothing is erased for good before a call has returned.
        """
        with self._lock:
            with self._keys.transaction():
                key = self._find_key(subject)
                if key is not None and named in (None, _name(key)):
                    self._keys.execute("DELETE FROM keys WHERE subject = ?", (subject,))
            self._keys.forget()
            with self._keys.transaction():
                key = self._find_key(subject)
                erased = self._contents.execute(
                    "DELETE FROM contents WHERE subject = ? AND key_name <> ?",
                    (subject, b"" if key is None else _name(key)),
                )
            self._contents.forget()
        return erased

    def discard(self, subject: str) -> None:
        """Take out the key of a subject and all that is kept under it, and wait for nobody who reads.

        What is left of it in the files goes out with the next erasure: for secrets that nobody takes any
        more, and not for what is personal.
        """
        with self._lock, self._keys.transaction():
            self._contents.execute("DELETE FROM contents WHERE subject = ?", (subject,))
            self._keys.execute("DELETE FROM keys WHERE subject = ?", (subject,))

    def drop(self, commitments: Iterable[bytes]) -> None:
        """Take values out that nobody has referred to yet, and nobody will; their keys stay.

        What is left of them in the files goes out with the next erasure.
        """
        with self._lock, self._keys.transaction():
            for commitment in commitments:
                self._contents.execute("DELETE FROM contents WHERE commitment = ?", (commitment,))

    def _key(self, subject: str) -> bytes:
        """Return the key of a subject, made when it is first needed."""
        made = AESGCM.generate_key(_KEY_BITS)
        self._keys.execute("INSERT OR IGNORE INTO keys VALUES (?, ?)", (subject, made))
        return cast("bytes", self._find_key(subject))

    def _key_under(self, row: tuple[Any, ...] | None) -> bytes | None:
        """Return the key that a row (its subject, the name of its key) is sealed under; None once erased."""
        key = self._find_key(row[0]) if row else None
        return key if row and key and _name(key) == row[1] else None

    def _find_key(self, subject: str) -> bytes | None:
        """Return the key of a subject, if there is one."""
        row = self._keys.row("SELECT key FROM keys WHERE subject = ?", (subject,))
        return None if row is None else row[0]


def _name(key: bytes) -> bytes:
    """Return what tells a key from others, and nothing else about it: keys are random."""
    return hashlib.sha256(key).digest()[:_NAME_SIZE]


class _File:
    """A database that is overwritten where something is deleted, and that its owner alone can read."""

    def __init__(self, path: Path, schema: str, patience: float) -> None:
        self._path = path
        self._patience = patience
        reserve_private(path)
        for ending in ("", "-wal", "-shm"):
            if (beside := path.with_name(path.name + ending)).exists():
                beside.chmod(_PRIVATE)  # as an earlier version, or a copy, may have left them
        with self._told():
            self._connection = sqlite3.connect(path, patience, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA secure_delete = ON")
            self._connection.executescript(schema)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the write lock: commit at the end, or undo everything."""
        with self._told():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def execute(self, statement: str, values: tuple[bytes | str, ...]) -> int:
        """Write; returns how many rows that were."""
        with self._told():
            return self._connection.execute(statement, values).rowcount

    def row(self, query: str, values: tuple[bytes | str, ...]) -> tuple[Any, ...] | None:
        """Return the first row of what is asked for."""
        return next(iter(self.rows(query, values)), None)

    def rows(self, query: str, values: tuple[bytes | str, ...]) -> list[tuple[Any, ...]]:
        """Return the rows of what is asked for."""
        with self._told():
            return self._connection.execute(query, values).fetchall()

    def forget(self) -> None:
        """Empty the write-ahead log, in which deleted pages would live on. Raises `VaultError` if they do.

        SQLite waits for readers, but not for somebody else who is emptying it: that is tried again.
        """
        end = time.monotonic() + self._patience
        while True:
            with self._told():
                (busy, _, _) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                return
            if time.monotonic() >= end:
                raise VaultError(f"{self._path} is being read: what was deleted is not erased yet, try again")
            time.sleep(_PAUSE)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn the errors of SQLite into those of the vault."""
        try:
            yield
        except sqlite3.Error as error:
            raise VaultError(f"{self._path} cannot be used: {error}") from error
