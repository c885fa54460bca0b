"""The trust file: what an outsider needs to check a log, as JSON."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec

from tipstaff.base.errors import InputError
from tipstaff.ledger.errors import EncodingError, ProofError
from tipstaff.ledger.keys import ALGORITHMS, EDDSA, VerifyingKey
from tipstaff.ledger.note import check_name, verifier
from tipstaff.ledger.proof import HEADER, parse_proof, verify_proof
from tipstaff.ledger.receipt import verify_receipt
from tipstaff.ledger.state import KeyRecord, View, find_key, find_kids
from tipstaff.ledger.statement import Statement, parse
from tipstaff.ledger.verification import verify

FORMAT: Final = "tipstaff-trust-1"
_LOG: Final = "log"
_BEGINNING: Final = 1
"""The last position of what stands on a log before a key has dates."""


class TrustedKey(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A key with whose it is, and the positions in the log between which it may sign."""

    kid: str
    alg: str
    public_key: str
    holder: str
    role: str
    added: int
    revoked: int | None = None
    not_before: int = 0
    not_after: int | None = None

    def key(self) -> VerifyingKey:
        """Return the key itself. Raises `InputError` where it is not what it says."""
        try:
            key = VerifyingKey.decode(base64.b64decode(self.public_key, validate=True))
        except (EncodingError, ValueError) as error:
            raise InputError(f"trust file: key {self.kid[:16]}…: {error}") from error
        if key.kid.hex() != self.kid or key.alg != ALGORITHMS.get(self.alg):
            raise InputError(
                f"trust file: key {self.kid[:16]}… has another thumbprint or algorithm than it says"
            )
        return key

    def signs_at(self, position: int) -> bool:
        """Say whether the key may sign statement `position`, or a checkpoint of that size."""
        return self.added < position and (self.revoked is None or position <= self.revoked)

    def valid_at(self, time: int) -> bool:
        """Say whether a time lies within the dates of the key."""
        return self.not_before <= time and (self.not_after is None or time <= self.not_after)


class LogKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first key of a log; `verifier` is the same key as other implementations of notes take it."""

    kid: str
    public_key: str
    verifier: str


class Trust(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A trust file. `audit` believes `origin` and `log_key` alone; `keys` are as of `size` entries."""

    format: str
    origin: str
    log_key: LogKey
    size: int
    keys: list[TrustedKey]

    def first_key(self) -> VerifyingKey:
        """Return the first key of the log. Raises `InputError` where it is not what it says."""
        record = self.log_key
        return TrustedKey(record.kid, "Ed25519", record.public_key, self.origin, _LOG, -1).key()

    def find(self, kid: bytes) -> TrustedKey | None:
        """Return a key by its kid."""
        return next((key for key in self.keys if key.kid == kid.hex()), None)

    def log_keys_at(self, size: int) -> list[VerifyingKey]:
        """Return the log's keys that may sign a checkpoint of that size."""
        return [key.key() for key in self.keys if key.role == _LOG and key.signs_at(size)]

    def log_key_at(self, kid: bytes, size: int) -> VerifyingKey | None:
        """Return the log's key of a kid, if it may sign for a tree of that size."""
        found = self.find(kid)
        return found.key() if found and found.role == _LOG and found.signs_at(size) else None


class Verified(NamedTuple):
    """A statement that a receipt or a proof shows to be on the log."""

    statement: Statement
    position: int
    size: int
    role: str


def verify_statement(trust: Trust, data: bytes, receipt: bytes) -> Verified:
    """Check offline that a statement is on the log; `receipt` is a receipt or a proof as text.

    Raises `StatementError` or `ProofError`, with what is wrong.
    """
    statement = parse(data)
    if receipt.startswith(HEADER):
        proof = parse_proof(receipt)
        position, size = proof.position, proof.checkpoint.size
        verify_proof(proof, statement.entry)
        if proof.checkpoint.origin != trust.origin:
            raise ProofError(f"the proof is of the log {proof.checkpoint.origin!r}, not of {trust.origin!r}")
        if not any(proof.note.signed_by(trust.origin, key) for key in trust.log_keys_at(size)):
            raise ProofError(
                "the checkpoint is not signed by a key of this log: is the trust file newer than the proof?"
            )
    else:
        found = verify_receipt(receipt, statement.entry, trust.origin, trust.log_key_at)
        position, size = found.first, found.size
    signer = trust.find(statement.kid)
    if signer is None:
        raise ProofError(f"key {statement.kid.hex()[:16]}… is not in the trust file: take a newer one")
    if not signer.signs_at(position) or signer.holder != statement.iss:
        raise ProofError(
            f"key {signer.kid[:16]}… of {signer.holder!r} could not sign statement {position} as "
            f"{statement.iss!r}"
        )
    # The log's first key signs its rules, and the statement that says from when on the key is valid.
    if position > _BEGINNING and not signer.valid_at(statement.iat):
        raise ProofError(f"key {signer.kid[:16]}… is not valid at iat {statement.iat}")
    verify(statement, signer.key())
    return Verified(statement, position, size, signer.role)


def make_trust(origin: str, first: VerifyingKey, size: int, view: View) -> Trust:
    """Return the trust file of a log, from its state."""
    log_key = LogKey(first.kid.hex(), _base64(first), verifier(origin, first))
    return Trust(FORMAT, origin, log_key, size, list(_keys(find_kids(view), view)))


def format_trust(trust: Trust) -> bytes:
    """Return the file."""
    return msgspec.json.format(msgspec.json.encode(trust)) + b"\n"


def parse_trust(data: bytes) -> Trust:
    """Read a trust file. Raises `InputError`, with what is wrong with it."""
    try:
        trust = msgspec.json.decode(data, type=Trust)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"not a trust file: {error}") from error
    if trust.format != FORMAT:
        raise InputError(f"not a trust file of format {FORMAT}: {trust.format!r:.60}")
    check_name(trust.origin)
    first = trust.first_key()
    for key in (first, *(key.key() for key in trust.keys if key.role == _LOG)):
        if key.alg != EDDSA:
            raise InputError(f"trust file: key {key.kid.hex()[:16]}… of the log is no Ed25519 key")
    if trust.log_key.verifier != verifier(trust.origin, first):
        raise InputError("trust file: the verifier of log_key is not that of its public key and origin")
    for trusted in trust.keys:
        trusted.key()
    return trust


def _keys(kids: Iterable[bytes], view: View) -> Iterable[TrustedKey]:
    """Yield the keys that a state knows."""
    names = {number: name for name, number in ALGORITHMS.items()}
    for kid in kids:
        record = find_key(view, kid)
        if record is not None:
            yield _trusted(kid, record, names[VerifyingKey.decode(record.encoded).alg])


def _trusted(kid: bytes, record: KeyRecord, alg: str) -> TrustedKey:
    """Return a key of the state as the trust file has it."""
    return TrustedKey(
        kid.hex(),
        alg,
        base64.b64encode(record.encoded).decode(),
        record.holder,
        record.role,
        record.added,
        record.revoked,
        record.not_before,
        record.not_after,
    )


def _base64(key: VerifyingKey) -> str:
    """Return a key in base64."""
    return base64.b64encode(key.encoded).decode()
