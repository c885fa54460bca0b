"""Receipts: verifiable without the log, and of one entry of one log at one size."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from worlds import ORIGIN, START, World, digest, make_es256_key, make_key

from tipstaff.base.errors import InputError
from tipstaff.ledger import cose
from tipstaff.ledger.cbor import Value, decode, encode
from tipstaff.ledger.checkpoint import Checkpoint, SignedCheckpoint
from tipstaff.ledger.errors import ProofError
from tipstaff.ledger.keys import VerifyingKey
from tipstaff.ledger.receipt import (
    MAX_SIZE,
    inclusion_receipt,
    parse_receipt,
    verify_consistency_receipt,
    verify_receipt,
)

WORLD = World.told()
NOTE = WORLD.index("note")
ENTRY = WORLD.entries["note"]
RECEIPT = WORLD.prover.receipt(NOTE)
KEY = make_key(ORIGIN)


def find(kid: bytes, _size: int) -> VerifyingKey | None:
    """Return the key of the log."""
    return KEY.public if kid == KEY.public.kid else None


def altered(change: Callable[[dict[int, Value], list[Value]], None], *, sign: bool = False) -> bytes:
    """Return the receipt with another header or proof; the header may be signed again, over the same root."""
    protected, unprotected, _, signature = cast("list[bytes]", decode(RECEIPT[1:]))
    header = cast("dict[int, Value]", decode(protected))
    (proof,) = cast("dict[int, dict[int, list[bytes]]]", unprotected)[396][-1]
    parts = cast("list[Value]", decode(proof))
    change(header, parts)
    encoded = encode(header)
    if sign:
        signature = KEY.sign(cose.to_be_signed(encoded, WORLD.log.last.checkpoint.root))
    return cose.detached(encoded, {396: {-1: [encode(parts)]}}, signature)  # type: ignore[dict-item]


def test_a_receipt_proves_an_entry() -> None:
    """It says where the entry stands in a tree of which size, and which key signed it."""
    found = verify_receipt(RECEIPT, ENTRY, ORIGIN, find)
    assert (found.first, found.size, found.origin, found.iat) == (NOTE, NOTE + 1, ORIGIN, START)
    assert (found.kid, found.alg) == (KEY.public.kid, -8)


def test_every_entry_has_a_receipt_that_stays_the_same() -> None:
    """The receipt of an entry is under the first checkpoint over it, whenever it is asked for."""
    world = World.told()
    early = [world.prover.receipt(position) for position in range(world.store.size)]
    world.append("note", "log")
    for position, receipt in enumerate(early):
        assert world.prover.receipt(position) == receipt
        entry = list(world.store._positions)[position]
        assert verify_receipt(receipt, entry, ORIGIN, find).first == position


def test_the_receipts_of_a_batch_carry_one_signature() -> None:
    """The signed bytes depend on the checkpoint alone."""
    world = World()
    world.register([world.draft("note", "log", {"n": n}) for n in range(5)])
    receipts = [parse_receipt(world.prover.receipt(position)) for position in range(2, 7)]
    assert len({receipt.signature for receipt in receipts}) == 1
    assert len({receipt.path for receipt in receipts}) == 5


@pytest.mark.parametrize("name", ["decision", "order", "measure"])
def test_a_receipt_proves_no_other_entry(name: str) -> None:
    """With another entry the path leads to another root."""
    with pytest.raises(ProofError, match="signature of the receipt is wrong"):
        verify_receipt(RECEIPT, WORLD.entries[name], ORIGIN, find)


def test_a_receipt_is_of_one_log() -> None:
    """The name of another log, or its key, is refused."""
    with pytest.raises(ProofError, match="is of the log"):
        verify_receipt(RECEIPT, ENTRY, "example.net/log", find)
    with pytest.raises(ProofError, match="no key of this log"):
        verify_receipt(RECEIPT, ENTRY, ORIGIN, lambda _kid, _size: None)
    with pytest.raises(ProofError, match="no key of this log"):
        verify_receipt(RECEIPT, ENTRY, ORIGIN, lambda _kid, _size: make_es256_key("log").public)
    with pytest.raises(ProofError, match="signature"):
        verify_receipt(RECEIPT, ENTRY, ORIGIN, lambda _kid, _size: make_key("another").public)


def _set(place: int, value: Value) -> Callable[[dict[int, Value], list[Value]], None]:
    """Change a part of the proof."""
    return lambda _header, parts: parts.__setitem__(place, value)


def _label(label: int, value: Value) -> Callable[[dict[int, Value], list[Value]], None]:
    """Change a label of the header."""
    return lambda header, _parts: header.__setitem__(label, value)


def _sub(value: Value) -> Callable[[dict[int, Value], list[Value]], None]:
    """Change what the receipt says that it is about."""
    return _label(15, {1: ORIGIN, 2: value, 6: START})


YES: Value = True
PATH = list(parse_receipt(RECEIPT).path)


@pytest.mark.parametrize(
    "change",
    [
        _set(0, 30), _set(0, 32), _set(0, 2**64 - 1), _set(0, YES), _set(0, "31"), _set(1, 29), _set(1, 31),
        _set(1, -1), _set(1, 2**64 - 1), _set(1, None), _set(2, []), _set(2, PATH[:-1]),
        _set(2, [*PATH, digest("more")]), _set(2, PATH[::-1]), _set(2, [digest("x"), *PATH[1:]]),
        _set(2, [b"short", *PATH[1:]]), _set(2, {}), _set(2, ["x"]),
    ],
)  # fmt: skip
def test_another_proof_is_refused(change: Callable[[dict[int, Value], list[Value]], None]) -> None:
    """Another size, index or path, or one that is too long or too short, proves nothing."""
    with pytest.raises(ProofError):
        verify_receipt(altered(change), ENTRY, ORIGIN, find)


def test_true_is_no_index() -> None:
    """The receipt of entry 1 with `true` in place of its index is another receipt, and is refused."""
    protected, unprotected, _, signature = cast("list[bytes]", decode(WORLD.prover.receipt(1)[1:]))
    (proof,) = cast("dict[int, dict[int, list[bytes]]]", unprotected)[396][-1]
    size, index, path = cast("list[Value]", decode(proof))
    for parts in ([size, index, path], [size, True, path]):
        data = cose.detached(protected, {396: {-1: [encode(parts)]}}, signature)  # type: ignore[dict-item]
        if parts[1] is True:
            with pytest.raises(ProofError):
                parse_receipt(data)
        else:
            assert parse_receipt(data).first == 1


@pytest.mark.parametrize(
    "change",
    [
        _label(395, 2), _label(395, YES), _label(395, None), _label(1, -7), _label(1, "EdDSA"),
        _label(4, b"kid"), _label(4, None), _label(3, 1), _label(15, {}), _label(15, [1]),
        _label(15, {1: ORIGIN, 2: f"{ORIGIN}#31"}), _sub(f"{ORIGIN}#30"), _sub(f"{ORIGIN}#031"),
        _sub(f"{ORIGIN}#-31"), _sub(f"{ORIGIN}#٣١"), _sub(ORIGIN),
        _sub(f"{ORIGIN}#"), _sub(7), _sub("other#31"), _sub(f"{ORIGIN}#{'9' * 5000}"),
        _label(15, {1: "example.net/log", 2: "example.net/log#31", 6: START}),
        _label(15, {1: ORIGIN, 2: f"{ORIGIN}#31", 6: "now"}),
    ],
)  # fmt: skip
def test_another_header_is_refused(change: Callable[[dict[int, Value], list[Value]], None]) -> None:
    """Another structure, algorithm, key, log or size: refused even when the log's own key has signed it."""
    for sign in (False, True):
        with pytest.raises(ProofError):
            verify_receipt(altered(change, sign=sign), ENTRY, ORIGIN, find)


