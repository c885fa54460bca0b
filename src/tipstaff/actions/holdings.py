"""What is kept about an account or an app, for who holds it: as it was told, without who complained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from tipstaff.actions.desk import Desk
from tipstaff.actions.documents import digest_of
from tipstaff.actions.evidence import brought_in, opened_item
from tipstaff.base.times import dated
from tipstaff.casework.case import MACHINE, Appeal, Carrying, Case, Decision, Proposal
from tipstaff.casework.complaints import told as counted
from tipstaff.casework.events import Decided, Found
from tipstaff.casework.lapses import objected_until
from tipstaff.casework.tells import ACCOUNT, READERS
from tipstaff.casework.words import Subject
from tipstaff.screening.posts import Post


class Statement(msgspec.Struct, frozen=True):
    """A statement, by its entry and its position on the ledger, once it is there."""

    entry: str
    position: int | None


class Item(msgspec.Struct, frozen=True):
    """What was found on a post: by a rule of a version of a policy; `text` is the post as it was then.

    `images` are those it showed: by the SHA-256 of what is kept of them, or their addresses.
    """

    post: str
    policy: str
    rule: str
    provision: str
    severity: int
    text: str
    images: tuple[str, ...] = ()


class AsItWas(msgspec.Struct, frozen=True):
    """A post that is kept as it was, with its images as an `Item` has them."""

    post: str
    text: str
    images: tuple[str, ...]


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A measure that was ordered; `posts` are empty where it is about all of the subject."""

    kind: str
    territory: str
    posts: tuple[str, ...]
    start: str | None
    until: str | None


class Done(msgspec.Struct, frozen=True):
    """What was carried out of a decision, on what, and what was seen on the host last."""

    direction: str
    kind: str
    on: str
    seen: str
    statement: Statement


class Objection(msgspec.Struct, frozen=True):
    """An appeal, and what came of it; `attachment` is the SHA-256 of the document that came with it."""

    text: str
    attachment: str | None
    statement: Statement
    result: str | None
    answer: str | None


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """A decision. `by` is a reviewer or a machine; `policy` and `order` are what it rests on.

    `answers` is what the subject has answered before, oldest first, `appeal_until` when the time to object is
    over.
    """

    number: int
    at: str
    by: str
    provision: str
    policy: str | None
    order: str | None
    hearing: str
    answers: tuple[str, ...]
    measures: tuple[Measure, ...]
    reasons: str
    confirmed: int
    statement: Statement
    carried_out: tuple[Done, ...]
    appeal_until: str | None
    appeal: Objection | None


class Complained(msgspec.Struct, frozen=True):
    """That somebody complained: never who, nor in what words. An appeal may have `undone` the outcome."""

    number: int
    at: str
    reason: str
    post: str | None
    outcome: str | None
    undone: bool


class Told(msgspec.Struct, frozen=True):
    """What was told, and to whom: the account, or readers."""

    audience: str
    text: str


