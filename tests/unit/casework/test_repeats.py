"""What is ordered already is not ordered again."""

from __future__ import annotations

import pytest
from casebook import BOB, PLATFORM, TABLE, Casebook, blocking
from msgspec.structs import replace
from worlds import START, digest

from tipstaff.casework.commands import Appeal, Asked, Rule
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Hearing, Result, Waiver
from tipstaff.casework.repeats import check_new
from tipstaff.casework.words import MeasureKind

BLOCK, WARN = MeasureKind.BLOCK_CONTENT, MeasureKind.WARN


def decided(*measures: Asked) -> Casebook:
    """Return a case in which measures were decided on, and carried out."""
    book = Casebook()
    book.asked_and_logged(blocking(measures))
    book.carried_out()
    return book


def again(book: Casebook, *measures: Asked) -> None:
    """Decide on measures."""
    check_new(book.case, blocking(measures), book.now, TABLE)


def refused(book: Casebook, measure: Asked, told: str, mend: str = "nothing would change") -> None:
    """Check that a measure is refused, and why."""
    with pytest.raises(CaseError, match=f"^{told} is ordered already, by decision 1: {mend}$"):
        again(book, measure)


def test_what_is_in_force_is_not_ordered_again() -> None:
    """The same measure on the same, no longer than it lasts."""
    book = decided(Asked(BLOCK, ("m1",), "CN"))
    refused(book, Asked(BLOCK, ("m1",), "CN"), "block_content on m1")
    refused(book, Asked(BLOCK, ("m2", "m1"), "CN"), "block_content on m1")
    refused(book, Asked(BLOCK, ("m1",), "CN", until=START + 60), "block_content on m1")
    for new in (
        Asked(BLOCK, ("m2",), "CN"),
        Asked(BLOCK, (), "CN"),
        Asked(BLOCK, ("m1",), "world"),
        Asked(WARN, ("m1",), "CN"),
    ):
        again(book, new)


def test_what_goes_on_for_longer_is_new() -> None:
    """Until later, for good, from earlier, or once the first is over."""
    book = decided(Asked(BLOCK, ("m1",), "CN", until=START + 600, start=START + 60))
    refused(book, Asked(BLOCK, ("m1",), "CN", until=START + 600, start=START + 60), "block_content on m1")
    again(book, Asked(BLOCK, ("m1",), "CN", until=START + 601, start=START + 60))
    again(book, Asked(BLOCK, ("m1",), "CN", start=START + 60))
    again(book, Asked(BLOCK, ("m1",), "CN", until=START + 600))
    book.now = START + 600
    again(book, Asked(BLOCK, ("m1",), "CN", until=START + 600, start=START + 60))


def test_a_warning_of_a_whole_account_may_be_said_again() -> None:
    """It is for something new; that of a post is not."""
    book = decided(Asked(WARN, (), "CN"), Asked(WARN, ("m1",), "CN"))
    again(book, Asked(WARN, (), "CN"))
    refused(book, Asked(WARN, ("m1",), "CN"), "warn on m1")


def test_what_waits_for_a_second_person_is_ordered() -> None:
    """Whoever agrees confirms it; once it has lapsed it is decided anew."""
    book = Casebook()
    closing = Asked(MeasureKind.CLOSE_ACCOUNT, (), "CN")
    waived = replace(blocking((closing,)), hearing=Hearing.WAIVED, waived_for=Waiver.GRAVE_HARM)
    book.asked_and_logged(waived)
    mend = "it waits for a second person, confirm it"
    refused(book, closing, "close_account on the whole account", mend)
    book.asked_and_logged(blocking(()), BOB)
    again(book, closing)


def test_what_was_undone_is_ordered_anew() -> None:
    """By an appeal."""
    book = decided(Asked(BLOCK, ("m1",), "CN"))
    book.asked_and_logged(Appeal(1, digest("text")), PLATFORM)
    book.asked_and_logged(Rule(1, Result.REVERSED, digest("answer")), BOB)
    again(book, Asked(BLOCK, ("m1",), "CN"))


def test_what_the_ledger_has_refused_is_ordered_anew() -> None:
    """Nothing of it was done, nor will be; what it has taken on another post stays."""
    book = Casebook()
    book.asked_and_logged(blocking((Asked(BLOCK, ("m1", "m2"), "CN"),)))
    first, second = book.stated()
    book.refuse(first)
    book.log(second)
    again(book, Asked(BLOCK, ("m1",), "CN"))
    refused(book, Asked(BLOCK, ("m2",), "CN"), "block_content on m2")


def test_what_an_appeal_has_kept_from_beginning_is_ordered_anew() -> None:
    """Also where nobody has confirmed the result yet; what was done before is in force until then."""
    for done in (False, True):
        book = Casebook()
        book.second_person = (BLOCK,)
        book.asked_and_logged(blocking((Asked(BLOCK, ("m1",), "CN"),)))
        if done:
            book.carried_out()
        book.asked_and_logged(Appeal(1, digest("text")), PLATFORM)
        book.asked_and_logged(Rule(1, Result.REVERSED, digest("answer")), BOB)
        if done:
            refused(book, Asked(BLOCK, ("m1",), "CN"), "block_content on m1")
        else:
            again(book, Asked(BLOCK, ("m1",), "CN"))
