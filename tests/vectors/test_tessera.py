"""A log that transparency-dev/tessera wrote, reproduced from its entries."""

from __future__ import annotations

import base64

import pytest
from published import VECTORS, absent

from tipstaff.ledger.checkpoint import parse_checkpoint
from tipstaff.ledger.keys import ed25519
from tipstaff.ledger.log import grow
from tipstaff.ledger.note import verifier
from tipstaff.ledger.tiles import TileNodes, bundle_path, pack_bundle, tile_path, tiles_of, unpack_bundle
from tipstaff.ledger.tree import (
    Range,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root_of,
    verify_consistency,
    verify_inclusion,
)

LOG = VECTORS / "tessera" / "testdata" / "log"
SIZE = 15
ORIGIN = "example.com/log/testdata"
VERIFIER = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
"""The public key of the log, as the documents of tessera have it."""

KEY = ed25519(base64.b64decode(VERIFIER.split("+", 2)[2])[1:])

pytestmark = absent(LOG)


@pytest.fixture(scope="module")
def entries() -> list[bytes]:
    """Return the entries of the log."""
    return unpack_bundle((LOG / bundle_path(0, SIZE)).read_bytes())


def root_at(entries: list[bytes], size: int) -> bytes:
    """Return the root that entries lead to."""
    tree = Range()
    for entry in entries[:size]:
        tree.append(leaf_hash(entry))
    return tree.root()


def test_its_key_is_named_alike() -> None:
    """The name, hash and key of a verifier are written as tessera writes them."""
    assert verifier(ORIGIN, KEY) == VERIFIER


@pytest.mark.parametrize("size", range(SIZE + 1))
def test_every_checkpoint_is_reproduced(size: int, entries: list[bytes]) -> None:
    """At every size the entries lead to the root that was signed, and the signature is the log's."""
    data = (LOG / f"checkpoint.{size}").read_bytes()
    checkpoint, note = parse_checkpoint(data)
    assert checkpoint == (ORIGIN, size, root_at(entries, size))
    assert note.text == checkpoint.text()
    assert note.signed_by(ORIGIN, KEY)
    assert not note.signed_by("example.com/log", KEY)


def test_the_last_checkpoint_is_that_of_the_whole_log() -> None:
    """The checkpoint without a number is the last one."""
    assert (LOG / "checkpoint").read_bytes() == (LOG / f"checkpoint.{SIZE}").read_bytes()


def test_every_tile_and_bundle_is_reproduced(entries: list[bytes]) -> None:
    """Bundles and tiles of every size are, byte for byte, those that we would have written."""
    written, tile = Range(), b""
    expected = {}
    for size, entry in enumerate(entries, start=1):
        tile = grow(written, [leaf_hash(entry)], lambda *_, kept=tile: kept)[0, 0]
        (where,) = tiles_of(size, size - 1)
        expected[tile_path(*where[0], where[1])] = tile
        expected[bundle_path(0, size)] = pack_bundle(entries[:size])
    found = {
        path.relative_to(LOG).as_posix(): path.read_bytes()
        for path in LOG.glob("tile/**/*")
        if path.is_file()
    }
    assert found == expected


def test_its_tile_proves_every_entry_and_every_growth(entries: list[bytes]) -> None:
    """From its last tile we prove each entry, and the growth from each checkpoint, to its last root."""
    checkpoint, _ = parse_checkpoint((LOG / "checkpoint").read_bytes())
    tile = (LOG / tile_path(0, 0, SIZE)).read_bytes()
    nodes = TileNodes(lambda level, number: b"" if level or number else tile)
    assert root_of(nodes, SIZE) == checkpoint.root
    for index, entry in enumerate(entries):
        path = prove_inclusion(nodes, index, SIZE)
        assert verify_inclusion(leaf_hash(entry), index, SIZE, path) == checkpoint.root
        old, _ = parse_checkpoint((LOG / f"checkpoint.{index}").read_bytes())
        proof = prove_consistency(nodes, index, SIZE)
        verify_consistency(index, old.root, SIZE, checkpoint.root, proof)
