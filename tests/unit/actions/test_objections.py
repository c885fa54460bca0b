"""What an account holder says is taken in though the case moves on meanwhile, and kept once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from casebook import ACCOUNT, ALICE
from desks import FakeVault, Office, decide, turn
from worlds import digest

from tipstaff.actions.ask import ask
from tipstaff.actions.objections import answer, appeal
from tipstaff.casework.commands import Note, Propose
from tipstaff.casework.errors import CaseError
from tipstaff.casework.words import MeasureKind
from tipstaff.ledger.cbor import Value


def move(office: Office) -> None:
    """Leave a note, as somebody does who works on the case at the same moment."""
    ask(office.desk, 1, ALICE, Note(digest("note")))


def test_an_appeal_is_taken_in_whatever_happens_beside() -> None:
    """Kept anew where the case has moved on: once, with its attachment; a second one leaves nothing."""
    office = Office()
    decide(office)
    turn(office)
    before = office.vault.count(str(ACCOUNT))
    office.cases.before = lambda: move(office)
    own = replace(office.desk, kept=[])
    case = appeal(own, 1, 1, "this is news", b"")
    assert office.vault.count(str(ACCOUNT)) == before + 2
    (decision,) = case.decisions
    assert decision.appeal
    assert office.desk.text(decision.appeal.text) == "this is news"
    assert len(case.notes) == 1
    with pytest.raises(CaseError, match="has been appealed against already"):
        appeal(own, 1, 1, "again")
    assert office.vault.count(str(ACCOUNT)) == before + 2


class MovingVault(FakeVault):
    """A vault beside which somebody moves the case, once, while a text is kept."""

    def __init__(self, office: Office) -> None:
        super().__init__(office.faults)
        self._office: Office | None = office

    def keep(self, subject: str, kind: str, name: str, value: Value) -> bytes:
        """Return a commitment."""
        kept, office, self._office = super().keep(subject, kind, name, value), self._office, None
        if office:
            move(office)
        return kept


def test_what_is_kept_anew_is_kept_once() -> None:
    """Though the case had moved on before anything was asked of it."""
    office = Office()
    decide(office)
    turn(office)
    own = replace(office.desk, kept=[], vault=MovingVault(office))
    assert appeal(own, 1, 1, "this is news").decisions[0].appeal
    assert own.vault.count(str(ACCOUNT)) == 1


def test_an_answer_is_to_what_was_read() -> None:
    """Where something else is proposed at that very moment, it is not taken for an answer to that."""
    office = Office()
    said = Propose("house-1", (MeasureKind.WARN,), office.now + 60, digest("proposal"))
    ask(office.desk, 1, ALICE, said)
    other = Propose("house-1", (MeasureKind.CLOSE_ACCOUNT,), office.now + 60, digest("another"))
    office.cases.before = lambda: ask(office.desk, 1, ALICE, other)
    with pytest.raises(CaseError, match="something else is proposed by now"):
        answer(replace(office.desk, kept=[]), 1, "no", digest("proposal"))
    assert office.vault.count(str(ACCOUNT)) == 0
    case = answer(office.desk, 1, "no", digest("another"))
    assert case.proposal
    assert case.proposal.heard
    with pytest.raises(CaseError, match="was answered already"):
        answer(office.desk, 1, "no")
