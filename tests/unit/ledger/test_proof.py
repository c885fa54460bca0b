"""Proofs as text: what C2SP tlog-proof says, and nothing that only resembles it."""

from __future__ import annotations

import base64

import pytest
from worlds import ORIGIN, World, digest, make_key

from tipstaff.ledger.errors import ProofError
from tipstaff.ledger.proof import format_proof, parse_proof, verify_proof

WORLD = World.told()
DECISION = WORLD.index("decision")
ENTRY = WORLD.entries["decision"]
PROOF = WORLD.prover.proof(DECISION)


def test_a_proof_is_index_path_and_checkpoint() -> None:
    """Its lines, and the checkpoint verbatim after an empty one."""
    head, _, note = PROOF.decode().partition("\n\n")
    first, index, *path = head.split("\n")
    assert (first, index) == ("c2sp.org/tlog-proof@v1", f"index {DECISION}")
    assert all(len(base64.b64decode(line)) == 32 for line in path)
    assert note.encode() == WORLD.log.last.note


def test_every_entry_has_a_proof() -> None:
    """Each leads from its entry to the checkpoint, and from no other."""
    for position, entry in enumerate(WORLD.store._positions):
        found = parse_proof(WORLD.prover.proof(position))
        assert (found.position, found.checkpoint) == (position, WORLD.log.last.checkpoint)
        assert found.note.signed_by(ORIGIN, make_key(ORIGIN).public)
        verify_proof(found, entry)
        with pytest.raises(ProofError, match="another one"):
            verify_proof(found, digest("other"))


def test_extra_data_is_passed_over() -> None:
    """A line `extra` after the header is not authenticated, and changes nothing."""
    header = b"c2sp.org/tlog-proof@v1\n"
    assert parse_proof(PROOF.replace(header, header + b"extra AAAA\n", 1)) == parse_proof(PROOF)
    assert parse_proof(PROOF.replace(header, header + b"extra \n", 1)) == parse_proof(PROOF)


def _replaced(old: str, new: str) -> bytes:
    """Return the proof with a part of it changed."""
    assert old.encode() in PROOF
    return PROOF.replace(old.encode(), new.encode(), 1)


INDEX = f"index {DECISION}\n"


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n\n", b"c2sp.org/tlog-proof@v1", b"c2sp.org/tlog-proof@v1\n\n", PROOF[1:], PROOF[:-1],
        _replaced("@v1", "@v2"), _replaced("@v1", "@v1 "), _replaced(INDEX, ""), _replaced(INDEX, "index\n"),
        _replaced(INDEX, "index 0x1\n"), _replaced(INDEX, f"index 0{DECISION}\n"),
        _replaced(INDEX, "index -1\n"), _replaced(INDEX, f"index {'9' * 5000}\n"),
        _replaced(INDEX, "index ١\n"), _replaced(INDEX, "Index 1\n"), _replaced(INDEX, INDEX + "AA AA\n"),
        _replaced(INDEX, INDEX + "AB==\n"), _replaced(INDEX, INDEX + "\n"),
        _replaced(INDEX, INDEX + "A" * 43 + "=\n\n"), _replaced(INDEX, INDEX + ("A" * 43 + "=\n") * 70),
        _replaced(INDEX, "extra !\n" + INDEX), _replaced(INDEX, INDEX + "extra AAAA\n"),
        _replaced(INDEX, "extra AAAA\nextra AAAA\n" + INDEX), PROOF.replace(b"\n", b"\r\n"),
    ],
)  # fmt: skip
def test_what_is_no_proof_is_refused(data: bytes) -> None:
    """Other versions, numbers, encodings, orders of lines, and paths that are too long."""
    with pytest.raises(ProofError):
        parse_proof(data)


@pytest.mark.parametrize("index", [DECISION - 1, DECISION + 1, 0, WORLD.store.size, 10**18])
def test_another_index_proves_nothing(index: int) -> None:
    """The same path from another place does not lead to the checkpoint."""
    with pytest.raises(ProofError):
        verify_proof(parse_proof(_replaced(INDEX, f"index {index}\n")), ENTRY)


def test_another_path_proves_nothing() -> None:
    """Shorter, longer, in another order, or of nodes that are no hashes."""
    found = parse_proof(PROOF)
    for path in (found.path[:-1], (*found.path, digest("x")), found.path[::-1], (b"short", *found.path[1:])):
        with pytest.raises(ProofError):
            verify_proof(parse_proof(format_proof(found.position, path, WORLD.log.last.note)), ENTRY)
