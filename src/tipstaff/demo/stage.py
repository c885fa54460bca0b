"""The stage: the installation on which the story takes place, and what is done and looked up on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from msgspec.structs import replace

from tipstaff.actions.ask import ask
from tipstaff.actions.desk import Desk
from tipstaff.actions.take_up import take_up
from tipstaff.assembly.casework import drain, open_desk, open_square
from tipstaff.assembly.ledger import read_proofs, read_trust
from tipstaff.base.errors import InputError
from tipstaff.casework.case import Case
from tipstaff.casework.commands import Asked, Command, Confirm, Decide
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind
from tipstaff.demo.clock import StoryClock
from tipstaff.demo.place import Place
from tipstaff.demo.world import World
from tipstaff.hosts.square.pages import AccountPage, PostPage
from tipstaff.ledger.trust import Verified, verify_statement
from tipstaff.policy.model import Outcome, Policy
from tipstaff.screening.batches import Batch
from tipstaff.screening.engine import screen
from tipstaff.screening.findings import Finding
from tipstaff.screening.posts import Post


@dataclass
class Stage:
    """An installation with the world on it.

    `ids` are those of the posts on square, by those of the world. What was found on which post is there once
    `screen` has run.
    """

    world: World
    place: Place
    policy: Policy
    clock: StoryClock
    ids: Mapping[str, str]
    posts: dict[str, Post] = field(default_factory=dict)
    found: dict[str, list[Finding]] = field(default_factory=dict)

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """Open the desk at the time of the story."""
        with open_desk(self.place.installation, self.clock) as desk:
            yield desk

    def screen(self) -> list[Case]:
        """Screen all that square has published, and open cases; returns them."""
        with self.desk() as desk:
            self.posts = {post.id: post for post in desk.hosts["square"].posts()}
            findings = screen(Batch.of(self.posts.values()), self.policy)
            cases = take_up(desk, findings)
        for finding in findings:
            self.found.setdefault(finding.post, []).append(finding)
        return cases

    def work(self) -> None:
        """Let the worker do what is due. Raises `InputError` where something cannot go on."""
        if trouble := drain(self.place.installation, self.clock).trouble:
            raise InputError("; ".join(trouble))

    def case(self, name: str) -> Case:
        """Return the case of an account or an app as it stands."""
        with self.desk() as desk:
            return _case(desk, self.subject(name))

    def subject(self, name: str) -> Subject:
        """Return an account or an app of the world as cases know it."""
        is_app = any(app.id == name for app in self.world.apps)
        return Subject("square", SubjectKind.APP if is_app else SubjectKind.ACCOUNT, name)

    def ask(self, name: str, person: str, command: Command) -> None:
        """Have a person ask something of a case. Raises `CaseError`."""
        with self.desk() as desk:
            ask(desk, _case(desk, self.subject(name)).number, desk.actor(person), command)

    def keep(self, name: str, kind: str, field_name: str, text: str) -> bytes:
        """Keep a text about an account or an app; returns its commitment."""
        with self.desk() as desk:
            return desk.keep(self.subject(name), kind, field_name, text)

    def draft(self, name: str, reasons: str, provision: str | None = None) -> Decide:
        """Return a decision under the policy that orders nothing yet.

        Unless a provision is named, it cites that of the gravest finding.
        """
        with self.desk() as desk:
            adopted = desk.policies.adopted(self.policy.reference)
            if adopted is None:
                raise InputError(f"{self.policy.reference} was never in force here")
            case = _case(desk, self.subject(name))
            cited = provision or max(case.found, key=lambda found: found.severity).provision
            kept = desk.keep(case.subject, "decision", "reasons", reasons)
            return Decide(cited, adopted.entry, adopted.digest, (), kept)

    def block(
        self, name: str, person: str, posts: Sequence[str], reasons: str, provision: str | None = None
    ) -> None:
        """Have a person decide that some posts are blocked."""
        asked = Asked(MeasureKind.BLOCK_CONTENT, tuple(posts))
        self.ask(name, person, replace(self.draft(name, reasons, provision), measures=(asked,)))

    def confirm(self, name: str, person: str) -> None:
        """Have a person confirm the last decision of a case. Raises `CaseError`."""
        self.ask(name, person, Confirm(self.case(name).decisions[-1].said.number))

    def read(self, post: str) -> PostPage:
        """Return a post of the world as readers get it."""
        with open_square(self.place.installation) as square:
            return square.read_post(self.ids[post])

    def read_account(self, handle: str) -> AccountPage:
        """Return the page of an account as readers get it."""
        with open_square(self.place.installation) as square:
            return square.read_account(handle)

    def verified(self, position: int) -> Verified:
        """Return what the receipt of a statement proves, without the log. Raises where it proves nothing."""
        with read_proofs(self.place.ledger) as proofs:
            (statement,) = proofs.store.statements(position, position + 1)
            receipt = proofs.receipt(position)
        return verify_statement(read_trust(self.place.trust), statement, receipt)

    def gravest(self, post: str) -> Finding:
        """Return the gravest finding on a post of the world."""
        found = self.found[self.ids[post]]
        return max(found, key=lambda one: (one.outcome is Outcome.VIOLATION, one.severity, one.score))


def _case(desk: Desk, subject: Subject) -> Case:
    """Return the case about a subject. Raises `InputError` where there is none."""
    case = desk.cases.find(subject)
    if case is None:
        raise InputError(f"there is no case about {subject}")
    return case
