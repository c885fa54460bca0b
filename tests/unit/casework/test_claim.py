"""Claims: who works on a case works on it alone, for a while."""

from __future__ import annotations

import pytest
from casebook import BOB, CLERK, Casebook, blocking
from worlds import START, digest

from tipstaff.casework.case import Claim as Held
from tipstaff.casework.commands import Claim, Note, Release
from tipstaff.casework.errors import CaseError


def claimed() -> Casebook:
    """Return a case that Alice has claimed for a minute."""
    book = Casebook()
    book.ask(Claim(START + 60))
    return book


def test_a_claim_is_held_by_one() -> None:
    """Another reviewer neither claims nor decides the case meanwhile, and is told for how long."""
    book = claimed()
    for command in (Claim(START + 90), blocking()):
        with pytest.raises(CaseError, match="alice works on case 1 for another 60 s"):
            book.ask(command, BOB)
    assert book.case.claim == Held("alice", START + 60)


def test_a_claim_can_be_prolonged_and_decided_under() -> None:
    """Whoever holds it may claim again, and decides."""
    book = claimed()
    book.ask(Claim(START + 90))
    book.ask(blocking())
    assert book.case.claim == Held("alice", START + 90)
    assert book.case.decisions


def test_a_claim_ends_with_its_time() -> None:
    """Afterwards it binds nobody."""
    book = claimed()
    book.now = START + 60
    book.ask(Claim(START + 120), BOB)
    assert book.case.claim == Held("bob", START + 120)


def test_a_claim_is_released_by_its_holder_alone() -> None:
    """Who has not claimed a case does not release it."""
    book = claimed()
    with pytest.raises(CaseError, match="bob has not claimed case 1"):
        book.ask(Release(), BOB)
    book.ask(Release())
    assert book.case.claim is None
    with pytest.raises(CaseError, match="alice has not claimed case 1"):
        book.ask(Release())


def test_a_claim_has_a_length() -> None:
    """One that would end before it has begun is refused."""
    with pytest.raises(CaseError, match="ends after it has begun"):
        Casebook().ask(Claim(START))


def test_notes_are_left_by_whoever_decides_cases() -> None:
    """A claim of somebody else hinders no note; a clerk leaves none."""
    book = claimed()
    book.ask(Note(digest("a note")), BOB)
    assert [(note.by, note.text) for note in book.case.notes] == [("bob", digest("a note"))]
    for command in (Note(digest("a note")), Claim(START + 90)):
        with pytest.raises(CaseError, match="a clerk may not sign a decision"):
            book.ask(command, CLERK)
