"""The files of cases, for those who work on them: what lies in one, what has happened, what would come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.access.principal import Principal
from tipstaff.actions.access.trail import Sought, Trail
from tipstaff.actions.access.wing import Wing
from tipstaff.actions.casefile import CaseFile, by_gravity, read_file
from tipstaff.actions.deciding import Wanted
from tipstaff.actions.desk import Desk
from tipstaff.actions.dossiers import build_dossier
from tipstaff.actions.rehearsing import Rehearsed, rehearse
from tipstaff.actions.similar import Similar, similar, sought
from tipstaff.actions.views import PostView, view_of
from tipstaff.base.errors import MissingError
from tipstaff.casework.case import Case
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import EffectStated, Logged, MeasureStated, Noticed, Recorded
from tipstaff.casework.words import MeasureKind

EVIDENCE: Final = "showEvidence"
"""The operation by which somebody opens the evidence of a case."""

GRAVE: Final = frozenset({MeasureKind.CLOSE_ACCOUNT, MeasureKind.SUSPEND_APP})
"""Measures that are decided on only by who has opened the evidence."""

_BOOKKEEPING: Final = (Logged, MeasureStated, EffectStated, Noticed)
"""Events by which nothing comes in that somebody would look at again before they decide."""

_DONE: Final = 200


class UnopenedError(CaseError):
    """Something grave is decided or proposed by who has not opened the evidence."""


class Moved(NamedTuple):
    """What has happened in a case since somebody has looked at it: at which version it is, and who did it."""

    version: int
    by: tuple[str, ...]


class Posts(NamedTuple):
    """Some posts of a case, behind so many others of all that it has."""

    case: Case
    posts: list[PostView]
    after: int
    of: int


class Files(Wing):
    """The files of cases."""

    def __init__(self, desk: Desk, principal: Principal, trail: Trail) -> None:
        super().__init__(desk, principal)
        self._trail = trail

    def read(self, number: int, first: int) -> CaseFile:
        """Return the file of a case, with so many of its posts. Raises `ForbiddenError`, `MissingError`."""
        return read_file(self._desk, self._read(number), first)

    def posts(self, number: int, after: int, most: int) -> Posts:
        """Return posts of a case from behind so many on, the gravest first. Raises as `read` does."""
        case = self._read(number)
        posts = by_gravity(case)
        return Posts(case, view_of(self._desk, case, posts[after : after + most]).posts, after, len(posts))

    def events(self, number: int) -> list[Recorded]:
        """Return what has happened in a case, the oldest first. Raises as `read` does."""
        self._principal.require(Permission.READ_CASES)
        events = self._desk.cases.events(number)
        case = build_dossier(number, events[:1])
        if not isinstance(case, Case) or not self._principal.sees(case.subject):
            raise MissingError(f"there is no case {number}")
        return events

    def similar(self, number: int) -> list[Similar]:
        """Return decided cases that are like one. Raises as `read` does."""
        case = self._read(number)
        there = (one for one in sought(self._desk, case) if self._principal.sees(one.subject))
        return similar(self._desk, case, there)

    def rehearse(self, number: int, wanted: Wanted) -> Rehearsed:
        """Return what would come of a decision. Raises `ForbiddenError`, `MissingError`."""
        self._principal.require_one(Permission.DECIDE, Permission.REVIEW)
        desk, case = self._desk, self._case(number)
        seen = rehearse(desk, case, desk.actor(self._principal.name), wanted)
        told = "" if self.has_opened(case) else _unopened(case, wanted.measures)
        return seen._replace(refused=told) if told else seen

    def has_opened(self, case: Case) -> bool:
        """Say whether who asks has opened the evidence of a case since something was settled in it.

        That is in the trail: it is looked for under this session or token of theirs.
        """
        asker = self._principal
        opened = Sought(asker.name, EVIDENCE, evidence_path(case.number), _DONE, case.settled_at, by=asker.by)
        return bool(self._trail.visits(opened, 1, None))

    def check_opened(self, number: int, measures: Iterable[MeasureKind]) -> None:
        """Refuse something grave of who has not opened the evidence. Raises `UnopenedError`."""
        if GRAVE.intersection(measures):
            case = self._case(number)
            if not self.has_opened(case):
                raise UnopenedError(_unopened(case, measures))

    def version_seen(self, number: int, version: int | None) -> int | None:
        """Return the version that somebody has seen, if nothing has come in since: bookkeeping is nothing.

        Raises as `read` does.
        """
        if version is None:
            return None
        events = self.events(number)
        since = events[version:]
        return len(events) if all(isinstance(one.event, _BOOKKEEPING) for one in since) else version

    def moved(self, number: int, version: int) -> Moved | None:
        """Return what has happened in a case since a version, by whom; None where nothing that counts has.

        Raises as `read` does.
        """
        events = self.events(number)
        since = [one for one in events[version:] if not isinstance(one.event, _BOOKKEEPING)]
        return Moved(len(events), tuple(dict.fromkeys(one.actor for one in since))) if since else None

    def _read(self, number: int) -> Case:
        """Return a case. Raises `ForbiddenError`, `MissingError`."""
        self._principal.require(Permission.READ_CASES)
        return self._case(number)


def evidence_path(number: int) -> str:
    """Return where the evidence of a case is opened."""
    return f"/console/cases/{number}/evidence"


def _unopened(case: Case, measures: Iterable[MeasureKind]) -> str:
    """Say that the evidence is to be opened first; nothing where it need not be."""
    grave = [kind for kind in measures if kind in GRAVE]
    if not grave:
        return ""
    return f"{grave[0]} is decided on when the evidence of {case} was opened: open it (e), and decide then"
