"""What has happened to an order."""

from __future__ import annotations

from enum import StrEnum

from tipstaff.casework.words import Event, Target


class Scope(StrEnum):
    """What an order is about, as the ledger tells it."""

    CONTENT = "content"
    ACCOUNT = "account"
    APP = "app"
    SITE = "site"


class Change(StrEnum):
    """What an amendment does to an order."""

    NARROWED = "narrowed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Entered(Event, frozen=True):
    """An order has come in. `deadline` is when the authority wants it carried out.

    `text` is what it says, `attachment` the document itself; both are commitments. It may be entered in place
    of one that was entered wrongly, the number of which is `corrects`.
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


class OrderConfirmed(Event, frozen=True):
    """A second person has confirmed an amendment of the order, or the order itself: amendment 0."""

    amendment: int


class Amended(Event, frozen=True):
    """An order was narrowed to these targets, refused by the platform, or withdrawn by the authority.

    One that was entered wrongly is withdrawn as well: `corrected_by` is the number of the one entered anew.
    """

    number: int
    change: Change
    reasons: bytes
    scope: Scope
    targets: tuple[Target, ...]
    territory: str
    deadline: int
    corrected_by: int | None = None


class Reported(Event, frozen=True):
    """The authority was told what was done; `text` is kept as it was told.

    `about` are the statements that it tells of: decisions under the order, and what has ended it. Of a report
    from before that was kept it is None: it tells of all that was there then.
    """

    text: bytes
    about: tuple[bytes, ...] | None = None
