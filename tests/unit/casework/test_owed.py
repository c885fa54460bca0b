"""What a case owes rests on receipts."""

from __future__ import annotations

from casebook import BLOCK, BOB, CAROL, CLOSE, PLATFORM, TABLE, Casebook, blocking
from msgspec.structs import replace
from worlds import digest

from tipstaff.casework.commands import Appeal, Asked, Confirm, Rule, TakeBack
from tipstaff.casework.events import MeasureStated, Result
from tipstaff.casework.owed import attention
from tipstaff.casework.words import Direction, MeasureKind

APPLY, LIFT = Direction


def reverse(book: Casebook, result: Result = Result.REVERSED) -> bytes:
    """Have an appeal judged; returns the entry of the result, which waits."""
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    return book.ask(Rule(1, result, digest("answer")), CAROL)


def restricted(seconds: int) -> Casebook:
    """Return a case in which posting is restricted for some seconds, on the ledger."""
    book = Casebook()
    book.asked_and_logged(blocking((Asked(MeasureKind.RESTRICT_POSTING, until=book.now + seconds),)))
    return book


def test_nothing_is_owed_before_the_receipt() -> None:
    """A decision that waits owes nothing; on the ledger it owes each target of each measure."""
    book = Casebook()
    entry = book.ask(blocking())
    assert book.owed() == []
    book.log(entry)
    assert book.owed() == [MeasureStated(1, 1, target, APPLY, entry) for target in (1, 2)]


def test_a_refused_decision_owes_nothing() -> None:
    """What the ledger did not take is not carried out."""
    book = Casebook()
    book.refuse(book.ask(blocking()))
    assert book.owed() == []


def test_a_decision_taken_back_owes_nothing() -> None:
    """It was never in effect."""
    book = Casebook()
    book.ask(blocking(delay=60))
    book.ask(TakeBack(1))
    book.now += 60
    assert book.owed() == []


def test_nothing_is_owed_twice() -> None:
    """What was stated is owed no longer, whether the ledger has it, has refused it, or not answered."""
    book = Casebook()
    book.asked_and_logged(blocking())
    one, other = book.stated()
    assert book.owed() == []
    book.log(one)
    book.refuse(other)
    assert book.owed() == []


def test_a_confirmation_comes_first_where_it_is_due() -> None:
    """What needs a second person is owed once the confirmation is on the ledger, the rest at once."""
    book = Casebook()
    asked = (*CLOSE, Asked(MeasureKind.BLOCK_CONTENT, ("m1",)))
    entry = book.asked_and_logged(blocking(asked))
    assert book.owed() == [MeasureStated(1, 2, 1, APPLY, entry)]
    book.stated()
    confirmation = book.ask(Confirm(1), BOB)
    assert book.owed() == []
    book.log(confirmation)
    assert book.owed() == [MeasureStated(1, 1, 0, APPLY, entry)]


def test_a_refused_confirmation_is_none() -> None:
    """Only what the ledger has taken counts, whoever confirms."""
    book = Casebook()
    book.asked_and_logged(blocking(CLOSE))
    book.refuse(book.ask(Confirm(1), BOB))
    assert book.owed() == []
    book.asked_and_logged(Confirm(1), CAROL)
    assert len(book.owed()) == 1


def test_a_measure_ends_when_its_time_has_come() -> None:
    """At `until`, and not a second before, its end is owed, without another cause."""
    book = restricted(60)
    book.begun()
    book.now += 59
    assert book.owed() == []
    book.now += 1
    assert book.owed() == [MeasureStated(1, 1, 0, LIFT, None)]
    book.stated()
    assert book.owed() == []


def test_a_measure_whose_time_is_over_is_not_begun() -> None:
    """A decision that reaches the ledger late owes nothing that would have ended."""
    book = restricted(60)
    book.now += 60
    assert book.owed() == []


def test_a_reversal_lifts_what_was_applied() -> None:
    """Once the result is on the ledger, each measure ends by it, once."""
    book = Casebook()
    book.asked_and_logged(blocking())
    book.begun()
    entry = reverse(book, Result.REVERSED)
    assert book.owed() == []
    book.log(entry)
    assert book.owed() == [MeasureStated(1, 1, target, LIFT, entry) for target in (1, 2)]
    book.stated()
    assert book.owed() == []