def test_a_receipt_is_signed_with_ed25519_and_nothing_else() -> None:
    """A receipt that a P-256 key has signed well is refused, also by who takes that for the log's key."""
    key = make_es256_key("log")
    found = parse_receipt(RECEIPT)
    header = {**cose.header(found.protected), cose.ALG: key.public.alg, cose.KID: key.public.kid}
    protected = encode(header)
    signature = key.sign(cose.to_be_signed(protected, WORLD.log.last.checkpoint.root))
    proof: Value = {396: {-1: [encode([found.size, found.first, list(found.path)])]}}  # type: ignore[dict-item]
    with pytest.raises(ProofError, match="alg of the receipt is -7, not -8"):
        verify_receipt(cose.detached(protected, proof, signature), ENTRY, ORIGIN, lambda *_: key.public)


@pytest.mark.parametrize(
    "unprotected",
    [{}, {396: {}}, {396: []}, {396: {-1: []}}, {396: {-1: [b""]}}, {396: {-1: [b"\x83"]}}, {396: {-1: b""}},
     {396: {-3: [b"\x80"]}}, {396: {-1: [encode([1])]}}, {396: {-1: [encode([1, 2, [], 4])]}}, {395: 1}],
)  # fmt: skip
def test_a_receipt_carries_one_proof(unprotected: Value) -> None:
    """None, several, of another kind or malformed: refused."""
    found = parse_receipt(RECEIPT)
    with pytest.raises(ProofError):
        parse_receipt(cose.detached(found.protected, unprotected, found.signature))
    proof = encode([found.size, found.first, list(found.path)])
    for more in ({396: {-1: [proof, proof]}}, {396: {-1: [proof], -2: [proof]}}, {396: {-1: [proof]}, 1: 1}):
        with pytest.raises(ProofError):
            parse_receipt(cose.detached(found.protected, cast("Value", more), found.signature))


