"""What may be asked about orders."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from tipstaff.casework.orders.events import Change, Scope
from tipstaff.casework.words import Target


class EnterOrder(msgspec.Struct, frozen=True):
    """Enter an order that has come in; who signs it is its authority, or a clerk.

    `corrects` is the number of one that was entered wrongly, in whose place it is entered.
    """

    authority: str
    reference: str
    basis: str
    scope: Scope
    targets: tuple[Target, ...]
    territory: str
    deadline: int
    text: bytes
    attachment: bytes | None = None
    corrects: int | None = None


class ConfirmOrder(msgspec.Struct, frozen=True):
    """Confirm somebody else's amendment of an order, or the order itself: amendment 0."""

    amendment: int = 0


class Amend(msgspec.Struct, frozen=True):
    """Narrow an order to these targets, refuse it, or withdraw it; what is None stays as it is.

    `corrected_by` is the number of the order that takes the place of one that was entered wrongly.
    """

    change: Change
    reasons: bytes
    targets: tuple[Target, ...] | None = None
    territory: str | None = None
    deadline: int | None = None
    corrected_by: int | None = None


OrderCommand: TypeAlias = ConfirmOrder | Amend
"""Everything that may be asked of an order that was entered."""
