"""What machines hold until it has been reviewed, and what people decide without measures."""

from __future__ import annotations

import re

import pytest
from casebook import ALICE, BLOCK, BOB, CAROL, MACHINE, PLATFORM, TABLE, Casebook, blocking
from worlds import START, digest

from tipstaff.casework.case import Stage
from tipstaff.casework.commands import Actor, Appeal, Asked, Claim, Command, Confirm, Note, Rule, TakeBack
from tipstaff.casework.deciding import LONGEST_HOLD
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import MeasureStated, Refused, Result
from tipstaff.casework.owed import attention
from tipstaff.casework.words import Direction, MeasureKind

APPLY, LIFT = Direction


def hold(seconds: int = 60, post: str = "m1") -> tuple[Asked, ...]:
    """Return that a post is held for some seconds."""
    return (Asked(MeasureKind.HOLD_CONTENT, (post,), until=START + seconds),)


def held(seconds: int = 60) -> Casebook:
    """Return a case in which a machine holds a post, as the host was seen to do."""
    book = Casebook()
    book.asked_and_logged(blocking(hold(seconds)), MACHINE)
    book.carried_out()
    return book


def test_a_machine_holds_and_the_case_stays_open() -> None:
    """Somebody still has to look at it, and it is looked at again when the time is over."""
    book = held()
    assert book.case.stage is Stage.OPEN
    assert attention(book.case, book.now, TABLE) == START + 60


def test_a_hold_lifts_itself() -> None:
    """When its time has come, without another cause."""
    book = held()
    book.now += 59
    assert book.owed() == []
    book.now += 1
    assert book.owed() == [MeasureStated(1, 1, 1, LIFT, None)]


def test_a_hold_is_lifted_by_what_a_person_decides() -> None:
    """Once that is on the ledger: by a dismissal, and by what hides nothing."""
    for measures in ((), (Asked(MeasureKind.WARN),)):
        book = held()
        entry = book.ask(blocking(measures), ALICE)
        assert book.owed() == []
        book.log(entry)
        lifts = [one for one in book.owed() if one.direction is LIFT]
        assert lifts == [MeasureStated(1, 1, 1, LIFT, entry)]
        book.carried_out()
        assert book.owed() == []


@pytest.mark.parametrize("measures", [BLOCK, (Asked(MeasureKind.BLOCK_CONTENT),)])
def test_what_is_held_is_not_seen_before_it_is_blocked(measures: tuple[Asked, ...]) -> None:
    """Where the post is blocked, or all of the account, the hold ends once that is seen on the host."""
    book = held()
    entry = book.asked_and_logged(blocking(measures), ALICE)
    if measures != BLOCK:
        assert book.owed() == [], "all content waits for a second person"
        book.asked_and_logged(Confirm(2), BOB)
    assert {one.direction for one in book.owed()} == {APPLY}
    book.carried_out()
    assert book.owed() == [MeasureStated(1, 1, 1, LIFT, entry)]


def test_a_block_that_is_undone_before_it_was_done_is_not_waited_for() -> None:
    """The hold ends by the decision that has reviewed it."""
    book = held()
    entry = book.asked_and_logged(blocking((Asked(MeasureKind.BLOCK_CONTENT),)), ALICE)
    book.asked_and_logged(Appeal(2, digest("appeal")), PLATFORM)
    assert book.owed() == []
    book.asked_and_logged(Rule(2, Result.REVERSED, digest("answer")), CAROL)
    assert book.owed() == [MeasureStated(1, 1, 1, LIFT, entry)]


def test_what_a_person_refused_by_the_ledger_has_decided_lifts_nothing() -> None:
    """Of two decisions the one that is on the ledger is the cause."""
    book = held()
    book.refuse(book.ask(blocking(()), ALICE))
    assert book.owed() == []
    entry = book.asked_and_logged(blocking(()), ALICE)
    assert book.owed() == [MeasureStated(1, 1, 1, LIFT, entry)]


def test_an_earlier_decision_reviews_nothing() -> None:
    """A person has decided before the machine has held: that is not about what is held."""
    book = Casebook()
    book.asked_and_logged(blocking(()), ALICE)
    book.asked_and_logged(blocking(hold()), MACHINE)
    assert [one.direction for one in book.owed()] == [APPLY]
    book.carried_out()
    assert book.owed() == []


def test_a_machine_reviews_nothing() -> None:
    """Another hold leaves the first one in force."""
    book = held()
    book.asked_and_logged(blocking(hold(90, "m2")), MACHINE)
    assert [(one.decision, one.direction) for one in book.owed()] == [(2, APPLY)]


