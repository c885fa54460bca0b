"""The package scitt-cose accepts our statements and receipts, and refuses them altered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import scitt_cose
from bare_logs import KEY, NOW, ORIGIN, OTHER_KEY, BareLog, flipped
from cryptography.hazmat.primitives import serialization

from tipstaff.ledger import cose
from tipstaff.ledger.cbor import Value, decode, encode
from tipstaff.ledger.checkpoint import VDP, SignedCheckpoint
from tipstaff.ledger.errors import ProofError
from tipstaff.ledger.genesis import begin, own_statement
from tipstaff.ledger.keys import EDDSA, ES256, SigningKey, VerifyingKey
from tipstaff.ledger.memory import MemoryCheckpoints, MemoryStore
from tipstaff.ledger.prover import Prover
from tipstaff.ledger.receipt import INCLUSION, inclusion_receipt, verify_receipt
from tipstaff.ledger.statement import Draft, Envelope, parse, sign
from tipstaff.ledger.tree import prove_consistency, prove_inclusion, root_of

SIZES = (2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 100, 255, 256, 257, 513, 1000)


def pem(key: SigningKey) -> bytes:
    """Return the public half of a key as others take it."""
    private = serialization.load_pem_private_key(key.pem(), password=None)
    return private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


PEM = pem(KEY)


@pytest.fixture(scope="module")
def log() -> BareLog:
    """Return a log as large as the largest size."""
    log = BareLog()
    log.grow(max(SIZES))
    return log


@pytest.fixture(scope="module")
def checkpoints() -> dict[int, SignedCheckpoint]:
    """Return the checkpoint at each size."""
    growing = BareLog()
    return {size: growing.grow(size) for size in SIZES}


def receipt_of(log: BareLog, signed: SignedCheckpoint, place: int) -> bytes:
    """Return the receipt of an entry under a checkpoint."""
    return inclusion_receipt(signed, place, prove_inclusion(log.nodes, place, signed.checkpoint.size))


def taken(receipt: bytes, entry: bytes, key: bytes = PEM) -> bool:
    """Say whether scitt-cose takes a receipt for that of an entry."""
    found = scitt_cose.verify_receipt(receipt, leaf_entry_hex=entry.hex(), log_public_key_pem=key)
    return bool(found.ok)


def taken_here(receipt: bytes, entry: bytes, key: VerifyingKey = KEY.public) -> bool:
    """Say whether we do."""
    try:
        verify_receipt(receipt, entry, ORIGIN, lambda kid, _size: key if kid == key.kid else None)
    except ProofError:
        return False
    return True


@pytest.mark.parametrize("size", SIZES)
def test_receipts_are_accepted(size: int, log: BareLog, checkpoints: dict[int, SignedCheckpoint]) -> None:
    """Receipts of inclusion are accepted, with root, size, index and the claims that they were given."""
    signed = checkpoints[size]
    for place in sorted({0, 1, size // 3, size // 2, size - 2, size - 1}):
        receipt, entry = receipt_of(log, signed, place), log.entry(place)
        found = scitt_cose.verify_receipt(receipt, leaf_entry_hex=entry.hex(), log_public_key_pem=PEM)
        assert found.ok, found.errors
        assert (found.root, found.tree_size, found.leaf_index) == (signed.checkpoint.root.hex(), size, place)
        assert (found.issuer, found.subject, found.iat) == (ORIGIN, f"{ORIGIN}#{size}", NOW)
        assert found.protected_header_ext == {cose.KID: KEY.public.kid}
        assert taken_here(receipt, entry)


def altered(receipt: bytes, size: int, place: int) -> Iterator[bytes]:
    """Yield a receipt with its proof, its header or its signature altered, or with more or less of it."""
    for bit in range(0, len(receipt) * 8, 7):
        yield flipped(receipt, bit)
    yield receipt[:-1]
    yield receipt + b"\x00"
    parts = cose.split(receipt)
    unprotected = parts.unprotected
    assert isinstance(unprotected, dict)
    proof = decode(unprotected[VDP][INCLUSION][0])
    assert isinstance(proof, list)
    path = proof[2]
    proofs: list[list[Value]] = [
        [size, place ^ 1, path],
        [size, size, path],
        [size, place, path[:-1]],
        [size, place, [*path, bytes(32)]],
        [size, place, path[::-1]],
        [size * 2, place, path],
        [size, place, []],
    ]
    for wrong in proofs:
        yield cose.detached(parts.protected, {VDP: {INCLUSION: [encode(wrong)]}}, parts.signature)


@pytest.mark.parametrize(("size", "place"), [(7, 0), (257, 255)])
def test_altered_receipts_are_refused_by_both(
    size: int, place: int, log: BareLog, checkpoints: dict[int, SignedCheckpoint]
) -> None:
    """What was altered in a receipt passes neither scitt-cose nor us.

    But for this: a path says little of the size, and only here is the size compared with what was signed.
    """
    receipt, entry = receipt_of(log, checkpoints[size], place), log.entry(place)
    for wrong in altered(receipt, size, place):
        assert not taken_here(wrong, entry), wrong.hex()
        found = scitt_cose.verify_receipt(wrong, leaf_entry_hex=entry.hex(), log_public_key_pem=PEM)
        assert not found.ok or (found.leaf_index == place and found.tree_size != size), wrong.hex()


def test_a_receipt_is_of_one_entry_and_one_key(
    log: BareLog, checkpoints: dict[int, SignedCheckpoint]
) -> None:
    """A receipt is refused for another entry, and for another key of the log."""
    receipt = receipt_of(log, checkpoints[100], 40)
    assert not taken(receipt, log.entry(41))
    assert not taken_here(receipt, log.entry(41))
    assert not taken(receipt, log.entry(40), pem(OTHER_KEY))
    assert not taken_here(receipt, log.entry(40), OTHER_KEY.public)


def test_roots_and_proofs_of_consistency_agree(log: BareLog) -> None:
    """Roots and proofs of consistency are those that scitt-cose computes, and it accepts ours."""
    entries = [log.entry(place).hex() for place in range(33)]
    for size in range(1, 34):
        root = root_of(log.nodes, size).hex()
        assert root == scitt_cose.merkle_root(entries[:size])
        for old in range(1, size):
            proof = [node.hex() for node in prove_consistency(log.nodes, old, size)]
            assert proof == scitt_cose.consistency_proof(entries[:size], old, size)
            assert scitt_cose.verify_consistency(root_of(log.nodes, old).hex(), root, old, size, proof)


@pytest.mark.parametrize("alg", [EDDSA, ES256])
def test_statements_are_accepted(alg: int) -> None:
    """A statement is a signed statement of SCITT: all that is stated is read from it."""
    key = SigningKey.generate(alg)
    data = sign(Draft("note", 1, "holder", "subject", NOW, b"identifier", {"text": "文"}), key)
    found = scitt_cose.parse_signed_statement(data, public_key_pem=pem(key))
    assert found["signature_verified"] is True
    assert found["alg"] == {EDDSA: "EdDSA", ES256: "ES256"}[alg]
    assert (found["issuer"], found["subject"], found["content_type"]) == (
        "holder",
        "subject",
        "application/cbor",
    )
    assert found["claims"] == {1: "holder", 2: "subject", 6: NOW, 7: b"identifier"}
    assert decode(found["payload"]) == {"text": "文"}


@pytest.mark.parametrize("alg", [EDDSA, ES256])
def test_altered_statements_are_refused(alg: int) -> None:
    """No bit of a statement can be flipped, and no other key has signed it."""
    key = SigningKey.generate(alg)
    data = sign(Draft("note", 1, "holder", "subject", NOW, b"identifier", {"text": "文"}), key)
    for bit in range(0, len(data) * 8, 5):
        found = scitt_cose.parse_signed_statement(flipped(data, bit), public_key_pem=pem(key))
        assert found["signature_verified"] is False
    other = pem(SigningKey.generate(alg))
    assert scitt_cose.parse_signed_statement(data, public_key_pem=other)["signature_verified"] is False


def test_hash_envelopes_are_accepted() -> None:
    """A hash envelope is a signed statement too: its payload is the hash, and it has no content type."""
    draft = Draft(
        "note", 1, "holder", "subject", NOW, b"identifier", None, Envelope("text/plain"), bytes(range(32))
    )
    found = scitt_cose.parse_signed_statement(sign(draft, KEY), public_key_pem=PEM)
    assert (found["signature_verified"], found["content_type"]) == (True, None)
    assert found["payload"] == bytes(range(32))


def test_a_transparent_statement_carries_its_receipt() -> None:
    """Receipts that scitt-cose puts into a statement come out again, and do not change what was stated."""
    store, checkpoints = MemoryStore(), MemoryCheckpoints()
    log = begin(ORIGIN, KEY, store, checkpoints, lambda: NOW)
    log.append([own_statement(ORIGIN, KEY, "note", {"number": number}, NOW) for number in range(5)])
    receipt = Prover(store, checkpoints).receipt(4)
    statement = next(store.statements(4, 5))
    transparent = scitt_cose.attach_receipts(statement, [receipt])
    assert transparent != statement
    assert scitt_cose.extract_receipts(transparent) == [receipt]
    assert parse(transparent) == parse(statement)
    entry = parse(transparent).entry
    assert taken(receipt, entry)
    assert taken_here(receipt, entry)


def test_receipts_of_scitt_cose_are_not_deterministic(log: BareLog) -> None:
    """A receipt that scitt-cose makes of our root and claims verifies, but its encoding is refused here."""
    entries = [log.entry(place).hex() for place in range(9)]
    made = scitt_cose.build_receipt(
        leaf_entry_hex=entries[3],
        leaf_index=3,
        tree_entries_hex=entries,
        alg="EdDSA",
        log_private_key_pem=KEY.pem(),
        iss=ORIGIN,
        sub=f"{ORIGIN}#9",
        kid=KEY.public.kid,
        iat=NOW,
    )
    assert taken(made, log.entry(3))
    with pytest.raises(ProofError, match="malformed receipt: not deterministic CBOR: the keys of a map"):
        verify_receipt(made, log.entry(3), ORIGIN, lambda _kid, _size: KEY.public)