def test_a_varied_decision_stands_until_the_next_one() -> None:
    """What it has begun ends once the decision in its place is on the ledger; nothing else of it begins."""
    book = Casebook()
    book.asked_and_logged(blocking((*BLOCK, *CLOSE)))
    book.begun()
    confirmation = book.ask(Confirm(1), BOB)
    varied = reverse(book, Result.VARIED)
    book.log(varied)
    assert book.owed() == []
    book.log(confirmation)
    assert book.owed() == []
    instead = book.ask(replace(blocking((Asked(MeasureKind.WARN),)), instead_of=1))
    assert book.owed() == []
    book.log(instead)
    assert book.owed() == [
        *(MeasureStated(1, 1, target, LIFT, varied) for target in (1, 2)),
        MeasureStated(2, 1, 0, APPLY, instead),
    ]


def test_an_upheld_decision_stands() -> None:
    """A result that upholds lifts nothing, and what is confirmed after it is carried out."""
    book = Casebook()
    book.asked_and_logged(blocking(CLOSE))
    book.log(reverse(book, Result.UPHELD))
    assert book.owed() == []
    book.asked_and_logged(Confirm(1), BOB)
    assert [one.direction for one in book.owed()] == [APPLY]


def test_what_is_reversed_is_not_begun() -> None:
    """A measure that was not stated before the reversal is not stated after it."""
    book = Casebook()
    book.asked_and_logged(blocking(CLOSE))
    confirmation = book.ask(Confirm(1), BOB)
    book.log(reverse(book))
    book.log(confirmation)
    assert book.owed() == []


def test_what_was_never_applied_is_not_lifted() -> None:
    """A measure that the ledger has refused has no end to state: the ledger would refuse that too."""
    book = Casebook()
    book.asked_and_logged(blocking())
    one, other = book.stated()
    book.log(one)
    book.refuse(other)
    book.log(reverse(book))
    assert [(stated.target, stated.direction) for stated in book.owed()] == [(1, LIFT)]


def test_an_end_waits_for_its_beginning() -> None:
    """While the ledger has not answered about a measure, its end is not owed."""
    book = restricted(60)
    (entry,) = book.stated()
    book.now += 60
    assert book.owed() == []
    book.log(entry)
    assert [stated.direction for stated in book.owed()] == [LIFT]


def test_decisions_are_owed_one_by_one() -> None:
    """The reversal of one decision leaves another of the same case as it is."""
    book = Casebook()
    book.asked_and_logged(blocking())
    book.asked_and_logged(blocking((Asked(MeasureKind.RESTRICT_POSTING),)))
    book.begun()
    book.log(reverse(book))
    assert {one.decision for one in book.owed()} == {1}


def test_a_case_is_looked_at_when_it_owes_something() -> None:
    """At once where it does already, at the end of a measure that has begun, and else not at all."""
    book = Casebook()
    assert attention(book.case, book.now, TABLE) is None
    end = book.now + 60
    book.asked_and_logged(blocking((Asked(MeasureKind.RESTRICT_POSTING, until=end),)))
    assert attention(book.case, book.now, TABLE) == 0
    (entry,) = book.stated()
    assert attention(book.case, book.now, TABLE) is None, "its end waits for the receipt"
    book.log(entry)
    assert attention(book.case, book.now, TABLE) == end
    book.now = end
    assert attention(book.case, book.now, TABLE) == 0
    book.begun()
    assert attention(book.case, book.now, TABLE) is None


def test_a_case_that_waits_for_a_person_is_not_looked_at() -> None:
    """What has to be confirmed owes nothing, however long it takes."""
    book = Casebook()
    book.asked_and_logged(blocking(CLOSE))
    assert attention(book.case, book.now, TABLE) is None
    book.asked_and_logged(Confirm(1), BOB)
    assert attention(book.case, book.now, TABLE) == 0


def test_what_ended_before_it_began_is_not_looked_at() -> None:
    """A measure whose end has come before it could be stated owes nothing any more."""
    book = restricted(60)
    book.now += 60
    assert attention(book.case, book.now, TABLE) is None
