"""Receipts (RFC 9942): what a log hands out, verifiable without the log."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias, cast

from tipstaff.ledger import cose
from tipstaff.ledger.cbor import Value, decode, encode
from tipstaff.ledger.checkpoint import RFC9162_SHA256, VDP, VDS, Checkpoint, SignedCheckpoint
from tipstaff.ledger.errors import EncodingError, ProofError
from tipstaff.ledger.keys import EDDSA, VerifyingKey
from tipstaff.ledger.tree import leaf_hash, verify_consistency, verify_inclusion

INCLUSION, CONSISTENCY = -1, -2
MAX_SIZE: Final = 16_384
_SIZE: Final = re.compile(r"(0|[1-9][0-9]{0,18})\Z")
_CWT: Final = frozenset((cose.ISS, cose.SUB, cose.IAT))
_LABELS: Final = frozenset((cose.ALG, cose.KID, cose.CWT_CLAIMS, VDS))


class Receipt(NamedTuple):
    """A receipt that was taken apart. Nothing of it is verified: see `verify_receipt`.

    `first` is the index of the entry in a receipt of inclusion, the old size in one of consistency.
    """

    proof: int
    origin: str
    size: int
    first: int
    path: tuple[bytes, ...]
    iat: int
    kid: bytes
    alg: int
    protected: bytes
    signature: bytes


Find: TypeAlias = Callable[[bytes, int], VerifyingKey | None]
"""Gives the log's key of a kid for a size of the tree; None where the log had no such key then."""


def inclusion_receipt(signed: SignedCheckpoint, index: int, path: Sequence[bytes]) -> bytes:
    """Return the receipt of an entry. Raises `ProofError` where the path would be empty."""
    if not path:
        raise ProofError("no receipt is issued for a log of one entry: its path would be empty")
    return _receipt(signed, INCLUSION, [signed.checkpoint.size, index, list(path)])


def consistency_receipt(signed: SignedCheckpoint, old: int, path: Sequence[bytes]) -> bytes:
    """Return the receipt that the log at `old` entries is a beginning of the log as signed."""
    return _receipt(signed, CONSISTENCY, [old, signed.checkpoint.size, list(path)])


def parse_receipt(data: bytes) -> Receipt:
    """Take a receipt apart. Raises `ProofError`, with what is wrong or not supported."""
    if len(data) > MAX_SIZE:
        raise ProofError(f"a receipt has {len(data):,} bytes; {MAX_SIZE:,} is the most")
    try:
        envelope = cose.split(data)
        header = cose.header(envelope.protected)
    except EncodingError as error:
        raise ProofError(f"malformed receipt: {error}") from error
    if header.get(VDS) != RFC9162_SHA256 or isinstance(header.get(VDS), bool):
        raise ProofError(
            f"verifiable data structure {header.get(VDS)!r:.40} is not supported: it is "
            f"{RFC9162_SHA256} (RFC9162_SHA256)"
        )
    try:
        cose.check_signature(envelope.signature)
    except EncodingError as error:
        raise ProofError(f"malformed receipt: {error}") from error
    if envelope.payload is not None:
        raise ProofError("the payload of a receipt is detached: a root that it carried would prove nothing")
    if header.keys() != _LABELS:
        raise ProofError("the protected header of a receipt is not alg, kid, CWT claims and vds alone")
    alg, kid, claims = header[cose.ALG], header[cose.KID], header[cose.CWT_CLAIMS]
    if type(alg) is not int or alg != EDDSA:
        raise ProofError(f"alg of the receipt is {alg!r:.40}, not {EDDSA} (EdDSA)")
    if not isinstance(kid, bytes):
        raise ProofError("kid of the receipt is malformed")
    origin, size, iat = _claims(claims)
    proof, first, path = _proof(envelope.unprotected, size)
    return Receipt(proof, origin, size, first, path, iat, kid, alg, envelope.protected, envelope.signature)


