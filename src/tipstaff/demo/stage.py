"""The stage: the installation on which the story takes place, and what is done and looked up on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tipstaff.actions.ask import ask
from tipstaff.actions.desk import PLATFORM, Desk
from tipstaff.actions.take_up import take_up
from tipstaff.assembly.casework import drain, open_desk, open_square
from tipstaff.assembly.ledger import read_proofs, read_trust
from tipstaff.base.errors import InputError
from tipstaff.casework.case import Case
from tipstaff.casework.commands import Appeal, Asked, Confirm, Decide, Note, Rule
from tipstaff.casework.events import Result
from tipstaff.casework.words import MeasureKind
from tipstaff.demo.clock import StoryClock
from tipstaff.demo.place import Place
from tipstaff.demo.world import World
from tipstaff.hosts.square.pages import PostPage
from tipstaff.ledger.trust import Verified, verify_statement
from tipstaff.policy.model import Outcome, Policy
from tipstaff.screening.engine import screen
from tipstaff.screening.findings import Finding
from tipstaff.screening.posts import Batch, Post


@dataclass
class Stage:
    """An installation with the world on it.

    `ids` are those of the posts on square, by those of the world. What was found on which post, and which
    account has which case, is there once `screen` has run.
    """

    world: World
    place: Place
    policy: Policy
    clock: StoryClock
    ids: Mapping[str, str]
    posts: dict[str, Post] = field(default_factory=dict)
    found: dict[str, list[Finding]] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)

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
        self.cases = {case.subject.id: case.number for case in cases}
        return cases

    def work(self) -> None:
        """Let the worker do what is due. Raises `InputError` where a case cannot go on."""
        if trouble := drain(self.place.installation, self.clock).trouble:
            raise InputError("; ".join(trouble))

    def case(self, handle: str) -> Case:
        """Return the case of an account as it stands."""
        with self.desk() as desk:
            return desk.cases.load(self.cases[handle])

    def decide(self, handle: str, person: str, kind: MeasureKind, posts: Sequence[str], reasons: str) -> None:
        """Have a person decide a case under the policy, citing the provision of the gravest finding."""
        with self.desk() as desk:
            case = desk.cases.load(self.cases[handle])
            adopted = desk.policies.adopted(self.policy.reference)
            if adopted is None:
                raise InputError(f"{self.policy.reference} was never in force here")
            gravest = max(case.found, key=lambda found: found.severity)
            kept = desk.keep(case.subject, "decision", "reasons", reasons)
            asked = Asked(kind, tuple(posts))
            command = Decide(gravest.provision, adopted.entry, adopted.digest, (asked,), kept)
            ask(desk, case.number, desk.actor(person), command)

    def confirm(self, handle: str, person: str) -> None:
        """Have a person confirm the first decision of a case. Raises `CaseError`."""
        with self.desk() as desk:
            ask(desk, self.cases[handle], desk.actor(person), Confirm(1))

    def note(self, handle: str, person: str, text: str) -> None:
        """Have a person leave a note on a case."""
        with self.desk() as desk:
            case = desk.cases.load(self.cases[handle])
            kept = desk.keep(case.subject, "note", "text", text)
            ask(desk, case.number, desk.actor(person), Note(kept))

    def appeal(self, handle: str, text: str) -> None:
        """Have an account object to the first decision of its case."""
        with self.desk() as desk:
            case = desk.cases.load(self.cases[handle])
            kept = desk.keep(case.subject, "appeal", "text", text)
            ask(desk, case.number, PLATFORM, Appeal(1, kept))

    def rule(self, handle: str, person: str, result: Result, answer: str) -> None:
        """Have a person judge the appeal against the first decision of a case. Raises `CaseError`."""
        with self.desk() as desk:
            case = desk.cases.load(self.cases[handle])
            kept = desk.keep(case.subject, "result", "reasons", answer)
            ask(desk, case.number, desk.actor(person), Rule(1, result, kept))

    def read(self, post: str) -> PostPage:
        """Return a post of the world as readers get it."""
        with open_square(self.place.installation) as square:
            return square.read_post(self.ids[post])

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
