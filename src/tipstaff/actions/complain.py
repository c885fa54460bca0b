"""Taking a complaint in: it opens a case where there is none, unless who complains is muted."""

from __future__ import annotations

from typing import NamedTuple

from tipstaff.actions.ask import ask
from tipstaff.actions.desk import Desk
from tipstaff.actions.evidence import snapshot_of
from tipstaff.casework.commands import Actor, Complain
from tipstaff.casework.complaints import check_standing
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Opened, Reason, Recorded, Source
from tipstaff.casework.words import Target

READER = "reader"
"""The role of who complains; the ledger knows nothing of it."""


class Receipt(NamedTuple):
    """Under which numbers a complaint can be asked for."""

    case: int
    complaint: int


def complain(desk: Desk, by: str, target: Target, reason: Reason, text: str) -> Receipt:
    """Take a complaint about a subject or a post of it in; returns its receipt.

    The post is kept as it is now. Raises `CaseError` for who is muted or has nothing to say, and `InputError`
    for what is not there.
    """
    if not text.strip():
        raise CaseError("a complaint says what is wrong: it needs a text")
    check_standing(desk.cases.complaints_of(by), desk.clock())
    subject, post = target.subject, target.post
    host = desk.host(subject)
    host.read_back(target)  # complaints are about what there is
    snapshot = snapshot_of(desk, subject, post) if post else None
    case = desk.cases.open(subject, Recorded(desk.clock(), by, Opened(subject, Source.COMPLAINT)))
    kept = desk.keep(by, "complaint", "text", text)
    case = ask(desk, case.number, Actor(by, READER), Complain(reason, post, kept, snapshot))
    return Receipt(case.number, case.complaints[-1].said.number)