def verify_receipt(data: bytes, entry: bytes, origin: str, find: Find) -> Receipt:
    """Verify a receipt of inclusion for an entry, and return it.

    Raises `ProofError` where it proves nothing: another log, key or entry, a path or a signature that is
    wrong.
    """
    receipt = parse_receipt(data)
    if receipt.proof != INCLUSION:
        raise ProofError("this is a receipt of consistency, not of inclusion")
    root = verify_inclusion(leaf_hash(entry), receipt.first, receipt.size, receipt.path)
    _verify(receipt, Checkpoint(origin, receipt.size, root), find)
    return receipt


def verify_consistency_receipt(data: bytes, old: Checkpoint, new: Checkpoint, find: Find) -> Receipt:
    """Verify a receipt of consistency between two checkpoints, and return it. Raises `ProofError`."""
    receipt = parse_receipt(data)
    if receipt.proof != CONSISTENCY or (receipt.first, receipt.size) != (old.size, new.size):
        raise ProofError(f"this is no receipt of consistency from {old.size:,} to {new.size:,} entries")
    verify_consistency(old.size, old.root, new.size, new.root, receipt.path)
    _verify(receipt, new, find)
    return receipt


def _receipt(signed: SignedCheckpoint, proof: int, parts: list[Value]) -> bytes:
    """Assemble a receipt around a proof."""
    unprotected: Value = {VDP: cast("Value", {proof: [encode(parts)]})}
    return cose.detached(signed.protected, unprotected, signed.signature)


def _verify(receipt: Receipt, checkpoint: Checkpoint, find: Find) -> None:
    """Verify whose signature a receipt carries, over the root that its proof leads to."""
    if receipt.origin != checkpoint.origin:
        raise ProofError(f"the receipt is of the log {receipt.origin!r:.80}, not of {checkpoint.origin!r}")
    key = find(receipt.kid, receipt.size)
    if key is None or key.alg != receipt.alg:
        raise ProofError(f"key {receipt.kid.hex()[:16]}… is no key of this log at size {receipt.size:,}")
    if not key.verify(receipt.signature, cose.to_be_signed(receipt.protected, checkpoint.root)):
        raise ProofError(
            "the signature of the receipt is wrong: another entry, another log, or a receipt that was altered"
        )


def _claims(claims: Value) -> tuple[str, int, int]:
    """Return origin, size and iat of the CWT claims."""
    if isinstance(claims, dict) and claims.keys() == _CWT:
        origin, sub, iat = cast(
            "dict[int, Value]", claims
        ).values()  # in this order: the encoding is deterministic
        if isinstance(origin, str) and isinstance(sub, str) and type(iat) is int:
            about, _, size = sub.rpartition("#")
            if about == origin and _SIZE.match(size):
                return origin, int(size), iat
    raise ProofError("the CWT claims of the receipt are not iss, sub (ORIGIN#SIZE) and iat alone")


def _proof(unprotected: Value, size: int) -> tuple[int, int, tuple[bytes, ...]]:
    """Return the kind of the one proof, its first number and its path."""
    match unprotected:
        case {396: dict(proofs), **rest} if not rest and len(proofs) == 1:
            kind, encoded = next(iter(cast("dict[int, Value]", proofs).items()))
        case _:
            raise ProofError(
                "a receipt carries one kind of proof, under label 396, and nothing else unprotected"
            )
    if kind not in (INCLUSION, CONSISTENCY):
        raise ProofError(f"proof type {kind!r:.40} is neither of inclusion (-1) nor of consistency (-2)")
    if not isinstance(encoded, list) or len(encoded) != 1 or not isinstance(encoded[0], bytes):
        raise ProofError("a receipt carries one proof as a byte string")
    try:
        parts = decode(encoded[0])
    except EncodingError as error:
        raise ProofError(f"malformed proof: {error}") from error
    match parts:
        case [left, right, list(path)] if type(left) is type(right) is int and all(
            isinstance(node, bytes) for node in path
        ):
            signed, first = (left, right) if kind == INCLUSION else (right, left)
        case _:
            raise ProofError("a proof is two numbers and a path")
    if signed != size:
        raise ProofError(f"the proof is for size {signed!r:.40}, the receipt for {size:,}")
    return kind, first, tuple(cast("list[bytes]", path))
