"""Opinions and escalation: how people ask one another."""

from __future__ import annotations

import pytest
from casebook import ALICE, BOB, CAROL, CLERK, Casebook, blocking
from worlds import START, digest

from tipstaff.casework.case import Note as Noted
from tipstaff.casework.commands import AskOpinion, Claim, Escalate, GiveOpinion
from tipstaff.casework.errors import CaseError

QUESTION, OPINION, WHY = (digest(text) for text in ("a question", "an opinion", "too hard"))


def test_who_was_asked_says_what_they_think() -> None:
    """Both stand among the notes, and the question says whom it was for."""
    book = Casebook()
    book.ask(AskOpinion("bob", QUESTION))
    book.now += 5
    book.ask(GiveOpinion(OPINION), BOB)
    assert book.case.notes == (Noted("alice", START, QUESTION, "bob"), Noted("bob", START + 5, OPINION))


def test_nobody_is_asked_who_asks() -> None:
    """Nor does anybody give an opinion who was not asked for one."""
    book = Casebook()
    with pytest.raises(CaseError, match="alice asks another person, not oneself"):
        book.ask(AskOpinion("alice", QUESTION))
    book.ask(AskOpinion("bob", QUESTION))
    for person in (CAROL, ALICE):
        with pytest.raises(CaseError, match=f"nobody has asked {person.name} about case 1: leave a note"):
            book.ask(GiveOpinion(OPINION), person)


def test_who_hands_a_case_on_lets_go_of_it() -> None:
    """It comes before the others, with the reason, and anybody may take it."""
    book = Casebook()
    book.ask(Claim(START + 60))
    book.ask(Escalate(WHY))
    assert (book.case.escalated, book.case.claim) == (True, None)
    assert book.case.notes == (Noted("alice", START, WHY),)
    book.ask(blocking(), BOB)
    assert not book.case.escalated


def test_only_who_works_on_a_case_hands_it_on() -> None:
    """Others wait, as with a decision."""
    book = Casebook()
    book.ask(Claim(START + 60))
    with pytest.raises(CaseError, match="alice works on case 1 for another 60 s"):
        book.ask(Escalate(WHY), BOB)


@pytest.mark.parametrize("command", [AskOpinion("bob", QUESTION), GiveOpinion(OPINION), Escalate(WHY)])
def test_these_are_for_reviewers(command: AskOpinion | GiveOpinion | Escalate) -> None:
    """A clerk enters orders."""
    with pytest.raises(CaseError, match="a clerk may not sign a decision"):
        Casebook().ask(command, CLERK)
