"""When the texts of a case are needed, and when their time is over."""

from __future__ import annotations

import pytest
from casebook import (
    ALICE,
    BLOCK,
    BOB,
    CAROL,
    CLOSE,
    MACHINE,
    PLATFORM,
    READER,
    TABLE,
    Casebook,
    blocking,
    found,
)
from msgspec.structs import replace
from worlds import START, digest

from tipstaff.casework.commands import (
    Answer,
    Appeal,
    Claim,
    Complain,
    Confirm,
    ConfirmResult,
    Note,
    Propose,
    Rule,
)
from tipstaff.casework.erasure import DAY, kept_until, needed
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import (
    EffectState,
    EffectStated,
    Erased,
    ErasureBegun,
    ErasureCause,
    Outcome,
    Reason,
    Released,
    Result,
)
from tipstaff.casework.words import MeasureKind


@pytest.fixture
def settled() -> Casebook:
    """Return a case that was decided an hour after it was opened, and carried out."""
    book = Casebook()
    book.now += 3600
    book.asked_and_logged(blocking())
    book.carried_out()
    return book


def why(book: Casebook) -> str | None:
    """Say why the texts of a case are needed now."""
    return needed(book.case, book.now, TABLE)


def test_texts_are_needed_until_the_case_is_decided(settled: Casebook) -> None:
    """While it is open, and again when something new is found."""
    assert "is open" in (why(Casebook()) or "")
    assert why(settled) is None
    settled.record(found("m1", "another"), MACHINE)
    assert "is open" in (why(settled) or "")


def test_texts_are_needed_while_the_subject_is_heard() -> None:
    """What is proposed can be answered, and then it is decided on."""
    book = Casebook()
    book.ask(Propose("house-1", (MeasureKind.WARN,), book.now + 60, digest("proposal")))
    assert "has a proposal that was not decided on yet" in (why(book) or "")
    assert kept_until(book.case, 0, TABLE) is None


def test_texts_are_needed_until_an_appeal_is_judged(settled: Casebook) -> None:
    """Time counts from then on."""
    settled.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    assert "has an appeal that is not settled yet" in (why(settled) or "")
    settled.now += 3600
    settled.ask(Rule(1, Result.UPHELD, digest("answer")), BOB)
    assert why(settled) is None
    assert kept_until(settled.case, 1, TABLE) == START + 2 * 3600 + DAY


def test_texts_are_needed_until_complaints_are_answered(settled: Casebook) -> None:
    """One that came after the decision opens the case; it may be decided on before all are answered."""
    settled.ask(Complain(Reason.FRAUD, "m1", digest("complaint")), READER)
    settled.asked_and_logged(blocking())
    settled.carried_out()
    assert "has a complaint that was not answered yet" in (why(settled) or "")
    settled.ask(Answer(1, Outcome.UPHELD, digest("told")), BOB)
    assert why(settled) is None


def test_time_counts_from_the_end_of_the_last_measure(settled: Casebook) -> None:
    """A decision whose measure goes on for longer keeps its texts for longer."""
    assert kept_until(settled.case, 300, TABLE) == START + 3600 + 300 * DAY
    book = Casebook()
    until = book.now + 7 * DAY
    book.asked_and_logged(blocking((replace(BLOCK[0], until=until),)))
    assert kept_until(book.case, 300, TABLE) == until + 300 * DAY, "it is to begin, or never does"
    book.carried_out()
    assert kept_until(book.case, 300, TABLE) == until + 300 * DAY
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    book.asked_and_logged(Rule(1, Result.REVERSED, digest("answer")), BOB)
    book.carried_out()
    assert kept_until(book.case, 300, TABLE) == START + 300 * DAY, "it was lifted before"


def test_texts_are_kept_while_the_subject_may_appeal(settled: Casebook) -> None:
    """However few days were set; once an appeal was judged, or where nothing was ordered, there is none."""
    decided = settled.now
    assert kept_until(settled.case, 30, TABLE) == decided + 180 * DAY
    settled.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    settled.asked_and_logged(Rule(1, Result.UPHELD, digest("answer")), BOB)
    assert kept_until(settled.case, 30, TABLE) == decided + 30 * DAY
    book = Casebook()
    book.asked_and_logged(blocking(()))
    assert kept_until(book.case, 30, TABLE) == START + 30 * DAY


def test_a_decision_that_the_ledger_has_refused_keeps_nothing(settled: Casebook) -> None:
    """Neither as one that can be appealed against, nor as one that is to be carried out."""
    settled.now += DAY
    settled.refuse(settled.ask(blocking()))
    settled.asked_and_logged(blocking(()))
    assert why(settled) is None
    assert kept_until(settled.case, 30, TABLE) == START + 3600 + 180 * DAY


