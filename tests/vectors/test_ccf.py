"""A transparent statement of another profile: one that Microsoft signed and a CCF ledger registered."""

from __future__ import annotations

import cbor2
import pytest
from published import VECTORS, absent

from tipstaff.ledger import cose
from tipstaff.ledger.checkpoint import VDS
from tipstaff.ledger.errors import EncodingError, ProofError, StatementError
from tipstaff.ledger.receipt import parse_receipt
from tipstaff.ledger.statement import parse

FILE = VECTORS / "ccf" / "test" / "transparent_statements" / "uvm_0.2.10.cose"
RECEIPTS = 394
PS384, ES384 = -38, -35
CCF = 2

pytestmark = absent(FILE.parent)


@pytest.fixture(scope="module")
def receipt() -> bytes:
    """Return the receipt that the statement carries."""
    unprotected = cose.split(FILE.read_bytes()).unprotected
    assert isinstance(unprotected, dict)
    (receipt,) = unprotected[RECEIPTS]
    assert isinstance(receipt, bytes)
    return receipt


def test_the_statement_is_cose_of_another_algorithm() -> None:
    """The statement is taken apart as COSE; its header has a date and is signed with RSA."""
    parts = cose.split(FILE.read_bytes())
    assert cbor2.loads(parts.protected)[cose.ALG] == PS384
    assert len(parts.signature) == 384
    with pytest.raises(EncodingError, match="a tag has no place"):
        cose.header(parts.protected)


def test_the_statement_is_refused_for_its_signature() -> None:
    """As a statement of ours it is refused: its signature is of no algorithm here."""
    with pytest.raises(StatementError, match="malformed statement: the signature has 384 bytes, not 64"):
        parse(FILE.read_bytes())


def test_the_receipt_is_cose_of_another_structure(receipt: bytes) -> None:
    """The receipt is taken apart as COSE; its header names the tree of CCF and an algorithm not used here."""
    header = cbor2.loads(cose.split(receipt).protected)
    assert (header[cose.ALG], header[VDS]) == (ES384, CCF)


def test_the_receipt_is_refused(receipt: bytes) -> None:
    """As a receipt of ours it is refused: its header is not in deterministic order."""
    with pytest.raises(ProofError, match="malformed receipt: not deterministic CBOR: the keys of a map"):
        parse_receipt(receipt)


def test_the_receipt_in_order_is_refused_for_its_structure(receipt: bytes) -> None:
    """Were its header in order, it would be refused for its verifiable data structure."""
    parts = cose.split(receipt)
    header = cbor2.dumps(cbor2.loads(parts.protected), canonical=True)
    with pytest.raises(ProofError, match="verifiable data structure 2 is not supported: it is 1"):
        parse_receipt(cose.detached(header, parts.unprotected, parts.signature))


def test_the_receipt_is_no_statement(receipt: bytes) -> None:
    """A receipt where a statement is expected is refused."""
    with pytest.raises(StatementError, match="malformed statement"):
        parse(receipt)
