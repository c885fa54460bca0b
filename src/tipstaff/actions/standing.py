"""How an account, an app or a site stands: measures, strikes, what is proposed, what was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tipstaff.actions.desk import Desk
from tipstaff.actions.evidence import as_it_was, chosen_of
from tipstaff.actions.holdings import (
    AsItWas,
    Item,
    Ruling,
    Statement,
    Told,
    done_of,
    item_of,
    rulings_of,
    statement_of,
    time_of,
    time_or_none,
    told_of,
)
from tipstaff.casework import outline
from tipstaff.casework.case import Carrying, Case, Decision, Proposal
from tipstaff.casework.outline import standing
from tipstaff.casework.strikes import Strike, strikes
from tipstaff.casework.words import MeasureKind, Subject

if TYPE_CHECKING:
    from tipstaff.policy.model import Rung


class InForce(msgspec.Struct, frozen=True, kw_only=True):
    """A measure: on what, by which provision, since when it is stated, until when if it ends by itself."""

    kind: str
    on: str
    territory: str
    provision: str
    decision: int
    since: str
    until: str | None
    statement: Statement


class Counted(msgspec.Struct, frozen=True):
    """A decision that is a strike, until it expires."""

    decision: int
    at: str
    expires: str


class Hearing(msgspec.Struct, frozen=True, kw_only=True):
    """What is proposed and why, and until when it can be answered; `heard` is what was answered."""

    id: str
    provision: str
    measures: tuple[MeasureKind, ...]
    text: str
    until: str
    heard: str | None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a subject stands. `standing` is that of its case; None where there is none.

    `decisions` are those on the ledger: what may be taken back still, nobody outside is told.
    """

    subject: str
    profile: Mapping[str, str]
    standing: str | None = None
    in_force: tuple[InForce, ...] = ()
    strikes: tuple[Counted, ...] = ()
    hearing: Hearing | None = None
    decisions: tuple[Ruling, ...] = ()
    told: tuple[Told, ...] = ()


class Basis(NamedTuple):
    """What something that is proposed or decided rests on: what was found, and its other posts."""

    found: tuple[Item, ...]
    posts: tuple[AsItWas, ...]


class Strikes(NamedTuple):
    """The strikes that are alive, by the ladder of a version of a policy; None where nothing was found."""

    policy: str | None
    ladder: Sequence[Rung]
    alive: Sequence[Strike]


def standing_of(desk: Desk, subject: Subject) -> Standing:
    """Return how a subject stands. Raises `HostError`, `InputError`."""
    return standing_in(desk, subject, desk.host(subject).profile(subject), desk.cases.find(subject))


def standing_in(desk: Desk, subject: Subject, profile: Mapping[str, str], case: Case | None) -> Standing:
    """Return how a subject stands by its case, if it has one, with the profile that its host has."""
    if case is None:
        return Standing(subject=str(subject), profile=profile)
    told = {one.said.number for one in case.decisions if one.entry in case.logged}
    return Standing(
        subject=str(subject),
        profile=profile,
        standing=(standing(case) if len(told) == len(case.decisions) else outline.Standing.OPEN).value,
        in_force=tuple(in_force_of(case, one) for one in case.in_force),
        strikes=tuple(counted_of(one) for one in live_strikes(desk, case).alive if one.decision in told),
        hearing=hearing_of(desk, case.proposal) if case.proposal else None,
        decisions=rulings_of(desk, case, (one for one in case.decisions if one.entry in case.logged)),
        told=told_of(desk, case),
    )


def counted_of(strike: Strike) -> Counted:
    """Return a strike."""
    return Counted(strike.decision, time_of(strike.at), time_of(strike.expires))


def in_force_of(case: Case, carrying: Carrying) -> InForce:
    """Return a measure that was stated."""
    decision, done = case.carried_out(carrying), done_of(case, carrying)
    planned = decision.planned(carrying.said.measure)
    return InForce(
        kind=done.kind,
        on=done.on,
        territory=planned.territory,
        provision=decision.said.provision,
        decision=decision.said.number,
        since=time_of(carrying.at),
        until=time_or_none(planned.until),
        statement=statement_of(case, carrying.entry),
    )


def live_strikes(desk: Desk, case: Case) -> Strikes:
    """Return the strikes that are alive, by the policy of the gravest finding."""
    if not case.found:
        return Strikes(None, (), ())
    policy = max(case.found, key=lambda found: found.severity).policy
    ladder = desk.shown_ladders(policy)
    return Strikes(policy, ladder, strikes(case, ladder, desk.clock(), desk.table))


def hearing_id(proposal: Proposal) -> str:
    """Return the name of a hearing: that of the text that is answered, so that no other one is."""
    return proposal.said.text.hex()[:16]


def hearing_of(desk: Desk, proposal: Proposal) -> Hearing:
    """Return what is proposed."""
    said = proposal.said
    return Hearing(
        id=hearing_id(proposal),
        provision=said.provision,
        measures=said.measures,
        text=desk.text(said.text),
        until=time_of(said.until),
        heard=desk.text(proposal.heard) if proposal.heard else None,
    )


def basis_of(desk: Desk, case: Case, about: Proposal | Decision) -> Basis:
    """Return what a proposal or a decision rests on: the findings that were chosen, or of its provision."""
    if isinstance(about, Proposal):
        found = [one for one in case.found if one.provision == about.said.provision]
        return Basis(tuple(item_of(desk, one) for one in found), ())
    items = tuple(item_of(desk, one) for one in chosen_of(desk, case, about.said.evidence))
    others = [post for post in about.said.posts if all(one.post != post for one in items)]
    kept = ((post, as_it_was(desk, case, post)) for post in others)
    return Basis(items, tuple(AsItWas(post, item.text, item.shown) for post, item in kept if item))
