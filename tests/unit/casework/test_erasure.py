"""When the texts of a case are needed, and when their time is over."""

from __future__ import annotations

import pytest
from casebook import ALICE, BLOCK, BOB, MACHINE, PLATFORM, READER, Casebook, blocking, found
from msgspec.structs import replace
from worlds import START, digest

from tipstaff.casework.commands import Answer, Appeal, Complain, Propose, Rule
from tipstaff.casework.erasure import DAY, kept_until, needed
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Erased, ErasureBegun, ErasureCause, Outcome, Reason, Result
from tipstaff.casework.words import MeasureKind


@pytest.fixture
def settled() -> Casebook:
    """Return a case that was decided an hour after it was opened."""
    book = Casebook()
    book.now += 3600
    book.asked_and_logged(blocking())
    return book


def test_texts_are_needed_until_the_case_is_decided(settled: Casebook) -> None:
    """While it is open, and again when something new is found."""
    assert "is open" in (needed(Casebook().case) or "")
    assert needed(settled.case) is None
    settled.record(found("m1", "another"), MACHINE)
    assert "is open" in (needed(settled.case) or "")


def test_texts_are_needed_while_the_subject_is_heard() -> None:
    """What is proposed can be answered, and then it is decided on."""
    book = Casebook()
    book.ask(Propose("house-1", (MeasureKind.WARN,), book.now + 60, digest("proposal")))
    assert "has a proposal that was not decided on yet" in (needed(book.case) or "")
    assert kept_until(book.case, 0) is None


def test_texts_are_needed_until_an_appeal_is_judged(settled: Casebook) -> None:
    """Time counts from then on."""
    settled.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    assert "has an appeal that is not settled yet" in (needed(settled.case) or "")
    settled.now += 3600
    settled.ask(Rule(1, Result.UPHELD, digest("answer")), BOB)
    assert needed(settled.case) is None
    assert kept_until(settled.case, 1) == START + 2 * 3600 + DAY


def test_texts_are_needed_until_complaints_are_answered(settled: Casebook) -> None:
    """One that came after the decision opens the case; it may be decided on before all are answered."""
    settled.ask(Complain(Reason.FRAUD, "m1", digest("complaint")), READER)
    settled.ask(blocking())
    assert "has a complaint that was not answered yet" in (needed(settled.case) or "")
    settled.ask(Answer(1, Outcome.UPHELD, digest("told")), BOB)
    assert needed(settled.case) is None


def test_time_counts_from_the_end_of_the_last_measure(settled: Casebook) -> None:
    """A decision whose measure goes on for longer keeps its texts for longer."""
    assert kept_until(settled.case, 30) == START + 3600 + 30 * DAY
    book = Casebook()
    until = book.now + 7 * DAY
    book.asked_and_logged(blocking((replace(BLOCK[0], until=until),)))
    assert kept_until(book.case, 30) == until + 30 * DAY


def test_nothing_is_asked_while_texts_are_erased(settled: Casebook) -> None:
    """What comes in between would be erased as well; afterwards everything can be asked again."""
    settled.record(ErasureBegun(ErasureCause.REQUEST, 4))
    with pytest.raises(CaseError, match="are being erased"):
        settled.ask(Appeal(1, digest("appeal")), PLATFORM)
    settled.record(Erased(ErasureCause.REQUEST, 4))
    settled.ask(Appeal(1, digest("appeal")), PLATFORM)
    (erasure,) = settled.case.erasures
    assert (erasure.at, erasure.cause, erasure.count) == (settled.now, ErasureCause.REQUEST, 4)
    assert ALICE.name in settled.case.decisions[0].persons