class Holdings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is kept about a subject.

    `brought_in` are the posts that came into its case by complaints or orders, as they were then, where that
    is not what was found. `answers` is what was answered to what is proposed, and to proposals before.
    """

    subject: str
    made_at: str
    profile: Mapping[str, str]
    posts: tuple[Post, ...] = ()
    found: tuple[Item, ...] = ()
    brought_in: tuple[AsItWas, ...] = ()
    complaints: tuple[Complained, ...] = ()
    answers: tuple[str, ...] = ()
    decisions: tuple[Ruling, ...] = ()
    told: tuple[Told, ...] = ()
    erased: int = 0


def holdings(desk: Desk, subject: Subject) -> Holdings:
    """Return everything that is kept about a subject. Raises `HostError`, `InputError`."""
    return replace(but_posts(desk, subject), posts=tuple(desk.host(subject).posts_of(subject)))


def but_posts(desk: Desk, subject: Subject) -> Holdings:
    """Return the same without its posts, of which there may be many. Raises `HostError`, `InputError`."""
    profile, made = desk.host(subject).profile(subject), time_of(desk.clock())
    case = desk.cases.find(subject)
    if case is None:
        return Holdings(subject=str(subject), made_at=made, profile=profile)
    found = tuple(item_of(desk, one) for one in case.found)
    told = {AsItWas(one.post, one.text, one.images) for one in found}
    brought = dict.fromkeys(AsItWas(post, item.text, item.shown) for post, item in brought_in(desk, case))
    return Holdings(
        subject=str(subject),
        made_at=made,
        profile=profile,
        found=found,
        brought_in=tuple(one for one in brought if one not in told),
        complaints=tuple(
            Complained(
                one.said.number, time_of(one.at), one.said.reason.value, one.said.post,
                one.answered.outcome.value if one.answered else None,
                counted(case, one).undone,
            )
            for one in case.complaints
        ),
        answers=answers_to(desk, case.proposals),
        decisions=rulings_of(desk, case, case.decisions),
        told=told_of(desk, case),
        erased=sum(one.count for one in case.erasures if one.complainant is None),
    )  # fmt: skip


def done_of(case: Case, carrying: Carrying) -> Done:
    """Return what was carried out by one statement."""
    decision = case.carried_out(carrying)
    said = carrying.said
    return Done(
        said.direction.value,
        decision.planned(said.measure).kind.value,
        decision.target(case.subject, said.target).post or str(case.subject),
        case.seen(carrying),
        statement_of(case, carrying.entry),
    )


def measures_of(said: Decided) -> tuple[Measure, ...]:
    """Return the measures that a decision orders."""
    return tuple(
        Measure(
            kind=measure.kind.value,
            territory=measure.territory,
            posts=tuple(said.posts[number - 1] for number in measure.targets if number),
            start=time_or_none(measure.start),
            until=time_or_none(measure.until),
        )
        for measure in said.measures
    )


def answers_to(desk: Desk, proposals: Iterable[Proposal]) -> tuple[str, ...]:
    """Return what the subject has answered to proposals."""
    return tuple(desk.text(one.heard) for one in proposals if one.heard is not None)


def statement_of(case: Case, entry: bytes) -> Statement:
    """Return a statement of a case."""
    return Statement(entry.hex(), case.logged.get(entry))


def told_of(desk: Desk, case: Case) -> tuple[Told, ...]:
    """Return what the account and readers were told in a case, oldest first."""
    notices = (one for one in case.notices if one.audience in (ACCOUNT, READERS))
    return tuple(Told(one.audience, desk.text(one.text)) for one in notices)


def rulings_of(desk: Desk, case: Case, decisions: Iterable[Decision]) -> tuple[Ruling, ...]:
    """Return decisions, and what came of each; how policies stand is asked once for all of them."""
    versions = {one.entry: one.version for one in desk.policies.stated()}
    return tuple(_ruling(desk, case, one, versions) for one in decisions)


def ruling_of(desk: Desk, case: Case, decision: Decision) -> Ruling:
    """Return a decision, and what came of it."""
    (ruling,) = rulings_of(desk, case, [decision])
    return ruling


def _ruling(desk: Desk, case: Case, decision: Decision, versions: Mapping[bytes, str]) -> Ruling:
    """Return a decision, and what came of it; `versions` are those that statements are about."""
    said = decision.said
    order = case.order_cited(decision)
    return Ruling(
        number=said.number,
        at=time_of(decision.at),
        by=MACHINE if decision.by == MACHINE else "reviewer",
        provision=said.provision,
        policy=versions.get(said.policy) if said.policy else None,
        order=f"{order.said.authority} {order.said.reference}" if order else None,
        hearing=said.hearing.value,
        answers=answers_to(desk, decision.proposals),
        measures=measures_of(said),
        reasons=desk.text(said.reasons),
        confirmed=len(decision.confirmations),
        statement=statement_of(case, decision.entry),
        carried_out=tuple(done_of(case, one) for one in case.carryings if one.said.decision == said.number),
        appeal_until=time_or_none(None if decision.appeal else objected_until(case, decision, desk.table)),
        appeal=_objection(desk, case, decision, decision.appeal) if decision.appeal else None,
    )


def _objection(desk: Desk, case: Case, decision: Decision, appeal: Appeal) -> Objection:
    """Return an appeal, and what came of it, once that counts."""
    result = case.result_of(decision)
    return Objection(
        desk.text(appeal.text),
        digest_of(desk, appeal.attachment),
        statement_of(case, appeal.entry),
        result.value if result else None,
        desk.text(appeal.answer) if result and appeal.answer else None,
    )


def item_of(desk: Desk, found: Found) -> Item:
    """Return what was found, with the post as it was then."""
    item = opened_item(desk, found.snapshot)
    text = item.text if item else "(erased)"
    images = item.shown if item else ()
    return Item(found.post, found.policy, found.rule, found.provision, found.severity, text, images)


def time_of(seconds: int) -> str:
    """Return a time in ISO 8601."""
    return dated(seconds).isoformat()


def time_or_none(seconds: int | None) -> str | None:
    """Return a time in ISO 8601, if there is one."""
    return None if seconds is None else time_of(seconds)