def test_what_was_reviewed_is_not_held_any_more() -> None:
    """A hold that reaches the ledger after its review is not begun."""
    book = Casebook()
    waiting = book.ask(blocking(hold()), MACHINE)
    review = book.ask(blocking(()), ALICE)
    book.log(waiting)
    book.log(review)
    assert book.owed() == []


def test_a_person_who_holds_is_not_reviewed() -> None:
    """What a person has held ends as it says, or after an appeal, not by the next decision."""
    book = Casebook()
    book.asked_and_logged(blocking(hold()), ALICE)
    book.carried_out()
    book.asked_and_logged(blocking(()), ALICE)
    assert book.owed() == []


def test_a_hold_can_be_appealed_against() -> None:
    """A person judges what a machine did."""
    book = held()
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    entry = book.asked_and_logged(Rule(1, Result.REVERSED, digest("answer")), CAROL)
    assert book.owed() == [MeasureStated(1, 1, 1, LIFT, entry)]


NOTHING_ELSE = "a machine holds content, and nothing else"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (blocking(BLOCK), f"{NOTHING_ELSE}: block_content is for a person"),
        (blocking((*hold(), Asked(MeasureKind.WARN))), f"{NOTHING_ELSE}: warn is for a person"),
        (blocking(()), f"{NOTHING_ELSE}: this is for a person"),
        (Claim(START + 60), f"{NOTHING_ELSE}: this is for a person"),
        (Note(digest("a note")), f"{NOTHING_ELSE}: this is for a person"),
        (blocking(hold(LONGEST_HOLD + 1)), "a machine holds content for 72 hours at the most"),
        (
            blocking((Asked(MeasureKind.HOLD_CONTENT, ("m1",)),)),
            "a machine holds content for 72 hours at the most",
        ),
        (blocking(hold(0)), "hold_content would end before it has begun"),
    ],
)
def test_a_machine_does_nothing_else(command: Command, message: str) -> None:
    """It holds, on posts, for a while, and dismisses nothing."""
    with pytest.raises(CaseError, match=re.escape(message)):
        Casebook().ask(command, MACHINE)


def test_a_machine_holds_as_long_as_it_may() -> None:
    """To the second."""
    Casebook().ask(blocking(hold(LONGEST_HOLD)), MACHINE)


def test_machines_hold_under_one_name() -> None:
    """A second one would be taken for a person, whose decisions lift what the first one holds."""
    with pytest.raises(CaseError, match="machines hold as 'machine', not as 'robot'"):
        Casebook().ask(blocking(hold()), Actor("robot", "machine"))


def test_a_claim_keeps_no_machine_waiting() -> None:
    """What is grave is held while somebody works on the case."""
    book = Casebook()
    book.ask(Claim(START + 60))
    book.ask(blocking(hold()), MACHINE)
    assert book.case.decisions


def test_a_dismissal_closes_the_case() -> None:
    """Nothing is owed by it, and there is nothing to appeal against."""
    book = Casebook()
    book.asked_and_logged(blocking(()))
    assert book.case.stage is Stage.CLOSED
    assert book.owed() == []
    assert book.claims["measures"] == []
    assert book.claims["targets"] == []
    with pytest.raises(CaseError, match="decision 1 orders nothing: there is nothing to appeal against"):
        book.ask(Appeal(1, digest("appeal")), PLATFORM)


def test_a_measure_takes_effect_at_its_start() -> None:
    """Not a second before; the case is looked at then, and its end still comes."""
    start, until = START + 60, START + 90
    book = Casebook()
    asked = Asked(MeasureKind.RESTRICT_POSTING, start=start, until=until)
    book.asked_and_logged(blocking((asked,)))
    assert book.owed() == []
    assert attention(book.case, book.now, TABLE) == start
    book.now = start - 1
    assert book.owed() == []
    book.now = start
    assert [one.direction for one in book.owed()] == [APPLY]
    book.carried_out()
    assert attention(book.case, book.now, TABLE) == until


def test_a_measure_says_when_it_begins_and_ends() -> None:
    """On the ledger, where nothing is stated of it before."""
    book = Casebook()
    asked = Asked(MeasureKind.RESTRICT_POSTING, start=START + 60, until=START + 90)
    book.ask(blocking((asked,)))
    (measure,) = book.claims["measures"]  # type: ignore[misc]
    assert isinstance(measure, dict)
    assert (measure["from"], measure["until"]) == (START + 60, START + 90)


