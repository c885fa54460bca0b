"""What measures do on hosts that do as they are told: what each is taken on, and what readers then see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from tipstaff.actions.host import Ability, Act, HostError, Sentence
from tipstaff.casework.words import Direction, MeasureKind, Subject, SubjectKind, Target
from tipstaff.screening.posts import Post

_WHOLE, _POST = False, True
_ACCOUNT, _APP, _SITE = SubjectKind.ACCOUNT, SubjectKind.APP, SubjectKind.SITE

_FITTING: Final[Mapping[MeasureKind, frozenset[tuple[SubjectKind, bool]]]] = MappingProxyType(
    {
        MeasureKind.WARN: frozenset({(_ACCOUNT, _WHOLE), (_ACCOUNT, _POST), (_APP, _WHOLE), (_APP, _POST)}),
        MeasureKind.HOLD_CONTENT: frozenset({(_ACCOUNT, _WHOLE), (_ACCOUNT, _POST), (_APP, _POST)}),
        MeasureKind.BLOCK_CONTENT: frozenset({(_ACCOUNT, _WHOLE), (_ACCOUNT, _POST), (_APP, _POST)}),
        MeasureKind.RESTRICT_POSTING: frozenset({(_ACCOUNT, _WHOLE)}),
        MeasureKind.SUSPEND_UPDATES: frozenset({(_ACCOUNT, _WHOLE)}),
        MeasureKind.CLOSE_ACCOUNT: frozenset({(_ACCOUNT, _WHOLE)}),
        MeasureKind.SUSPEND_APP: frozenset({(_APP, _WHOLE)}),
        MeasureKind.BLOCK_LINKS: frozenset({(_SITE, _WHOLE)}),
    }
)
"""On what each kind may be taken. All the content of an app is other people's: its posts stay."""

_GRAVEST_FIRST: Final = (
    MeasureKind.CLOSE_ACCOUNT,
    MeasureKind.SUSPEND_APP,
    MeasureKind.BLOCK_CONTENT,
    MeasureKind.HOLD_CONTENT,
    MeasureKind.BLOCK_LINKS,
    MeasureKind.SUSPEND_UPDATES,
    MeasureKind.RESTRICT_POSTING,
    MeasureKind.WARN,
)
HIDING: Final = frozenset(_GRAVEST_FIRST[:5])
"""Kinds whose sentence readers see in place of what they are taken on."""

SILENCING: Final = frozenset(
    {MeasureKind.CLOSE_ACCOUNT, MeasureKind.SUSPEND_UPDATES, MeasureKind.RESTRICT_POSTING}
)
"""Kinds under which an account publishes nothing."""

ALL_ABILITIES: Final[Mapping[MeasureKind, Ability]] = MappingProxyType(
    {kind: Ability(undo=True, expires=False) for kind in MeasureKind}
)
"""Those of a host that does everything and undoes it, and leaves it to others to watch the time."""


class Measure(NamedTuple):
    """A measure in force."""

    name: str
    kind: MeasureKind
    sentence: Sentence


def told(target: Target) -> str:
    """Return a target as messages name it."""
    return f"all of {target.subject}" if target.post is None else f"post {target.post} of {target.subject}"


def is_item_of(post: Post, subject: Subject) -> bool:
    """Say whether a post is the account's, or came through the app."""
    owner = {SubjectKind.ACCOUNT: post.account, SubjectKind.APP: post.app}.get(subject.kind)
    return owner == subject.id


def check_fitting(act: Act) -> None:
    """Raise `HostError` where a measure of that kind cannot be taken on the target."""
    if (act.target.subject.kind, act.target.post is not None) not in _FITTING[act.kind]:
        raise HostError(f"{act.kind} cannot be taken on {told(act.target)}: decide on one that fits it")


def check_kind(act: Act, applied: MeasureKind | None) -> None:
    """Raise `HostError` where an act does not go with what was applied under its name, if anything was."""
    if applied is None and act.direction is Direction.LIFT:
        raise HostError(f"measure {act.measure} was never applied to {told(act.target)}: nothing to lift")
    if applied is not None and act.kind is not applied:
        raise HostError(f"measure {act.measure} was applied as {applied}: {act.kind} needs another name")


def gravest(measures: Iterable[Measure], kinds: frozenset[MeasureKind]) -> Sentence | None:
    """Return the sentence of the gravest measure of some kinds; of two of one kind that of the first."""
    found = [measure for measure in measures if measure.kind in kinds]
    if not found:
        return None
    return min(found, key=lambda measure: _GRAVEST_FIRST.index(measure.kind)).sentence
