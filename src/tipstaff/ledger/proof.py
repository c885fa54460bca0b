"""Proofs as text (C2SP tlog-proof): index, path and checkpoint, to be kept beside what they prove."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from tipstaff.ledger.checkpoint import Checkpoint, parse_checkpoint
from tipstaff.ledger.errors import ProofError
from tipstaff.ledger.note import Note, decode_base64
from tipstaff.ledger.tree import leaf_hash, verify_inclusion

HEADER: Final = b"c2sp.org/tlog-proof@v1"
_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,18})\Z")
_EXTRA: Final = "extra "
MAX_PATH: Final = 64


class Proof(NamedTuple):
    """A proof that was taken apart; nothing of it is verified: see `verify_proof`."""

    position: int
    path: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: Note


def format_proof(index: int, path: Sequence[bytes], note: bytes) -> bytes:
    """Return the proof that entry `index` is in the log of a signed checkpoint."""
    lines = [HEADER.decode(), f"index {index}", *(base64.b64encode(node).decode() for node in path), "", ""]
    return "\n".join(lines).encode() + note


def parse_proof(data: bytes) -> Proof:
    """Take a proof apart.

    Raises `ProofError` when it is none. Extra data is passed over: it is not authenticated.
    """
    beginning, gap, note = data.partition(b"\n\n")
    try:
        lines = beginning.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise ProofError(f"not a proof: {error}") from error
    if not gap or lines.pop(0).encode() != HEADER:
        raise ProofError(f"not a proof: it does not begin with {HEADER.decode()}")
    if lines and lines[0].startswith(_EXTRA):
        decode_base64(lines.pop(0).removeprefix(_EXTRA))
    index = _INDEX.match(lines.pop(0)) if lines else None
    if index is None or len(lines) > MAX_PATH:
        raise ProofError(f"not a proof: no line tells an index, or the path is longer than {MAX_PATH}")
    checkpoint, parsed = parse_checkpoint(note)
    return Proof(int(index[1]), tuple(map(decode_base64, lines)), checkpoint, parsed)


def verify_proof(proof: Proof, entry: bytes) -> None:
    """Check that a proof leads from an entry to its checkpoint, whose signature the caller verifies.

    Raises `ProofError` when it does not.
    """
    size, root = proof.checkpoint.size, proof.checkpoint.root
    if verify_inclusion(leaf_hash(entry), proof.position, size, proof.path) != root:
        raise ProofError(
            f"entry {proof.position} of the log is another one: the path does not lead to the checkpoint"
        )
