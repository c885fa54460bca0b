"""The vectors of scitt-cose: statements and receipts, valid and not.

Their profile is wider than ours: receipts lack kid and claims, and the maps of headers are in no order. So
their headers are read leniently here and checked with our signatures and our tree; our parsers refuse them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple, cast

import cbor2
import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from published import VECTORS, absent

from tipstaff.ledger import cose
from tipstaff.ledger.cbor import Value, encode
from tipstaff.ledger.checkpoint import RFC9162_SHA256, VDP, VDS
from tipstaff.ledger.errors import ProofError, StatementError
from tipstaff.ledger.keys import ES256, VerifyingKey, ed25519
from tipstaff.ledger.receipt import INCLUSION, parse_receipt
from tipstaff.ledger.statement import parse
from tipstaff.ledger.tiles import TileNodes
from tipstaff.ledger.tree import leaf_hash, prove_inclusion, root_of, verify_inclusion

FOLDER = VECTORS / "scitt-cose" / "test-vectors" / "v1"
NAMES = ("valid-eddsa", "valid-es256", "fail-tampered-path", "fail-unsupported-vds", "fail-bad-statement-sig")
CCF = "valid-ccf-vds2"

pytestmark = absent(FOLDER)


class Expected(msgspec.Struct):
    """What a verifier is to find."""

    leaf_entry: str
    leaf_index: int | None
    tree_size: int | None
    inclusion_path: list[str] | None
    reconstructed_root: str | None
    statement_signature_valid: bool
    receipt_valid: bool
    failure_code: str | None = None


class Receipt(NamedTuple):
    """A receipt with its header as it is."""

    vds: object
    size: int
    place: int
    path: Sequence[bytes]
    parts: cose.Sign1


def read(name: str, file: str) -> bytes:
    """Read a file of a vector."""
    return (FOLDER / name / file).read_bytes()


def expected(name: str) -> Expected:
    """Read what is to be found."""
    return msgspec.json.decode(read(name, "expected.json"), type=Expected)


def key(name: str, file: str) -> VerifyingKey:
    """Read a public key."""
    public = serialization.load_pem_public_key(read(name, file))
    if isinstance(public, Ed25519PublicKey):
        return ed25519(public.public_bytes_raw())
    assert isinstance(public, EllipticCurvePublicKey)
    point = public.public_numbers()
    x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
    members: dict[int, Value] = {1: 2, -1: 1, -2: x, -3: y}
    found = VerifyingKey.decode(encode(members))
    assert found.alg == ES256
    return found


def receipt(name: str) -> Receipt:
    """Take a receipt apart."""
    parts = cose.split(read(name, "receipt.cose"))
    unprotected = cast("dict[int, dict[int, list[bytes]]]", parts.unprotected)
    size, index, path = cbor2.loads(unprotected[VDP][INCLUSION][0])
    return Receipt(cbor2.loads(parts.protected)[VDS], size, index, path, parts)


def root(name: str) -> bytes:
    """Return the root that the path of a receipt leads to."""
    found = receipt(name)
    leaf = leaf_hash(hashlib.sha256(read(name, "statement.cose")).digest())
    return verify_inclusion(leaf, found.place, found.size, found.path)


def signed(name: str) -> bool:
    """Say whether the log's signature is over that root."""
    parts = receipt(name).parts
    return key(name, "log-key.pub").verify(parts.signature, cose.to_be_signed(parts.protected, root(name)))


def filler(name: str, size: int, place: int, entry: bytes) -> list[bytes]:
    """Return the entries of a vector's log, as its documents describe them."""
    words = f"scitt-cose test vectors v1 :: {name} :: filler leaf "
    return [entry if at == place else hashlib.sha256(f"{words}{at}".encode()).digest() for at in range(size)]


