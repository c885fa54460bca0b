"""Checkpoints (C2SP tlog-checkpoint): origin, size and root of the log, signed in two encodings at once.

The note is for those who read tiles, the COSE signature goes into the receipts. Both are over the same root;
neither depends on a statement, so that a log signs twice for a batch, however large.
"""

from __future__ import annotations

import base64
import re
from typing import Final, NamedTuple

from tipstaff.ledger import cose
from tipstaff.ledger.cbor import encode
from tipstaff.ledger.errors import ProofError
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.note import Note, decode_base64, parse_note, sign_note
from tipstaff.ledger.tree import HASH_SIZE

VDS, VDP = 395, 396
RFC9162_SHA256: Final = 1
_SIZE: Final = re.compile(r"(0|[1-9][0-9]{0,18})\Z")


class Checkpoint(NamedTuple):
    """How far a log has come."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


class SignedCheckpoint(NamedTuple):
    """A checkpoint with its signatures: the note as published, and header and signature of its receipts."""

    checkpoint: Checkpoint
    note: bytes
    protected: bytes
    signature: bytes


def sign_checkpoint(checkpoint: Checkpoint, iat: int, key: SigningKey) -> SignedCheckpoint:
    """Sign a checkpoint with an Ed25519 key of the log; `iat` is now, in seconds."""
    protected = encode(
        {
            cose.ALG: key.public.alg,
            cose.KID: key.public.kid,
            cose.CWT_CLAIMS: {
                cose.ISS: checkpoint.origin,
                cose.SUB: f"{checkpoint.origin}#{checkpoint.size}",
                cose.IAT: iat,
            },
            VDS: RFC9162_SHA256,
        }
    )
    return SignedCheckpoint(
        checkpoint,
        sign_note(checkpoint.text(), checkpoint.origin, [key]),
        protected,
        key.sign(cose.to_be_signed(protected, checkpoint.root)),
    )


def parse_checkpoint(data: bytes) -> tuple[Checkpoint, Note]:
    """Read a signed checkpoint; its signatures are not verified: see `Note.signed_by`.

    Raises `ProofError` when it is none.
    """
    note = parse_note(data)
    origin, *rest = note.text[:-1].split("\n")
    if len(rest) < 2 or not origin or not all(rest) or not _SIZE.match(rest[0]):  # noqa: PLR2004  size and root
        raise ProofError("not a checkpoint: it is not made of an origin, a size and a root")
    root = decode_base64(rest[1])
    if len(root) != HASH_SIZE:
        raise ProofError("not a checkpoint: its root is no hash")
    return Checkpoint(origin, int(rest[0]), root), note
