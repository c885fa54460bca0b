"""Documents that go with an order or an appeal: kept as they came, for who may read the rest."""

from __future__ import annotations

import hashlib

from tipstaff.actions.desk import Desk
from tipstaff.base.errors import MissingError
from tipstaff.casework.case import Case
from tipstaff.casework.errors import CaseError
from tipstaff.casework.orders.order import Order


def document_of_order(desk: Desk, order: Order) -> bytes:
    """Return the document of an order. Raises `MissingError` where none came, `CaseError` once erased."""
    return _opened(desk, order.said.attachment, f"{order}")


def document_of_appeal(desk: Desk, case: Case, number: int) -> bytes:
    """Return the document of the appeal against a decision. Raises as `document_of_order` does."""
    decision = case.decision(number)
    attachment = decision.appeal.attachment if decision and decision.appeal else None
    return _opened(desk, attachment, f"an appeal against decision {number} of {case}")


def digest_of(desk: Desk, attachment: bytes | None) -> str | None:
    """Return the SHA-256 of a document, in hex; None where there is none, or it was erased."""
    document = desk.opened(attachment) if attachment else None
    return hashlib.sha256(document).hexdigest() if isinstance(document, bytes) else None


def _opened(desk: Desk, attachment: bytes | None, of: str) -> bytes:
    """Return what is kept behind a commitment to a document."""
    if attachment is None:
        raise MissingError(f"no document goes with {of}")
    document = desk.opened(attachment)
    if not isinstance(document, bytes):
        raise CaseError(f"the document of {of} was erased")
    return document