@pytest.mark.parametrize("name", NAMES)
def test_the_entry_is_the_hash_of_the_statement(name: str) -> None:
    """An entry is the SHA-256 of a statement with its empty map, there as here."""
    parts = cose.split(read(name, "statement.cose"))
    assert parts.payload is not None
    encoded = cose.assemble(parts.protected, parts.payload, parts.signature)
    assert encoded == read(name, "statement.cose")
    assert hashlib.sha256(encoded).hexdigest() == expected(name).leaf_entry


@pytest.mark.parametrize("name", NAMES)
def test_signatures_of_statements(name: str) -> None:
    """The signature of a statement verifies where the vector says so."""
    parts = cose.split(read(name, "statement.cose"))
    assert parts.payload == read(name, "payload.bin")
    message = cose.to_be_signed(parts.protected, parts.payload or b"")
    valid = key(name, "issuer-key.pub").verify(parts.signature, message)
    assert valid == expected(name).statement_signature_valid


@pytest.mark.parametrize("name", NAMES)
def test_the_log_is_rebuilt(name: str) -> None:
    """Our tree over the entries of a vector's log has its root, and its path unless that was altered."""
    wanted, found = expected(name), receipt(name)
    assert (found.size, found.place) == (wanted.tree_size, wanted.leaf_index)
    assert [node.hex() for node in found.path] == wanted.inclusion_path
    entries = filler(name, found.size, found.place, bytes.fromhex(wanted.leaf_entry))
    tile = b"".join(map(leaf_hash, entries))
    nodes = TileNodes(lambda _level, _number: tile)
    path = prove_inclusion(nodes, found.place, found.size)
    built = root_of(nodes, found.size)
    assert (path == list(found.path)) == (wanted.failure_code != "TAMPERED_INCLUSION_PATH")
    if wanted.reconstructed_root:
        assert built.hex() == root(name).hex() == wanted.reconstructed_root


@pytest.mark.parametrize("name", NAMES)
def test_receipts_verify_or_fail_for_the_stated_reason(name: str) -> None:
    """The log signed the root that the path leads to, unless that was altered, and the structure is ours."""
    wanted = expected(name)
    assert signed(name) == (wanted.failure_code != "TAMPERED_INCLUSION_PATH")
    assert (receipt(name).vds == RFC9162_SHA256) == (wanted.failure_code != "UNSUPPORTED_VDS")
    assert wanted.receipt_valid == (signed(name) and receipt(name).vds == RFC9162_SHA256)


@pytest.mark.parametrize("name", NAMES)
def test_our_profile_refuses_their_receipts(name: str) -> None:
    """Their receipts have headers out of order, which is refused before anything is looked for in them."""
    with pytest.raises(ProofError, match="malformed receipt: not deterministic CBOR: the keys of a map"):
        parse_receipt(read(name, "receipt.cose"))


@pytest.mark.parametrize("name", [*NAMES, CCF])
def test_our_profile_refuses_their_statements(name: str) -> None:
    """Their statements have no thumbprint of their key, no kind and no version, and the error says so."""
    with pytest.raises(StatementError, match="4 is missing, -65537 is missing, -65538 is missing"):
        parse(read(name, "statement.cose"))


@pytest.mark.parametrize("name", NAMES)
def test_a_header_in_order_is_refused_for_what_it_lacks(name: str) -> None:
    """Written in order, a receipt is refused for its structure, if that is another, or for kid and claims."""
    parts = receipt(name).parts
    header = encode(dict(cbor2.loads(parts.protected)))
    reason = "verifiable data structure 2" if receipt(name).vds == 2 else "not alg, kid, CWT claims and vds"
    with pytest.raises(ProofError, match=reason):
        parse_receipt(cose.detached(header, parts.unprotected, parts.signature))


def test_a_receipt_of_another_structure_is_refused_as_that() -> None:
    """A real receipt of CCF, in order, is refused for its verifiable data structure."""
    with pytest.raises(ProofError, match="verifiable data structure 2 is not supported"):
        parse_receipt(read(CCF, "receipt.cose"))