@pytest.mark.parametrize(("start", "until", "delay"), [(60, 60, 0), (None, 30, 30), (60, 50, 0)])
def test_a_measure_ends_after_it_has_begun(start: int | None, until: int, delay: int) -> None:
    """After its start, and after the time for which its decision can be taken back."""
    begins = start and START + start
    asked = (Asked(MeasureKind.RESTRICT_POSTING, start=begins, until=START + until),)
    with pytest.raises(CaseError, match="restrict_posting would end before it has begun"):
        Casebook().ask(blocking(asked, delay))


@pytest.mark.parametrize("late", [True, False])
def test_a_hold_that_began_late_has_ended_by_any_end(*, late: bool) -> None:
    """Whether its end is on the ledger, or goes on without it as the beginning did."""
    book = Casebook()
    book.asked_and_logged(blocking(hold()), MACHINE)
    begun = book.record(MeasureStated(1, 1, 1, APPLY, book.case.decisions[0].entry, late=True))
    assert not book.case.has_ended(book.case.carryings[0])
    ended = book.record(MeasureStated(1, 1, 1, LIFT, None, late=late))
    assert book.case.has_ended(book.case.carryings[0]) is late
    book.log(begun)
    book.log(ended)
    assert book.case.has_ended(book.case.carryings[0])
    assert not book.case.has_ended(book.case.carryings[1])


def test_what_a_person_has_reviewed_is_not_held_any_more() -> None:
    """A hold that has not begun when the review is on the ledger never does, though the block still waits."""
    book = Casebook()
    book.asked_and_logged(blocking(hold()), MACHINE)
    book.asked_and_logged(blocking((Asked(MeasureKind.BLOCK_CONTENT),)), ALICE)
    assert book.owed() == []


ALL = (Asked(MeasureKind.BLOCK_CONTENT),)
"""What a second person must confirm."""


def lifts(book: Casebook) -> list[MeasureStated]:
    """Return the ends that are owed."""
    return [one for one in book.owed() if one.direction is LIFT]


def test_a_hold_waits_for_nothing_that_has_lapsed() -> None:
    """Nobody has confirmed what would have hidden it, and somebody has dismissed the case: it is shown."""
    book = held()
    first = book.asked_and_logged(blocking(ALL))
    assert lifts(book) == [], "it is hidden until somebody has confirmed that all is"
    entry = book.ask(blocking(()), BOB)
    assert lifts(book) == [], "that may be taken back still"
    book.log(entry)
    book.ask(blocking((), delay=60), BOB)
    assert lifts(book) == [MeasureStated(1, 1, 1, LIFT, first)]


def test_a_hold_waits_for_a_later_decision_that_hides_the_same() -> None:
    """Also where the one before has lapsed: nobody sees it in between."""
    book = held()
    book.asked_and_logged(blocking(ALL))
    book.asked_and_logged(blocking((Asked(MeasureKind.BLOCK_CONTENT, ("m1",)),)), BOB)
    assert lifts(book) == []
    book.carried_out()
    assert lifts(book) != []


def test_a_hold_waits_for_nothing_that_the_ledger_has_refused() -> None:
    """Once a person has decided after that: until then it is not known whether it is to be hidden."""
    book = held()
    book.asked_and_logged(blocking((Asked(MeasureKind.BLOCK_CONTENT, ("m1",)),)))
    (stated,) = book.owed()
    book.record(Refused(book.record(stated), "out of order"))
    assert lifts(book) == []
    book.asked_and_logged(blocking(()), BOB)
    assert [one.decision for one in lifts(book)] == [1]


def test_a_hold_waits_for_nothing_that_an_appeal_has_undone() -> None:
    """What was varied before it has begun never begins."""
    book = held()
    book.asked_and_logged(blocking(ALL))
    book.asked_and_logged(Appeal(2, digest("appeal")), PLATFORM)
    book.asked_and_logged(Rule(2, Result.VARIED, digest("answer")), CAROL)
    assert [one.decision for one in lifts(book)] == [1]


def test_a_machine_takes_nothing_back() -> None:
    """While the ledger is down a hold goes on without its receipt: there must be a decision for it."""
    book = Casebook()
    book.ask(blocking(hold(), delay=30), MACHINE)
    with pytest.raises(CaseError, match="a machine holds content, and nothing else: this is for a person"):
        book.ask(TakeBack(1), MACHINE)
