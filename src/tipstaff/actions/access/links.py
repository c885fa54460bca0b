"""Links by which an account holder answers a proposal or appeals, without a login: unguessable, for a while.

A link is bound to one proposal or to one decision. How long it lasts follows from these when it is used, and
what may be done by it from the case: an appeal once, an answer once, reading as often as one likes.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

import msgspec

from tipstaff.actions.access.secret import is_secret, make_secret
from tipstaff.actions.cases import Cases
from tipstaff.base.errors import MissingError
from tipstaff.casework.case import APPEAL_WITHIN, Case, Decision, Proposal
from tipstaff.casework.decide import answerable, appealable
from tipstaff.casework.errors import CaseError
from tipstaff.ledger.table import Table

_ID: Final = re.compile(r"[0-9a-f]{16}", re.ASCII)
"""What the id of a link looks like: nothing else is looked for."""

_ENDED: Final = "there is no such link, or it has ended: ask whoever sent it for a new one"


class Purpose(StrEnum):
    """What a link is for."""

    HEARING = "hearing"
    APPEAL = "appeal"


class Link(msgspec.Struct, frozen=True):
    """A link, as it is kept: `digest` is the SHA-256 of its secret, `by` who has issued it.

    `about` is the text of the proposal that it answers, or the entry of the decision that it objects to.
    """

    id: str
    digest: bytes
    case: int
    purpose: Purpose
    about: bytes
    by: str
    made_at: int
    revoked_at: int | None = None


class Links(Protocol):
    """Where links are kept."""

    def link(self, number: str) -> Link | None:
        """Return a link by its id."""

    def links(self, case: int) -> list[Link]:
        """Return the links into a case, the oldest first."""

    def keep_link(self, link: Link) -> None:
        """Keep a link, in place of what was kept of it before."""


class Made(NamedTuple):
    """A link that was made, until when it can be used, and what is shown of it, once."""

    link: Link
    until: int
    shown: str


class Used(NamedTuple):
    """A link that is used, its case, until when it can be, and what it is about.

    `decision` is what it objects to, or what has come of the proposal, once that is on the ledger.
    """

    link: Link
    case: Case
    until: int
    about: Proposal | Decision
    decision: Decision | None


def make_link(links: Links, case: Case, decision: int | None, by: str, now: int, table: Table) -> Made:
    """Make a link to appeal against a decision or, without one, to answer what is proposed.

    Raises `CaseError` where that cannot be done, or not any more.
    """
    purpose = Purpose.HEARING if decision is None else Purpose.APPEAL
    about = answerable(case).said.text if decision is None else appealable(case, decision, table)[0].entry
    secret = make_secret()
    link = Link(secret.id, secret.digest, case.number, purpose, about, by, now)
    used = used_for(link, case)
    if now >= used.until:
        told = "answer what is proposed" if decision is None else f"appeal against decision {decision}"
        raise CaseError(f"the time to {told} in case {case.number} is over: a link would open nothing")
    links.keep_link(link)
    return Made(link, used.until, f"{secret.id}_{secret.shown}")


def page_of(made: Made, origin: str) -> str:
    """Return where a browser opens a link; a path alone where it is not known at which `origin` we are."""
    return f"{origin}/links/{made.shown}"


def revoke_others(links: Links, link: Link, now: int) -> int:
    """Revoke all other links that are about the same as this one; returns how many that were."""
    others = [
        one
        for one in links.links(link.case)
        if one.about == link.about and one.id != link.id and one.revoked_at is None
    ]
    for one in others:
        links.keep_link(msgspec.structs.replace(one, revoked_at=now))
    return len(others)


def use_link(links: Links, cases: Cases, shown: str, now: int) -> Used:
    """Return what a link is about. Raises `MissingError`, alike whatever is wrong with it.

    The digest is compared whether there is such a link or not, and always in the same time.
    """
    number, _, secret = shown.partition("_")
    link = links.link(number) if _ID.fullmatch(number) else None
    same = is_secret(secret, link.digest if link else None)
    if same and link and link.revoked_at is None:
        used = used_for(link, cases.load(link.case))
        if now < used.until:
            return used
    raise MissingError(_ENDED)


def used_for(link: Link, case: Case) -> Used:
    """Return what a link is about, however long ago it has ended.

    A hearing lasts as long as it was given. An appeal may be made as long as the state machine lets it; after
    that its answer can be read for as long again. Raises `MissingError` where what it was about is gone, as a
    proposal is that another one has replaced.
    """
    if link.purpose is Purpose.HEARING:
        return _of_hearing(link, case)
    decision = next((one for one in case.decisions if one.entry == link.about), None)
    if decision is None:
        raise MissingError(_ENDED)
    lasts = APPEAL_WITHIN if decision.appeal is None else 2 * APPEAL_WITHIN
    return Used(link, case, decision.at + lasts, decision, decision)


def _of_hearing(link: Link, case: Case) -> Used:
    """Return the proposal that a link answers, be it open or decided on. Raises `MissingError`."""
    if case.proposal and case.proposal.said.text == link.about:
        return Used(link, case, case.proposal.said.until, case.proposal, None)
    for decision in case.decisions:
        if decision.proposal and decision.proposal.said.text == link.about:
            told = decision if decision.entry in case.logged else None
            return Used(link, case, decision.proposal.said.until, decision.proposal, told)
    raise MissingError(_ENDED)
