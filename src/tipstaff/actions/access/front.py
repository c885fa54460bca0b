"""The front: every action that people reach, behind the permission that it takes.

What comes in by HTTP goes through here, and nothing beside: an action without a permission is not reached.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from types import MappingProxyType
from typing import Final, NamedTuple

from tipstaff.actions.access.accounts import Accounts
from tipstaff.actions.access.complaints import Complaints
from tipstaff.actions.access.counts import Counts
from tipstaff.actions.access.files import Files
from tipstaff.actions.access.issuing import Issuing
from tipstaff.actions.access.links import Links
from tipstaff.actions.access.orders import Orders
from tipstaff.actions.access.owning import Owning
from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.access.principal import ForbiddenError, Principal
from tipstaff.actions.access.queue import Lines, Queue
from tipstaff.actions.access.subjects import Subjects
from tipstaff.actions.access.trail import Trail, Visits
from tipstaff.actions.access.wing import Wing
from tipstaff.actions.appeals import Contested, Heard, Waited, contested, heard
from tipstaff.actions.ask import ask, check_version, events_of
from tipstaff.actions.cases import Backlog
from tipstaff.actions.deciding import Wanted, WantedProposal, planned, to_answer, to_decide, to_propose
from tipstaff.actions.desk import Desk, leaving_nothing
from tipstaff.actions.documents import document_of_appeal
from tipstaff.actions.evidence import image_of
from tipstaff.actions.filters import Filters
from tipstaff.actions.host import Image
from tipstaff.actions.measures import Owed, Taken, measures_after, owed_of
from tipstaff.actions.paging import Page, Place, page_of
from tipstaff.actions.policies import Placed, Shelf, Stated, placed, versions
from tipstaff.actions.preview import Outlook, outlook
from tipstaff.actions.remembering import remembering
from tipstaff.actions.screening.looking import Looked
from tipstaff.actions.screening.sending import Screening, Sent
from tipstaff.actions.webhooks.hooks import Hooks
from tipstaff.actions.webhooks.manage import Manage
from tipstaff.casework import commands
from tipstaff.casework.case import Case
from tipstaff.casework.events import Outcome, Result
from tipstaff.casework.outline import Standing
from tipstaff.casework.which import Which
from tipstaff.casework.words import Subject
from tipstaff.policy.model import Policy
from tipstaff.screening.posts import Post

TAKES: Final[Mapping[type[commands.Command], Permission]] = MappingProxyType(
    {
        commands.Claim: Permission.REVIEW,
        commands.Release: Permission.REVIEW,
        commands.Note: Permission.REVIEW,
        commands.Escalate: Permission.REVIEW,
        commands.AskOpinion: Permission.REVIEW,
        commands.GiveOpinion: Permission.REVIEW,
        commands.Answer: Permission.REVIEW,
        commands.Propose: Permission.REVIEW,
        commands.Decide: Permission.DECIDE,
        commands.TakeBack: Permission.DECIDE,
        commands.Confirm: Permission.CONFIRM,
        commands.Rule: Permission.JUDGE,
        commands.ConfirmResult: Permission.JUDGE,
    }
)
"""The permission that each command takes. What comes from outside (complaints, appeals) is none of these."""


class Stores(NamedTuple):
    """What is kept beside casework."""

    links: Links
    trail: Trail
    hooks: Hooks
    shelf: Shelf
    filters: Filters


class Front(Wing):
    """The actions, for one who asks. What is of another queue than theirs is not there."""

    def __init__(self, desk: Desk, principal: Principal, screening: Screening, stores: Stores) -> None:
        """`desk` is for rendering what an action has returned, and for nothing else."""
        super().__init__(replace(desk, kept=[]), principal)  # others keep texts meanwhile, none of this one's
        self._screening = screening
        self._shelf = stores.shelf
        self.complaints = Complaints(self.desk, principal)
        self.orders = Orders(self.desk, principal)
        self.accounts = Accounts(self.desk, principal, stores.shelf)
        self.files = Files(self.desk, principal, stores.trail)
        self.links = Issuing(self.desk, principal, stores.links)
        self.owning = Owning(self.desk, principal, stores.shelf)
        self.subjects = Subjects(self.desk, principal)
        self.counts = Counts(self.desk, principal)
        self.queue = Queue(self.desk, principal, stores.filters)
        self.visits = Visits(stores.trail, principal)
        self._manage = Manage(self.desk, stores.hooks)

    @property
    def desk(self) -> Desk:
        """The desk, for rendering."""
        return self._desk

    @property
    def webhooks(self) -> Manage:
        """Webhooks, for those who manage them. Raises `ForbiddenError`."""
        self._principal.require(Permission.MANAGE_WEBHOOKS)
        return self._manage

    def cases(
        self, most: int, after: int | None, *, waiting: bool, pending: bool, about: Subject | None
    ) -> Lines:
        """Return a page of cases, by their rank. Raises `ForbiddenError`, `InputError`.

        With `waiting` those alone in which something waits for a second person; with `pending`, that somebody
        has to decide or to judge; `about` is whose case alone is shown.
        """
        self._principal.require(Permission.READ_CASES)
        now = self.desk.clock() if pending else None
        which = Which(waiting=waiting, pending=now, about=about, hosts=self._principal.queues)
        found = self.desk.cases.outlines(most + 1, after, which)
        return Lines(found[:most], len(found) > most)

    def case(self, number: int) -> Case:
        """Return a case. Raises `ForbiddenError`, `MissingError`."""
        self._principal.require(Permission.READ_CASES)
        return self._case(number)

    def cases_of(self, numbers: Sequence[int]) -> list[Case]:
        """Return those cases of some numbers that are there. Raises `ForbiddenError`."""
        self._principal.require(Permission.READ_CASES)
        return [one for one in self.desk.cases.load_all(numbers) if self._principal.sees(one.subject)]

    def document(self, number: int, decision: int) -> bytes:
        """Return the document of an appeal. Raises `ForbiddenError`, and as `document_of_appeal` does."""
        return document_of_appeal(self.desk, self.case(number), decision)

    def image(self, number: int, digest: str) -> Image:
        """Return an image of the evidence. Raises `ForbiddenError`, `MissingError`."""
        return image_of(self.desk, self.case(number), digest)

    def policies(self) -> list[Stated]:
        """Return the last statement about each version of a policy. Raises `ForbiddenError`."""
        self._principal.require(Permission.READ_POLICIES)
        return versions(self.desk.policies.stated())

    def placed(self, stated: Stated) -> Placed | None:
        """Return where on the ledger a statement about a version stands; None where it is not there yet.

        Raises `ForbiddenError`.
        """
        self._principal.require(Permission.READ_POLICIES)
        return placed(self.desk.ledger, stated)

    def policy(self, reference: str) -> Policy:
        """Return a version of a policy as it is kept. Raises `ForbiddenError`, and as `Shelf.read` does."""
        self._principal.require_one(Permission.READ_POLICIES, Permission.READ_CASES)
        return self._shelf.read(reference)

    def require(self, permission: Permission) -> None:
        """Refuse what they may not do. Raises `ForbiddenError`."""
        self._principal.require(permission)

    def measures(self, most: int, after: Place | None, *, in_force: bool) -> Page[Taken]:
        """Return a page of the measures that were stated, case by case. Raises `ForbiddenError`."""
        self._principal.require(Permission.READ_CASES)
        found = measures_after(self.desk, after, in_force=in_force)
        return page_of((one for one in found if self._principal.sees(one.case.subject)), most)

    def backlog(self, most: int) -> Backlog:
        """Return what is left to be done: what was tried most often first. Raises `ForbiddenError`."""
        self._principal.require(Permission.READ_CASES)
        return self.desk.cases.backlog(self.desk.clock(), most, self._principal.queues)

    def owed(self, backlog: Backlog) -> list[Owed]:
        """Return deliveries that hosts are owed, each with its measure. Raises `ForbiddenError`."""
        self._principal.require(Permission.READ_CASES)
        return owed_of(self.desk, backlog.deliveries)

    def refused(self, most: int) -> Lines:
        """Return the cases of which the ledger has refused a statement. Raises `ForbiddenError`."""
        self._principal.require(Permission.READ_CASES)
        which = Which(standing=Standing.REFUSED, hosts=self._principal.queues)
        found = self.desk.cases.outlines(most + 1, None, which)
        return Lines(found[:most], len(found) > most)

    def contested(self, *, judged: bool) -> Waited[Contested]:
        """Return the appeals to be judged, or those `judged` and to be confirmed. Raises `ForbiddenError`."""
        self._principal.require(Permission.READ_CASES)
        return contested(self.desk, self._principal.queues, judged=judged)

    def heard(self) -> Waited[Heard]:
        """Return the hearings that go on, or are to be decided on. Raises `ForbiddenError`."""
        self._principal.require(Permission.READ_CASES)
        return heard(self.desk, self._principal.queues)

    def ask(self, number: int, command: commands.Command, version: int | None) -> Case:
        """Do what is asked of a case; returns it as it is afterwards.

        Where `version` is given, only if the case is still at it. Raises `ForbiddenError`, `MissingError`,
        `StaleError`, `CaseError`, `MovedError`.
        """
        with leaving_nothing(self.desk):
            self._principal.require(TAKES[type(command)])
            if self._principal.queues is not None:
                self._case(number)
            return ask(self.desk, number, self.desk.actor(self._principal.name), command, version)

    def would(self, wanted: commands.Command | Wanted) -> Callable[[Case, int | None], None]:
        """Return what refuses cases, at a version, of which `ask`, or `decide`, would refuse this.

        Nothing is done and no text is kept. It raises as they do, but for what the ledger alone would refuse.
        Raises `ForbiddenError`.
        """
        self._principal.require(Permission.DECIDE if isinstance(wanted, Wanted) else TAKES[type(wanted)])
        desk = remembering(self.desk)
        actor = cache(partial(desk.actor, self._principal.name))

        def would(case: Case, version: int | None) -> None:
            check_version(case, version)
            command = planned(desk, case, wanted) if isinstance(wanted, Wanted) else wanted
            events_of(desk, case, actor(), command)

        return would

    def say(self, number: int, kind: str, text: str) -> bytes:
        """Keep what a person says in a case; returns the commitment. Raises as `ask` does."""
        self._principal.require(Permission.REVIEW)
        return self.desk.say(self._case(number).subject, kind, "text", text)

    def outlook(self, number: int, posts: tuple[str, ...]) -> Outlook:
        """Return what a decision on a case, or on some posts of its subject, would hit, and what is next.

        Raises `ForbiddenError`, `MissingError`, `HostError`.
        """
        return outlook(self.desk, self.case(number), posts)

    def propose(self, number: int, wanted: WantedProposal, version: int | None) -> Case:
        """Propose a decision; returns the case as it is afterwards. Raises as `ask` does."""
        self._principal.require(Permission.REVIEW)
        case = self._seen(number, version)
        with leaving_nothing(self.desk):
            return self.ask(number, to_propose(self.desk, case, wanted), version)

    def answer(self, number: int, complaint: int, outcome: Outcome, version: int | None) -> Case:
        """Answer a complaint; returns the case as it is afterwards. Raises as `ask` does."""
        self._principal.require(Permission.REVIEW)
        case = self._seen(number, version)
        with leaving_nothing(self.desk):
            return self.ask(number, to_answer(self.desk, case, complaint, outcome), version)

    def decide(self, number: int, wanted: Wanted, version: int | None) -> Case:
        """Decide a case; returns it as it is afterwards. Raises as `ask` does."""
        self._principal.require(Permission.DECIDE)
        case = self._seen(number, version)
        with leaving_nothing(self.desk):
            return self.ask(number, to_decide(self.desk, case, wanted), version)

    def judge(self, number: int, decision: int, result: Result, answer: str, version: int | None) -> Case:
        """Judge the appeal against a decision; returns the case as it is afterwards. Raises as `ask` does."""
        self._principal.require(Permission.JUDGE)
        case = self._seen(number, version)
        kept = self.desk.say(case.subject, "result", "reasons", answer)
        return self.ask(number, commands.Rule(decision, result, kept), version)

    async def send(self, posts: Sequence[Post]) -> list[Sent]:
        """Have posts screened, and what is found on them taken up. Raises as `Screening.send` does."""
        self._principal.require(Permission.SEND_POSTS)
        if others := [one.host for one in posts if one.host and not self._principal.reaches(one.host)]:
            raise ForbiddenError(f"{self._principal.name} may not do this: {others[0]} is another queue")
        return await self._screening.send(posts)

    async def check(self, draft: Post) -> Looked:
        """Have a draft screened; nothing is kept of it. Raises as `Screening.check` does."""
        self._principal.require(Permission.CHECK_DRAFT)
        return await self._screening.check(draft)

    def _seen(self, number: int, version: int | None) -> Case:
        """Return a case that somebody has looked at, before texts of it are kept. Raises `StaleError`."""
        case = self._case(number)
        check_version(case, version)
        return case
