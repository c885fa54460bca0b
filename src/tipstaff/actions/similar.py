"""What was decided on posts like those of a case: in the newest cases of about its severity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tipstaff.actions.desk import Desk
from tipstaff.actions.evidence import opened_item
from tipstaff.casework.alike import likeness
from tipstaff.casework.case import MACHINE, Case, Decision
from tipstaff.casework.events import Found, Result
from tipstaff.casework.outline import Outline, Standing
from tipstaff.casework.words import MeasureKind, Subject

_SOUGHT: Final = 50
"""Decided cases that are looked through, at the most."""

_SHOWN: Final = 5
"""Cases that are read and shown, at the most."""

_POSTS: Final = 4
"""Posts of a case that are compared, at the most."""


_COMPARED: Final = 5_000
"""Characters of a post that are compared, from its beginning on."""


class Likely(NamedTuple):
    """A post of another case that is like one of this case's, by this share of what both say."""

    post: str
    text: str
    share: float


class Similar(NamedTuple):
    """A case that was decided, the rules that both were found by, and the post of it that is most like.

    `measures` are those that were decided last, none where it was dismissed; `result` is what an appeal came
    to.
    """

    number: int
    subject: Subject
    standing: Standing
    rules: tuple[str, ...]
    at: int
    measures: tuple[MeasureKind, ...]
    result: Result | None
    like: Likely | None


def similar(desk: Desk, case: Case, there: Iterable[Outline]) -> list[Similar]:
    """Return decided cases that share rules with a case, those with the likest posts first."""
    own = {one.rule for one in case.found}
    sharing = [one for one in there if one.number != case.number and own.intersection(one.rules)]
    nearest = sorted(sharing, key=lambda one: -len(own.intersection(one.rules)))[:_SHOWN]
    texts = [text for _, text in _texts(desk, case, own)]
    found = (_similar(desk, desk.cases.load(one.number), one, own, texts) for one in nearest)
    return sorted(found, key=lambda one: -one.like.share if one.like else 0.0)


def sought(desk: Desk, case: Case) -> list[Outline]:
    """Return the decided cases that are looked through; none where nothing was found."""
    gravest = max((one.severity for one in case.found), default=0)
    near = (gravest - 1, gravest, gravest + 1)
    return desk.cases.settled(near, _SOUGHT) if gravest else []


def _similar(desk: Desk, case: Case, line: Outline, own: set[str], texts: list[str]) -> Similar:
    """Return a case with what was decided in it, and its post that is most like one of some texts."""
    last = _last_decision(case)
    shares = (
        Likely(post, text, max((likeness(text, one) for one in texts), default=0.0))
        for post, text in _texts(desk, case, own)
    )
    return Similar(
        number=case.number,
        subject=case.subject,
        standing=line.standing,
        rules=tuple(rule for rule in line.rules if rule in own),
        at=last.at if last else case.changed_at,
        measures=tuple(one.kind for one in last.said.measures) if last else (),
        result=case.result_of(last) if last else None,
        like=max(shares, key=lambda one: one.share, default=None),
    )


def _last_decision(case: Case) -> Decision | None:
    """Return what a person has decided last."""
    return next((one for one in reversed(case.decisions) if one.by != MACHINE), None)


def _texts(desk: Desk, case: Case, rules: set[str]) -> Iterator[tuple[str, str]]:
    """Yield posts of a case that were found by some rules, the gravest first, and how they begin."""
    first: dict[str, Found] = {}
    for one in sorted(case.found, key=lambda found: -found.severity):
        if one.rule in rules:
            first.setdefault(one.post, one)
    for one in [*first.values()][:_POSTS]:
        if item := opened_item(desk, one.snapshot):
            yield one.post, item.text[:_COMPARED]
