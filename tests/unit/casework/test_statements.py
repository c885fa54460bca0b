"""Events that are statements: each registers on a log under the table that ships."""

from __future__ import annotations

import pytest
from casebook import ALICE, BOB, CAROL, CLOSE, PLATFORM, POSTS, Casebook, blocking
from worlds import Claims, World, digest

from tipstaff.casework.commands import Actor, Appeal, Asked, Confirm, Rule, TakeBack
from tipstaff.casework.events import (
    Confirmed,
    EffectState,
    EffectStated,
    Logged,
    MeasureStated,
    Noticed,
    Recorded,
    Refused,
    Result,
)  # fmt: skip
from tipstaff.casework.statements import case_name, claims_of
from tipstaff.casework.words import Direction, MeasureKind
from tipstaff.ledger.statement import parse


class LoggedCasebook(Casebook):
    """A case whose statements are registered on a real log as soon as they are made."""

    def __init__(self) -> None:
        self.world = World.begin()
        self.policy = self.world.append("policy", "owner", label="policy")
        super().__init__()

    def sign(self, kind: str, claims: Claims, actor: Actor) -> bytes:
        """Register the statement; it must not be refused."""
        self.world.now = self.now
        entry = self.world.add(self.world.draft(kind, actor.name, claims))
        logged = Logged(entry, self.world.store.size - 1)
        self.events.append(Recorded(self.now, "platform", logged))
        return entry

    def record_all(self) -> list[bytes]:
        """State what is owed; returns the entries."""
        self.know()
        return self.stated()

    def know(self) -> None:
        """Let the case know what is on the ledger."""
        for recorded in list(self.events):
            if isinstance(recorded.event, Logged) and recorded.event.entry not in self.case.logged:
                self.record(recorded.event)

    def kinds(self) -> list[str]:
        """Return the kinds of what was registered since the policy."""
        position = self.world.store.position(self.policy)
        assert position is not None
        return [parse(one).kind for one in self.world.statements[position + 1 :]]


@pytest.fixture
def book() -> LoggedCasebook:
    """Return a case on a log."""
    return LoggedCasebook()


def test_the_whole_road_registers(book: LoggedCasebook) -> None:
    """From a decision to its reversal, every statement is one that the ledger takes."""
    asked = (*CLOSE, Asked(MeasureKind.BLOCK_CONTENT, POSTS, "CN"))
    book.ask(blocking(asked, policy=book.policy))
    book.ask(Confirm(1), BOB)
    for entry in book.record_all():
        book.record(EffectStated(entry, 1, EffectState.APPLIED))
    book.know()
    book.ask(Appeal(1, digest("appeal")), PLATFORM)
    book.ask(Rule(1, Result.REVERSED, digest("answer")), CAROL)
    for entry in book.record_all():
        book.record(EffectStated(entry, 1, EffectState.FAILED))
        book.record(EffectStated(entry, 2, EffectState.LIFTED))
    kinds = book.kinds()
    counted = {kind: kinds.count(kind) for kind in kinds}
    assert counted == {
        "decision": 1, "confirmation": 1, "measure": 6, "effect": 9, "appeal": 1, "result": 1,
    }  # fmt: skip


@pytest.mark.parametrize("kind", [MeasureKind.RESTRICT_POSTING, MeasureKind.WARN])
def test_what_ends_by_itself_registers(book: LoggedCasebook, kind: MeasureKind) -> None:
    """A measure with an end, and its end once it has come."""
    book.ask(blocking((Asked(kind, until=book.now + 60),), policy=book.policy))
    book.record_all()
    book.now += 60
    book.record_all()
    assert book.kinds() == ["decision", "measure", "measure"]
    ends = parse(book.world.statements[-1])
    assert (ends.claims["cause"], ends.claims["direction"]) == ("expired", "lift")


def test_a_decision_says_what_was_found_and_ordered(book: LoggedCasebook) -> None:
    """It claims the case, counts of rules, the measures with their greatest targets, and no post's name."""
    asked = (Asked(MeasureKind.WARN, until=book.now + 9), Asked(MeasureKind.BLOCK_CONTENT, POSTS, "CN"))
    book.ask(blocking(asked, policy=book.policy))
    claims = parse(book.world.statements[-1]).claims
    assert claims == {
        "case": "case-000000001",
        "number": 1,
        "subject": f"v1:{digest('subject').hex()}",
        "provision": "house-1",
        "policy": book.policy,
        "policy_digest": digest("house 1.0"),
        "grounds": {"hype": 2},
        "measures": [
            {"number": 1, "kind": "warn", "territory": "world", "targets": 0, "until": book.now + 9},
            {"number": 2, "kind": "block_content", "territory": "CN", "targets": 2},
        ],
        "hearing": "not_due",
        "reasons": digest("reasons"),
        "targets": [digest(post) for post in POSTS],
    }


def test_some_events_are_no_statements() -> None:
    """What the table has no kind for is an event only."""
    book = Casebook()
    book.ask(blocking(delay=60))
    book.ask(TakeBack(1))
    for event in (Noticed("account", b"", b""), Logged(b"", 1), Refused(b"", "why")):
        book.record(event)
    entries = {type(recorded.event).__name__: recorded.entry for recorded in book.events}
    assert [name for name, entry in entries.items() if entry] == ["Decided"]


def test_a_statement_about_no_decision_is_a_mistake() -> None:
    """Events follow one another: what is about a decision that is not there is not stated."""
    case = Casebook().case
    for event in (Confirmed(1), MeasureStated(1, 1, 0, Direction.APPLY, None)):
        with pytest.raises(TypeError, match="case 1 has no decision 1"):
            claims_of(case, event, 0, "", ())


def test_a_case_has_a_name_on_the_ledger() -> None:
    """Names sort as numbers do."""
    assert [case_name(number) for number in (1, 999_999_999)] == ["case-000000001", "case-999999999"]


def test_everybody_signs_for_themselves(book: LoggedCasebook) -> None:
    """The log knows decisions, confirmations and results by the keys of their persons."""
    book.ask(blocking(CLOSE, policy=book.policy), ALICE)
    book.ask(Confirm(1), BOB)
    assert [parse(one).iss for one in book.world.statements[-2:]] == ["alice", "bob"]
