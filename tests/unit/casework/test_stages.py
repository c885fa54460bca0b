"""What a case waits for follows from what is left of it: nothing that comes in is closed unseen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from casebook import (
    ALICE,
    BLOCK,
    BLOCK_BY_TWO,
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
    ordered,
)
from msgspec.structs import replace
from worlds import START, digest

from tipstaff.casework.awaited import waits
from tipstaff.casework.case import Stage
from tipstaff.casework.commands import (
    Appeal,
    Asked,
    Complain,
    Confirm,
    ConfirmResult,
    Escalate,
    Hear,
    Propose,
    Rule,
    TakeBack,
)
from tipstaff.casework.erasure import needed
from tipstaff.casework.events import OrderChanged, Reason, Result, Suspected
from tipstaff.casework.orders.events import Change
from tipstaff.casework.outline import Standing, outline
from tipstaff.casework.stages import to_decide
from tipstaff.casework.words import MeasureKind

WARN: Final = (Asked(MeasureKind.WARN),)
TEXT: Final = digest("text")


def appealed(*, second: bool = False) -> Casebook:
    """Return a case with an appeal against a decision that is carried out."""
    book = Casebook()
    book.second_person = (MeasureKind.BLOCK_CONTENT,) if second else ()
    book.asked_and_logged(blocking())
    book.carried_out()
    book.asked_and_logged(Appeal(1, TEXT), PLATFORM)
    return book


COMES_IN: Final[dict[str, Callable[[Casebook], object]]] = {
    "finding": lambda book: book.record(found("m2", "pyramid"), MACHINE),
    "complaint": lambda book: book.ask(Complain(Reason.FRAUD, "m1", TEXT), READER),
    "order": lambda book: book.record(ordered()),
    "amendment": lambda book: book.record(OrderChanged(9, TEXT, Change.WITHDRAWN, "CN", START, ())),
    "suspicion": lambda book: book.record(Suspected(3, ())),
    "proposal that was heard": lambda book: (
        book.ask(Propose("house-1", (MeasureKind.WARN,), book.now + 60, TEXT)),
        book.ask(Hear(TEXT), PLATFORM),
    ),
    "escalation": lambda book: book.ask(Escalate(TEXT)),
    "what was taken back": lambda book: (book.ask(blocking(WARN, 60)), book.ask(TakeBack(2))),
    "what was refused": lambda book: book.refuse(book.ask(blocking(WARN))),
}


@pytest.mark.parametrize("what", [*COMES_IN])
def test_what_comes_in_opens_a_case_that_was_decided(what: str) -> None:
    """Until a person decides, were it that nothing is to be done; then the first decision stands."""
    book = Casebook()
    book.asked_and_logged(blocking())
    assert (book.case.stage, to_decide(book.case)) == (Stage.DECIDED, False)
    COMES_IN[what](book)
    assert (book.case.stage, to_decide(book.case)) == (Stage.OPEN, True)
    book.ask(blocking(()))
    assert (book.case.stage, to_decide(book.case)) == (Stage.DECIDED, False)
    assert outline(book.case).standing is Standing.DISMISSED


@pytest.mark.parametrize("second", [False, True])
@pytest.mark.parametrize("result", [Result.UPHELD, Result.REVERSED])
@pytest.mark.parametrize("what", [what for what in COMES_IN if what != "escalation"])
def test_what_comes_in_while_an_appeal_waits_is_open_after_it(
    what: str, result: Result, *, second: bool
) -> None:
    """Before it was judged or while that waits for a second person; no texts of it are erased meanwhile."""
    book = appealed(second=second)
    if not second:
        COMES_IN[what](book)
    book.asked_and_logged(Rule(1, result, TEXT), CAROL)
    if second and result is Result.REVERSED:
        COMES_IN[what](book)
        assert (book.case.stage, to_decide(book.case)) == (Stage.APPEALED, True)
        book.asked_and_logged(ConfirmResult(1), BOB)
    elif second:
        COMES_IN[what](book)
    assert book.case.stage is Stage.OPEN
    assert needed(book.case, book.now, TABLE) is not None
    book.ask(blocking(()))
    assert book.case.stage is (Stage.DECIDED if result is Result.UPHELD else Stage.CLOSED)


def test_a_hearing_goes_on_after_an_appeal() -> None:
    """What was proposed meanwhile is to be answered, and decided on."""
    book = appealed()
    book.ask(Propose("house-1", (MeasureKind.WARN,), book.now + 60, TEXT))
    assert book.case.stage is Stage.APPEALED
    book.ask(Rule(1, Result.REVERSED, TEXT), CAROL)
    assert book.case.stage is Stage.HEARING
    assert needed(book.case, book.now, TABLE) == "case 1 has a proposal that was not decided on yet"


@pytest.mark.parametrize(
    ("measures", "stage", "standing"),
    [(WARN, Stage.DECIDED, Standing.DECIDED), ((), Stage.CLOSED, Standing.DISMISSED)],
)
def test_another_decision_stands_when_the_first_was_reversed(
    measures: tuple[Asked, ...], stage: Stage, standing: Standing
) -> None:
    """If it orders something; where nothing is left, the case is closed."""
    book = appealed(second=True)
    book.asked_and_logged(Rule(1, Result.REVERSED, TEXT), CAROL)
    book.ask(blocking(measures))
    assert book.case.stage is Stage.APPEALED
    book.ask(ConfirmResult(1), BOB)
    assert (book.case.stage, outline(book.case).standing) == (stage, standing)


def test_what_stands_besides_keeps_a_case_from_being_closed() -> None:
    """A later decision is reversed, and an earlier one stands."""
    book = Casebook()
    book.asked_and_logged(blocking())
    book.asked_and_logged(blocking(WARN))
    book.asked_and_logged(Appeal(2, TEXT), PLATFORM)
    book.ask(Rule(2, Result.REVERSED, TEXT), CAROL)
    assert (book.case.stage, outline(book.case).standing) == (Stage.DECIDED, Standing.REVERSED)


def test_what_a_machine_holds_is_no_decision_that_stands() -> None:
    """It was dismissed: nothing is left."""
    book = Casebook()
    held = (Asked(MeasureKind.HOLD_CONTENT, ("m1",), until=book.now + 60),)
    book.ask(blocking(held), MACHINE)
    assert book.case.stage is Stage.OPEN
    book.ask(blocking(()))
    assert book.case.stage is Stage.CLOSED
    book.ask(blocking(held), MACHINE)
    assert outline(book.case).standing is Standing.DISMISSED


def test_a_varied_decision_is_to_be_replaced() -> None:
    """By a decision in its place, that the ledger has not refused; another one is not enough."""
    book = appealed()
    book.asked_and_logged(Rule(1, Result.VARIED, TEXT), CAROL)
    assert book.case.stage is Stage.OPEN
    book.asked_and_logged(blocking(WARN))
    assert book.case.stage is Stage.OPEN
    instead = replace(blocking(WARN), instead_of=1)
    book.refuse(book.ask(instead))
    book.asked_and_logged(blocking(WARN))
    assert book.case.stage is Stage.OPEN
    book.ask(instead)
    assert book.case.stage is Stage.DECIDED


def test_a_case_stands_refused_until_it_is_decided_anew() -> None:
    """What the ledger has refused stays known; how the case stands follows what was said since."""
    book = Casebook()
    book.refuse(book.ask(blocking()))
    assert (book.case.stage, outline(book.case).standing) == (Stage.OPEN, Standing.REFUSED)
    book.asked_and_logged(blocking())
    assert (book.case.stage, outline(book.case).standing) == (Stage.DECIDED, Standing.DECIDED)
    assert len(book.case.refused) == 1
    book.carried_out()
    assert outline(book.case).standing is Standing.CARRIED_OUT


def test_what_was_refused_is_said_again() -> None:
    """A confirmation, an appeal, its result, the confirmation of that: each of one decision."""
    book = Casebook()
    book.second_person = (MeasureKind.CLOSE_ACCOUNT,)
    book.asked_and_logged(blocking(BLOCK_BY_TWO))
    book.asked_and_logged(blocking(CLOSE))
    steps = (
        (Confirm(2), BOB, Stage.OPEN, Stage.DECIDED),
        (Appeal(2, TEXT), PLATFORM, Stage.OPEN, Stage.APPEALED),
        (Rule(2, Result.REVERSED, TEXT), CAROL, Stage.APPEALED, Stage.APPEALED),
        (ConfirmResult(2), replace(BOB, name="dora"), Stage.APPEALED, Stage.DECIDED),
    )
    for command, actor, refused, taken in steps:
        book.refuse(book.ask(command, actor))
        assert (book.case.stage, outline(book.case).standing) == (refused, Standing.REFUSED)
        if isinstance(command, Confirm):
            book.ask(Confirm(1), BOB)
            assert book.case.refusals, "of another decision"
        book.asked_and_logged(command, actor)
        assert (book.case.stage, book.case.refusals) == (taken, ())
    assert len(book.case.refused) == len(steps)


def test_a_refusal_is_not_said_again_by_something_else() -> None:
    """A measure that was refused is never stated again: a person decides anew."""
    book = Casebook()
    book.asked_and_logged(blocking((*WARN, Asked(MeasureKind.BLOCK_CONTENT))))
    (entry,) = book.stated()
    book.refuse(entry)
    book.ask(Confirm(1), BOB)
    book.asked_and_logged(Appeal(1, TEXT), PLATFORM)
    book.ask(Rule(1, Result.REVERSED, TEXT), CAROL)
    assert (book.case.stage, outline(book.case).standing) == (Stage.OPEN, Standing.REFUSED)
    book.ask(blocking(()))
    assert (book.case.stage, outline(book.case).standing) == (Stage.CLOSED, Standing.DISMISSED)


def test_an_escalation_ends_when_nothing_is_left_to_do() -> None:
    """With a decision, be it that nothing is to be done; of a case that was decided it opens that again."""
    for measures in (BLOCK, ()):
        book = Casebook()
        book.ask(Escalate(TEXT))
        assert book.case.escalated
        book.ask(blocking(measures))
        assert not book.case.escalated
        book.ask(Escalate(TEXT))
        assert (book.case.escalated, book.case.stage) == (True, Stage.OPEN)
        book.ask(blocking(()))
        assert not book.case.escalated


@pytest.mark.parametrize("result", Result)
def test_an_appeal_that_was_escalated_comes_first_until_it_is_settled(result: Result) -> None:
    """Whatever is decided meanwhile; and further where a new decision is due."""
    book = appealed(second=True)
    book.ask(Escalate(TEXT), ALICE)
    book.ask(blocking(WARN))
    assert book.case.escalated
    book.asked_and_logged(Rule(1, result, TEXT), CAROL)
    if result is not Result.UPHELD:
        assert (book.case.escalated, waits(book.case, TABLE, book.now)) == (True, True)
        book.ask(ConfirmResult(1), BOB)
    assert book.case.escalated == (result is Result.VARIED)
    assert (book.case.stage is Stage.OPEN) == (result is Result.VARIED)
