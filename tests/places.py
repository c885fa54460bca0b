"""Real installations for journeys: square, SQLite, a ledger that is audited in the end, and a clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tipstaff.actions.desk import Desk
from tipstaff.actions.policies import Stated
from tipstaff.actions.work import Done
from tipstaff.assembly.casework import add_person, adopt, drain, install, open_desk, square_engine
from tipstaff.assembly.ledger import audit_folder, read_store, read_trust
from tipstaff.casework.case import Case
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.hosts.square.pages import Draft
from tipstaff.hosts.square.platform import Platform
from tipstaff.ledger.export import export
from tipstaff.policy.model import Policy

PUBLISHED = "2026-11-01T09:00:00+08:00"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_790_000_000

    def __call__(self) -> int:
        """Return the time."""
        return self.now


class Place:
    """An installation with a policy in force, reviewers and clerks; whoever works on it opens it anew."""

    def __init__(self, directory: Path, policy: Policy, settings: Path | None = None) -> None:
        self.directory = directory
        self.policy = policy
        self.clock = Clock()
        install(directory, "square.example/log", self.clock, settings)
        for name in ("alice", "bob", "carol"):
            add_person(directory, name, "reviewer", self.clock)
        for name in ("chen", "wu"):
            add_person(directory, name, "clerk", self.clock)
        adopt(directory, policy, self.clock)
        self.square_engine = square_engine(directory)
        self.square = Platform(self.square_engine)

    def publish(self, handle: str, text: str, app: str | None = None, *files: bytes) -> str:
        """Publish a post, with images of these bytes; returns its identifier."""
        return self.square.publish(handle, Draft(text=text, published_at=PUBLISHED, app=app, files=files))

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """Open the desk."""
        with open_desk(self.directory, self.clock) as desk:
            yield desk

    def drain(self, seconds: int = 0) -> Done:
        """Do all the work that is due after some time."""
        self.clock.now += seconds
        return drain(self.directory, self.clock)

    def adopted(self) -> Stated:
        """Return the policy as it was put in force."""
        with self.desk() as desk:
            adopted = desk.policies.adopted(self.policy.reference)
            assert adopted is not None
            return adopted

    def case(self, number: int) -> Case:
        """Return a case."""
        with self.desk() as desk:
            return desk.cases.load(number)

    def texts(self, number: int) -> list[tuple[str, str]]:
        """Return what was told to whom in a case, in full."""
        with self.desk() as desk:
            case = desk.cases.load(number)
            answers = [(one.by, one.answered.text) for one in case.complaints if one.answered]
            notices = [(one.audience, one.text) for one in case.notices]
            return [(audience, desk.text(text)) for audience, text in (*answers, *notices)]

    def audit(self, into: Path) -> Counter[str]:
        """Have an outsider audit the whole ledger, which must be sound; returns the kinds in it."""
        with read_store(self.directory / "ledger") as (store, checkpoints):
            last = checkpoints.last()
            assert last is not None
            export(store, last, into, lambda _done, _of: None)
        trust = read_trust(self.directory / "ledger" / "trust.json")
        report = audit_folder(into, trust, None, 1, lambda _done, _of: None)
        assert report.sound
        return Counter(report.counts)


def account(name: str) -> Subject:
    """Return an account of square."""
    return Subject("square", SubjectKind.ACCOUNT, name)
