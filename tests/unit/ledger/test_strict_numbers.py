"""What only looks like a number is refused: true and 1.0 equal 1 in Python, and are other bytes."""

from __future__ import annotations

import cbor2
import pytest
from bare_logs import KEY, NOW, ORIGIN

from tipstaff.ledger import cose
from tipstaff.ledger.checkpoint import VDP, VDS
from tipstaff.ledger.errors import ProofError, StatementError
from tipstaff.ledger.receipt import INCLUSION, parse_receipt
from tipstaff.ledger.statement import KIND, VERSION, parse

STATEMENT = {
    cose.ALG: KEY.public.alg,
    cose.CONTENT_TYPE: "application/cbor",
    cose.KID: KEY.public.kid,
    cose.CWT_CLAIMS: {cose.ISS: "holder", cose.SUB: "subject", cose.IAT: NOW, cose.CTI: b"identifier"},
    KIND: "note",
    VERSION: 1,
}


def statement(header: dict[object, object]) -> bytes:
    """Sign a statement with a header as it is."""
    return cose.sign(KEY, cbor2.dumps(header), b"\xa0")


def renamed(labels: dict[int, object], label: int, other: object) -> dict[object, object]:
    """Return a map with one label in place of another."""
    return {other if key == label else key: value for key, value in labels.items()}


@pytest.mark.parametrize(("label", "other"), [(1, True), (1, 1.0), (3, 3.0), (15, 15.0), (KIND, -65537.0)])
def test_labels_of_a_header_are_integers(label: int, other: object) -> None:
    """A label of the protected header that equals the right one but is no integer is unknown."""
    assert parse(statement(renamed(STATEMENT, 0, 0))).kind == "note"
    with pytest.raises(StatementError, match=f"wrong: {other} is unknown"):
        parse(statement(renamed(STATEMENT, label, other)))


@pytest.mark.parametrize(("label", "other"), [(1, True), (1, 1.0), (6, 6.0)])
def test_labels_of_claims_are_integers(label: int, other: object) -> None:
    """A label of the CWT claims that equals the right one but is no integer is refused."""
    claims = STATEMENT[cose.CWT_CLAIMS]
    assert isinstance(claims, dict)
    header = renamed(STATEMENT, 0, 0) | {cose.CWT_CLAIMS: renamed(claims, label, other)}
    with pytest.raises(StatementError, match="the CWT claims are not"):
        parse(statement(header))


def receipt(proof: list[object], iat: object = NOW, size: str = "2") -> bytes:
    """Assemble a receipt whose signature is not looked at."""
    claims = {cose.ISS: ORIGIN, cose.SUB: f"{ORIGIN}#{size}", cose.IAT: iat}
    header = {cose.ALG: -8, cose.KID: KEY.public.kid, cose.CWT_CLAIMS: claims, VDS: 1}
    return cose.detached(cbor2.dumps(header), {VDP: {INCLUSION: [cbor2.dumps(proof)]}}, bytes(64))


@pytest.mark.parametrize("proof", [[2, True, [bytes(32)]], [2, False, [bytes(32)]], [True, 0, [bytes(32)]]])
def test_sizes_and_indices_of_a_receipt_are_integers(proof: list[object]) -> None:
    """True and false are neither an index nor a size in a receipt."""
    assert parse_receipt(receipt([2, 1, [bytes(32)]])).first == 1
    with pytest.raises(ProofError, match="a proof is two numbers and a path"):
        parse_receipt(receipt(proof))


@pytest.mark.parametrize("size", ["9" * 5000, "02", "-2", "2 ", "²", "", "9" * 20])
def test_the_signed_size_of_a_receipt_is_a_number_of_19_digits_at_most(size: str) -> None:
    """The size that a receipt names is a plain number as in checkpoints; every other text is refused."""
    with pytest.raises(ProofError, match="the CWT claims of the receipt are not"):
        parse_receipt(receipt([2, 1, [bytes(32)]], size=size))


def test_the_time_of_a_receipt_is_an_integer() -> None:
    """True is no time."""
    with pytest.raises(ProofError, match="the CWT claims of the receipt are not"):
        parse_receipt(receipt([2, 1, [bytes(32)]], iat=True))


def test_another_structure_is_named_before_its_longer_signature() -> None:
    """A receipt of another verifiable data structure is refused as that, whatever its signature is like."""
    header = cbor2.dumps({cose.ALG: -35, VDS: 2})
    with pytest.raises(ProofError, match="verifiable data structure 2 is not supported"):
        parse_receipt(cose.detached(header, {VDP: {INCLUSION: [b""]}}, bytes(96)))


@pytest.mark.parametrize("size", [0, 63, 65, 96])
def test_signatures_have_64_bytes(size: int) -> None:
    """A signature of another length is refused before it is looked at."""
    with pytest.raises(StatementError, match=f"the signature has {size} bytes, not 64"):
        parse(cose.assemble(cbor2.dumps(STATEMENT), b"\xa0", bytes(size)))
    header = {cose.ALG: -8, cose.KID: KEY.public.kid, cose.CWT_CLAIMS: {}, VDS: 1}
    with pytest.raises(ProofError, match=f"the signature has {size} bytes, not 64"):
        parse_receipt(cose.detached(cbor2.dumps(header), {}, bytes(size)))
