"""What waits on the desk when the world is served: new posts, complaints, an appeal, a hearing, an order."""

from __future__ import annotations

import tomllib
from typing import Final

import msgspec

from tipstaff.actions.complain import complain
from tipstaff.actions.objections import appeal
from tipstaff.actions.ordering import WantedOrder, to_enter
from tipstaff.actions.orders import enter
from tipstaff.actions.take_up import take_up
from tipstaff.actions.texts import reader
from tipstaff.assembly.casework import add_person, open_square
from tipstaff.base.times import dated
from tipstaff.casework.case import APPEAL_WITHIN
from tipstaff.casework.commands import Escalate, Propose
from tipstaff.casework.events import Reason
from tipstaff.casework.orders.events import Scope
from tipstaff.casework.words import MeasureKind, Target
from tipstaff.demo.stage import Stage
from tipstaff.demo.world import DATA
from tipstaff.hosts.square.pages import Draft
from tipstaff.screening.batches import Batch
from tipstaff.screening.engine import screen

_DAY: Final = 86_400
_HEARING: Final = 3 * _DAY
_AGO: Final = 6 * 3600
"""How long before now it begins."""

OWNER: Final = "halima"
"""Who owns the policies, and comes once the story is told."""

_BETWEEN: Final = 9
"""Minutes between two things that happen."""


class _Waits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that waits; what it does not know is a fault in the data."""


class _Post(_Waits, frozen=True, kw_only=True):
    account: str
    lang: str
    text: str
    title: str | None = None


class _Complaint(_Waits, frozen=True, kw_only=True):
    """`post` is the place among the posts that are new; without, it is about all of it."""

    by: str
    about: str
    reason: Reason
    text: str
    post: int | None = None


class _Said(_Waits, frozen=True, kw_only=True):
    account: str
    text: str
    by: str = ""


class _Order(_Waits, frozen=True, kw_only=True):
    authority: str
    reference: str
    basis: str
    territory: str
    days: int
    text: str
    accounts: tuple[str, ...]
    by: str


class _Waiting(_Waits, frozen=True, kw_only=True):
    """All that waits."""

    post: tuple[_Post, ...]
    complaint: tuple[_Complaint, ...]
    appeal: _Said
    proposal: _Said
    escalation: _Said
    order: _Order


def leave_waiting(stage: Stage, now: float) -> None:
    """Bring in what is left for whoever logs in, each thing as it comes in everywhere, in the last hours.

    `now` is in seconds since 1970; where the story is ahead of it, that goes on.
    """
    waiting = msgspec.convert(tomllib.loads((DATA / "waiting.toml").read_text("utf-8")), _Waiting)
    _object(stage, waiting.appeal, now - _AGO)
    stage.clock.catch_up(now - _AGO)
    add_person(stage.place.installation, OWNER, "policy_owner", stage.clock)
    ids = _publish(stage, waiting)
    for said in waiting.complaint:
        stage.clock.wait(_BETWEEN)
        target = Target(stage.subject(said.about), None if said.post is None else ids[said.post])
        with stage.desk() as desk:
            complain(desk, reader(target.subject.host, said.by), target, said.reason, said.text)
    _propose(stage, waiting.proposal)
    kept = stage.keep(waiting.escalation.account, "note", "text", waiting.escalation.text)
    stage.ask(waiting.escalation.account, waiting.escalation.by, Escalate(kept))
    _order(stage, waiting.order)
    stage.work()


def _object(stage: Stage, said: _Said, now: float) -> None:
    """Object to a decision of the story, in time: it may be long over when the world is served."""
    case = stage.case(said.account)
    stage.clock.catch_up(min(now, case.decisions[0].at + APPEAL_WITHIN - _DAY))
    with stage.desk() as desk:
        appeal(desk, case.number, 1, said.text)
    stage.work()  # the ledger takes nothing that is older than what it has


def _publish(stage: Stage, waiting: _Waiting) -> list[str]:
    """Publish what is new, and have it screened; returns the ids."""
    ids = []
    with open_square(stage.place.installation) as square:
        for post in waiting.post:
            stage.clock.wait(_BETWEEN)
            when = dated(stage.clock()).isoformat()
            draft = Draft(text=post.text, title=post.title, lang=post.lang, published_at=when)
            ids.append(square.publish(post.account, draft))
    with stage.desk() as desk:
        new = [post for post in desk.hosts["square"].posts() if post.id in ids]
        take_up(desk, screen(Batch.of(new), stage.policy))
    return ids


def _propose(stage: Stage, said: _Said) -> None:
    """Propose that an account is closed."""
    case = stage.case(said.account)
    provision = max(case.found, key=lambda found: found.severity).provision
    text = stage.keep(said.account, "hearing", "proposal", said.text)
    until = stage.clock() + _HEARING
    stage.ask(said.account, said.by, Propose(provision, (MeasureKind.CLOSE_ACCOUNT,), until, text))


def _order(stage: Stage, said: _Order) -> None:
    """Enter an order, which another clerk is to confirm."""
    wanted = WantedOrder(
        authority=said.authority,
        reference=said.reference,
        basis=said.basis,
        scope=Scope.ACCOUNT,
        territory=said.territory,
        targets=tuple(str(stage.subject(one)) for one in said.accounts),
        deadline=dated(stage.clock() + said.days * _DAY),
        text=said.text,
    )
    with stage.desk() as desk:
        enter(desk, desk.actor(said.by), to_enter(desk, wanted))
