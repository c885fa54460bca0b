"""Accounts and apps, for who holds them; these and sites, for those who read cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.access.principal import Principal
from tipstaff.actions.access.wing import Wing
from tipstaff.actions.desk import Desk
from tipstaff.actions.held import Held, held, image_told, told_about
from tipstaff.actions.holdings import Holdings, Ruling, Told, but_posts, ruling_of, told_of
from tipstaff.actions.host import Image
from tipstaff.actions.objections import answer, appeal
from tipstaff.actions.paging import Page, Place, page_of
from tipstaff.actions.policies import Shelf
from tipstaff.actions.standing import Hearing, Standing, hearing_id, hearing_of, standing_of
from tipstaff.base.errors import InputError, MissingError
from tipstaff.casework.case import Case, Decision
from tipstaff.casework.errors import CaseError
from tipstaff.casework.words import Subject
from tipstaff.policy.model import Policy
from tipstaff.screening.posts import Post


class Notice(NamedTuple):
    """What was told about a subject, and where it stands among the notices of its case."""

    subject: Subject
    place: Place
    told: Told


class Export(NamedTuple):
    """All that is kept about a subject; its posts come one by one."""

    kept: Holdings
    posts: Iterator[Post]


class Accounts(Wing):
    """What is held about accounts and apps: one's own; those who read cases look at each."""

    def __init__(self, desk: Desk, principal: Principal, shelf: Shelf) -> None:
        super().__init__(desk, principal)
        self._shelf = shelf

    def own(self) -> list[Standing]:
        """Return how those stand that are one's own, and there. Raises `ForbiddenError`, `HostError`."""
        self._principal.require(Permission.HOLD)
        return [standing_of(self._desk, one) for one in self._principal.holds if self._is_there(one)]

    def read(self, subject: Subject) -> Standing:
        """Return how a subject stands; that of somebody else is not there.

        Raises `ForbiddenError`, `MissingError`, `HostError`.
        """
        self._check_seen(subject)
        return standing_of(self._desk, subject)

    def file(self, subject: Subject) -> Held:
        """Return how something stands that is one's own, with what each thing rests on. Raises as `read`."""
        self._principal.require(Permission.HOLD)
        if not self._holds(subject) or not self._is_there(subject):
            raise MissingError(f"there is no {subject}")
        return held(self._desk, subject)

    def policy(self, reference: str) -> Policy:
        """Return a version of a policy, whose words are told with what was found by it.

        Raises `ForbiddenError`, and as `Shelf.read` does.
        """
        self._principal.require(Permission.HOLD)
        return self._shelf.read(reference)

    def image(self, subject: Subject, name: str) -> Image:
        """Return an image of a post on which something rests that is told, as it was. Raises as `answer`."""
        case = self._own_case(subject)
        return image_told(self._desk, case, told_about(case), name)

    def export(self, subject: Subject) -> Export:
        """Return all that is kept about a subject, but what may be taken back. Raises as `read` does."""
        self._check_seen(subject)
        kept = but_posts(self._desk, subject)
        told = tuple(one for one in kept.decisions if one.statement.position is not None)
        return Export(replace(kept, decisions=told), self._desk.host(subject).posts_of(subject))

    def notices(self, most: int, after: Place | None) -> Page[Notice]:
        """Return a page of what was told about one's own, case by case. Raises `ForbiddenError`."""
        self._principal.require(Permission.HOLD)
        return page_of(self._notices(after or Place(0, 0)), most)

    def answer(self, subject: Subject, hearing: str, text: str) -> Hearing:
        """Answer what is proposed about one's own. Raises `ForbiddenError`, `MissingError`, `CaseError`.

        No host is asked: what was taken in is acknowledged, whether it is away or not.
        """
        case = self._own_case(subject)
        proposal = case.proposal
        if proposal is None or hearing_id(proposal) != hearing:
            raise MissingError(f"there is no hearing {hearing} of {subject}, or it is over")
        case = answer(self._desk, case.number, text, proposal.said.text)
        return hearing_of(self._desk, case.proposal or proposal)

    def appeal(self, subject: Subject, decision: int, text: str, attachment: bytes | None = None) -> Ruling:
        """Appeal against a decision about one's own; returns that. Raises as `answer` does."""
        case = self._own_case(subject)
        if all(one.said.number != decision for one in told_about(case) if isinstance(one, Decision)):
            raise CaseError(f"case {case.number} has no decision {decision}")  # as where there is none at all
        case = appeal(self._desk, case.number, decision, text, attachment)
        return next(ruling_of(self._desk, case, one) for one in case.decisions if one.said.number == decision)

    def _notices(self, after: Place) -> Iterator[Notice]:
        """Yield what was told about one's own, from behind a place on."""
        cases = (self._desk.cases.find(one) for one in self._principal.holds)
        for case in sorted(filter(None, cases), key=lambda one: one.number):
            for number, told in enumerate(told_of(self._desk, case), start=1):
                if (place := Place(case.number, number)) > after:
                    yield Notice(case.subject, place, told)

    def _own_case(self, subject: Subject) -> Case:
        """Return the case about one's own. Raises `ForbiddenError`, `MissingError`, alike for another's."""
        self._principal.require(Permission.HOLD)
        case = self._desk.cases.find(subject) if self._holds(subject) else None
        if case is None:
            raise MissingError(f"there is no {subject}, or nothing was decided about it")
        return case

    def _check_seen(self, subject: Subject) -> None:
        """Refuse what is not there for who asks. Raises `ForbiddenError`, `MissingError`, `HostError`."""
        self._principal.require_one(Permission.READ_CASES, Permission.HOLD)
        reads = self._principal.may(Permission.READ_CASES) and self._principal.sees(subject)
        if not (reads or self._holds(subject)) or not self._is_there(subject):
            raise MissingError(f"there is no {subject}")

    def _is_there(self, subject: Subject) -> bool:
        """Say whether a host has a subject. Raises `HostError`."""
        if subject.host not in self._desk.hosts:
            return False
        try:
            self._desk.host(subject).profile(subject)
        except InputError:  # which says that there is none; a host that is away says otherwise
            return False
        return True

    def _holds(self, subject: Subject) -> bool:
        """Say whether a subject is one's own."""
        return self._principal.may(Permission.HOLD) and subject in self._principal.holds