def test_a_receipt_carries_no_payload() -> None:
    """A root that it brought along would prove nothing."""
    protected, unprotected, _, signature = cast("list[Value]", decode(RECEIPT[1:]))
    data = b"\xd2" + encode([protected, unprotected, WORLD.log.last.checkpoint.root, signature])
    with pytest.raises(ProofError, match="detached"):
        parse_receipt(data)


@pytest.mark.parametrize("data", [b"", b"?", RECEIPT[1:], RECEIPT[:-1], RECEIPT + b"\0", bytes(MAX_SIZE + 1)])
def test_what_is_no_receipt_is_refused(data: bytes) -> None:
    """Another form, too short or too long."""
    with pytest.raises(ProofError):
        parse_receipt(data)


def test_no_receipt_is_issued_at_size_one() -> None:
    """Its path would be empty, which RFC 9942 does not allow."""
    with pytest.raises(ProofError, match="empty"):
        inclusion_receipt(SignedCheckpoint(Checkpoint(ORIGIN, 1, ENTRY), b"", b"", b""), 0, [])


def test_what_is_not_there_yet_has_no_receipt() -> None:
    """A position without a checkpoint over it is told."""
    for position in (WORLD.store.size, -1):
        with pytest.raises(InputError, match="no checkpoint"):
            WORLD.prover.receipt(position)


def test_a_log_proves_that_it_only_grew() -> None:
    """From every earlier size to the last; not with another root or size, or for an entry."""
    checkpoints = {signed.checkpoint.size: signed.checkpoint for signed in WORLD.checkpoints.all()}
    last = WORLD.log.last.checkpoint
    assert len(checkpoints) > 10
    for size, old in checkpoints.items():
        receipt = WORLD.prover.consistency(size)
        assert verify_consistency_receipt(receipt, old, last, find).first == size
        with pytest.raises(ProofError):
            verify_consistency_receipt(receipt, old._replace(root=digest("other")), last, find)
        with pytest.raises(ProofError):
            verify_consistency_receipt(receipt, old, last._replace(root=digest("other")), find)
        with pytest.raises(ProofError):
            verify_consistency_receipt(receipt, old._replace(size=size + 1), last, find)
        with pytest.raises(ProofError):
            verify_receipt(receipt, ENTRY, ORIGIN, find)
    with pytest.raises(ProofError, match="no receipt of consistency"):
        verify_consistency_receipt(RECEIPT, last, last, find)