def test_what_is_written_later_has_its_time() -> None:
    """A note on an old case, or an answer to an old complaint: days count from it."""
    book = Casebook()
    book.asked_and_logged(blocking(()))
    book.now += 100 * DAY
    book.ask(Note(digest("note")))
    assert kept_until(book.case, 30, TABLE) == book.now + 30 * DAY
    book.ask(Claim(book.now + 60))
    book.now += 100 * DAY
    book.record(Released(), ALICE)
    assert kept_until(book.case, 30, TABLE) == book.now - 70 * DAY, "nothing was written by that"


def test_a_closing_that_waits_for_its_second_person_needs_its_reasons() -> None:
    """And one that is confirmed, until it was done and told."""
    book = Casebook()
    book.asked_and_logged(blocking(CLOSE))
    book.now += 400 * DAY
    assert "has a decision that was not carried out yet" in (why(book) or "")
    assert kept_until(book.case, 30, TABLE) is None
    book.log(book.ask(Confirm(1), BOB))
    assert kept_until(book.case, 30, TABLE) is None
    book.begun()
    assert kept_until(book.case, 30, TABLE) is None, "a host is owed it"
    (carrying,) = book.case.carryings
    book.record(EffectStated(carrying.entry, 1, EffectState.FAILED))
    assert kept_until(book.case, 30, TABLE) is None
    book.record(EffectStated(carrying.entry, 2, EffectState.APPLIED))
    assert why(book) is None
    assert kept_until(book.case, 30, TABLE) is not None
    book.record(EffectStated(carrying.entry, 3, EffectState.DRIFTED))
    assert kept_until(book.case, 30, TABLE) is not None, "what was told is only done again"


def test_a_measure_that_is_to_come_needs_its_reasons() -> None:
    """One with an end that nobody confirms before that is never carried out."""
    book = Casebook()
    start = START + 400 * DAY
    book.asked_and_logged(blocking((replace(BLOCK[0], start=start),)))
    assert "has a decision that was not carried out yet" in (why(book) or "")
    assert kept_until(book.case, 30, TABLE) is None
    other = Casebook()
    until = START + 400 * DAY
    other.asked_and_logged(blocking((replace(CLOSE[0], until=until),)))
    assert "has a decision that was not carried out yet" in (why(other) or "")
    assert kept_until(other.case, 30, TABLE) == until + 30 * DAY
    other.now = until
    assert why(other) is None


def test_what_was_undone_before_it_was_done_needs_nothing(settled: Casebook) -> None:
    """A measure that the host never had is over once its end is done."""
    settled.asked_and_logged(blocking())
    settled.begun()
    assert "has a decision that was not carried out yet" in (why(settled) or "")
    settled.asked_and_logged(Appeal(2, digest("appeal")), PLATFORM)
    settled.asked_and_logged(Rule(2, Result.REVERSED, digest("answer")), BOB)
    settled.begun()
    assert "has a decision that was not carried out yet" in (why(settled) or ""), "its end is owed"
    for one in settled.case.carryings[-2:]:
        settled.record(EffectStated(one.entry, 1, EffectState.LIFTED))
    assert why(settled) is None


def test_a_measure_that_the_ledger_has_refused_is_owed_no_more(settled: Casebook) -> None:
    """Once somebody has decided anew."""
    settled.asked_and_logged(blocking())
    for entry in settled.stated():
        settled.refuse(entry)
    assert "is open" in (why(settled) or "")
    settled.asked_and_logged(blocking(()))
    assert why(settled) is None


def test_a_result_has_its_time_from_when_it_counts(settled: Casebook) -> None:
    """A second person confirms it, and writes nothing."""
    settled.second_person = (MeasureKind.BLOCK_CONTENT,)
    settled.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    settled.asked_and_logged(Rule(1, Result.REVERSED, digest("answer")), BOB)
    settled.now += DAY
    settled.log(settled.ask(ConfirmResult(1), CAROL))
    settled.carried_out()
    assert kept_until(settled.case, 30, TABLE) == settled.now + 30 * DAY


def test_a_result_that_waits_is_not_called_unjudged(settled: Casebook) -> None:
    """The second person is what is missing."""
    settled.second_person = (MeasureKind.BLOCK_CONTENT,)
    settled.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    settled.asked_and_logged(Rule(1, Result.REVERSED, digest("answer")), BOB)
    assert "has the result of an appeal that waits for a second person" in (why(settled) or "")


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
