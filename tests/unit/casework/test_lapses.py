"""What nobody has confirmed lapses once a person has decided later: nobody can, and it holds nothing."""

from __future__ import annotations

from typing import Final

import pytest
from casebook import (
    ACCOUNT,
    ALICE,
    BLOCK,
    BLOCK_BY_TWO,
    BOB,
    CAROL,
    CLOSE,
    MACHINE,
    PLATFORM,
    TABLE,
    Casebook,
    blocking,
    found,
)
from msgspec.structs import replace
from worlds import START, digest

from tipstaff.casework.awaited import waits
from tipstaff.casework.case import Stage
from tipstaff.casework.commands import Appeal, Asked, Confirm, Rule, TakeBack
from tipstaff.casework.erasure import DAY, kept_until, needed
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Result
from tipstaff.casework.lapses import objected_until, stage_shown, stands
from tipstaff.casework.rounds import next_look
from tipstaff.casework.strikes import strikes
from tipstaff.casework.words import MeasureKind
from tipstaff.policy.model import Measure, Rung

LADDER: Final = (Rung(1, Measure.WARN, 0, 90),)
LATER: Final = START + 30 * DAY
WHY: Final = "decision 1 has lapsed: nobody had confirmed it when bob took decision 2. Decide anew"


def waiting() -> Casebook:
    """Return a case in which Alice has decided to close the account, and nobody has confirmed that."""
    book = Casebook()
    book.asked_and_logged(blocking(CLOSE))
    assert waits(book.case, TABLE, book.now)
    assert "was not carried out yet" in (needed(book.case, book.now, TABLE) or "")
    return book


def is_held(book: Casebook) -> bool:
    """Say whether the texts of a case are needed still."""
    return needed(book.case, book.now, TABLE) is not None or kept_until(book.case, 1, TABLE) is None


@pytest.mark.parametrize("measures", [(), (Asked(MeasureKind.WARN),)])
def test_what_nobody_has_confirmed_lapses_when_a_person_decides(measures: tuple[Asked, ...]) -> None:
    """Be that a dismissal or something milder: nobody confirms it, waits for that, or keeps texts for it."""
    book = waiting()
    book.asked_and_logged(blocking(measures), BOB)
    book.carried_out()
    assert not waits(book.case, TABLE, book.now)
    assert not is_held(book)
    with pytest.raises(CaseError, match=WHY):
        book.ask(Confirm(1), CAROL)
    assert book.owed() == []


def test_the_texts_have_their_time_after_the_end_of_another_measure() -> None:
    """One that was to end later than what stands keeps them no longer."""
    book = Casebook()
    book.asked_and_logged(blocking((replace(CLOSE[0], until=LATER + 1_000 * DAY),)))
    book.asked_and_logged(blocking(()), BOB)
    assert kept_until(book.case, 1, TABLE) == START + DAY


def test_nobody_appeals_against_what_has_lapsed() -> None:
    """Nothing of it was done; once all can see that it has lapsed, for the ledger has the later decision."""
    book = waiting()
    assert objected_until(book.case, book.case.decisions[0], TABLE) == START + 180 * DAY
    later = book.ask(blocking((), delay=60), BOB)
    assert objected_until(book.case, book.case.decisions[0], TABLE) == START + 180 * DAY
    book.log(later)
    assert objected_until(book.case, book.case.decisions[0], TABLE) is None
    with pytest.raises(CaseError, match="decision 1 has lapsed, for nobody had confirmed it"):
        book.ask(Appeal(1, digest("an appeal")), PLATFORM)


def test_what_may_be_taken_back_erases_nothing() -> None:
    """Nor is it told outside: an appeal is taken meanwhile, and the texts are kept as if it had not been."""
    book = waiting()
    book.ask(blocking((), delay=60), BOB)
    assert kept_until(book.case, 0, TABLE) is None
    book.ask(TakeBack(2), BOB)
    assert book.ask(Confirm(1), CAROL)
    other = waiting()
    other.ask(blocking((), delay=60), BOB)
    other.ask(Appeal(1, digest("an appeal")), PLATFORM)
    refused = waiting()
    refused.refuse(refused.ask(blocking(()), BOB))
    assert waits(refused.case, TABLE, refused.now)


def test_what_nobody_has_confirmed_in_its_time_is_nothing_any_more() -> None:
    """It is no strike, the case is closed, and nobody objects to it; what else was decided stands."""
    book = Casebook()
    book.asked_and_logged(blocking((replace(CLOSE[0], until=LATER),)))
    (decision,) = book.case.decisions
    assert strikes(book.case, LADDER, LATER - 1, TABLE)
    assert objected_until(book.case, decision, TABLE) == LATER
    assert not strikes(book.case, LADDER, LATER, TABLE)
    assert (stage_shown(book.case, TABLE, LATER - 1), stage_shown(book.case, TABLE, LATER)) == (
        Stage.DECIDED, Stage.CLOSED,
    )  # fmt: skip
    book.now = LATER
    with pytest.raises(
        CaseError, match="the time of what decision 1 orders is over, and nobody had confirmed"
    ):
        book.ask(Appeal(1, digest("an appeal")), PLATFORM)
    mixed = Casebook()
    mixed.asked_and_logged(blocking((*BLOCK, replace(CLOSE[0], until=LATER))))
    assert stands(mixed.case, mixed.case.decisions[0], TABLE, LATER)
    assert objected_until(mixed.case, mixed.case.decisions[0], TABLE) == START + 180 * DAY


def test_who_confirms_too_late_is_told_what_was() -> None:
    """That somebody has confirmed it in time; or that nobody has, where nothing is left that could begin."""
    book = Casebook()
    book.asked_and_logged(blocking((replace(CLOSE[0], until=LATER),)))
    book.log(book.ask(Confirm(1), BOB))
    book.now = LATER
    with pytest.raises(CaseError, match="bob has confirmed decision 1 already"):
        book.ask(Confirm(1), CAROL)
    assert objected_until(book.case, book.case.decisions[0], TABLE) == START + 180 * DAY
    left = Casebook()
    left.asked_and_logged(
        blocking((replace(CLOSE[0], until=LATER), Asked(MeasureKind.BLOCK_CONTENT, until=LATER + DAY)))
    )
    left.now = LATER
    assert next_look(left.case, LATER, TABLE, 0, 0) == LATER + DAY
    assert left.ask(Confirm(1), CAROL)


def test_what_needs_nobody_else_is_appealed_against_though_the_rest_has_lapsed() -> None:
    """A decision stands for as long as anything of it does."""
    book = Casebook()
    book.asked_and_logged(blocking(BLOCK_BY_TWO))
    book.asked_and_logged(blocking(()), BOB)
    assert objected_until(book.case, book.case.decisions[0], TABLE) == START + 180 * DAY
    book.ask(Appeal(1, digest("an appeal")), PLATFORM)


def test_nothing_waits_longer_than_it_would_last() -> None:
    """What was to end by itself waits for nobody after that; it is looked at then, and listed no longer."""
    book = Casebook()
    book.asked_and_logged(blocking((replace(CLOSE[0], until=LATER),)))
    assert waits(book.case, TABLE, LATER - 1)
    assert next_look(book.case, book.now, TABLE, 0, 0) == LATER
    assert not waits(book.case, TABLE, LATER)
    book.now = LATER
    with pytest.raises(CaseError, match="the time of what decision 1 orders is over"):
        book.ask(Confirm(1), CAROL)
    assert next_look(book.case, book.now, TABLE, 1, 0) == LATER + DAY, "then its texts have had their time"


def test_what_needs_nobody_else_does_not_lapse() -> None:
    """Of the same decision: it begins when its time has come."""
    book = Casebook()
    book.asked_and_logged(blocking((replace(BLOCK[0], start=START + 60), *CLOSE)))
    book.asked_and_logged(blocking(()), BOB)
    assert not waits(book.case, TABLE, book.now)
    assert is_held(book)
    book.now += 60
    assert {one.measure for one in book.owed()} == {1}
    book.carried_out()
    assert not is_held(book)


def test_what_was_confirmed_before_stands() -> None:
    """It is carried out, whatever is decided after it."""
    book = waiting()
    confirmation = book.ask(Confirm(1), CAROL)
    book.asked_and_logged(blocking(()), BOB)
    assert is_held(book)
    book.log(confirmation)
    assert [one.decision for one in book.owed()] == [1]


def test_what_was_taken_back_or_refused_was_never_decided() -> None:
    """The decision before it waits as it did."""
    book = waiting()
    book.ask(blocking((), delay=60), BOB)
    assert not waits(book.case, TABLE, book.now)
    book.ask(TakeBack(2), BOB)
    assert waits(book.case, TABLE, book.now)
    book.refuse(book.ask(blocking(()), BOB))
    assert waits(book.case, TABLE, book.now)
    assert book.ask(Confirm(1), CAROL)


def test_machines_and_what_comes_in_decide_nothing() -> None:
    """What is held or found leaves the decision to who confirms it."""
    book = waiting()
    book.record(found("m1", "another"), MACHINE)
    held = Asked(MeasureKind.HOLD_CONTENT, ("m1",), until=book.now + 60)
    book.asked_and_logged(blocking((held,)), MACHINE)
    assert waits(book.case, TABLE, book.now)
    assert book.ask(Confirm(1), CAROL)


def test_a_confirmation_that_the_ledger_refused_is_not_given_after_another_decision() -> None:
    """Somebody has decided meanwhile, and would not know."""
    book = waiting()
    confirmation = book.ask(Confirm(1), CAROL)
    book.asked_and_logged(blocking(()), BOB)
    book.refuse(confirmation)
    with pytest.raises(CaseError, match=WHY):
        book.ask(Confirm(1), CAROL)


def test_of_what_was_undone_the_result_tells() -> None:
    """It has not lapsed, but was reversed: whoever would confirm it is told that."""
    book = waiting()
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    book.asked_and_logged(Rule(1, Result.REVERSED, digest("answer")), CAROL)
    book.asked_and_logged(blocking(()), BOB)
    with pytest.raises(CaseError, match="decision 1 was reversed after an appeal"):
        book.ask(Confirm(1), CAROL)


def test_what_has_lapsed_is_no_strike() -> None:
    """Nobody has agreed to it, and nothing of it was done; with something that stands it is one."""
    book = waiting()
    book.asked_and_logged(blocking(()), BOB)
    assert strikes(book.case, LADDER, book.now, TABLE) == []
    book = Casebook(ACCOUNT)
    book.asked_and_logged(blocking((*BLOCK, *CLOSE)))
    book.asked_and_logged(blocking(()), BOB)
    assert [one.decision for one in strikes(book.case, LADDER, book.now, TABLE)] == [1]


@pytest.mark.parametrize("first", [1, 2])
def test_two_decisions_may_wait_at_once(first: int) -> None:
    """The one that waits has decided nothing; once the later one is confirmed, the earlier lapses."""
    book = waiting()
    book.asked_and_logged(blocking(CLOSE), ALICE)
    book.asked_and_logged(Confirm(first), CAROL)
    assert waits(book.case, TABLE, book.now) is (first == 1)
    if first == 1:
        book.asked_and_logged(Confirm(2), CAROL)
        assert [one.decision for one in book.owed()] == [1, 2]
        return
    with pytest.raises(CaseError, match="decision 1 has lapsed: nobody had confirmed it when alice took"):
        book.ask(Confirm(1), BOB)
    assert [one.decision for one in book.owed()] == [2]


@pytest.mark.parametrize(
    ("measures", "shown"),
    [((), Stage.CLOSED), ((Asked(MeasureKind.WARN),), Stage.DECIDED), (CLOSE, Stage.DECIDED)],
)
def test_a_case_is_not_decided_by_what_has_lapsed(measures: tuple[Asked, ...], shown: Stage) -> None:
    """It is shown as closed where nothing else was ordered; what waits stands still."""
    book = waiting()
    assert stage_shown(book.case, TABLE, book.now) is Stage.DECIDED
    book.asked_and_logged(blocking(measures), BOB)
    assert stage_shown(book.case, TABLE, book.now) is shown
    book.record(found("m1", "more"), MACHINE)
    assert stage_shown(book.case, TABLE, book.now) is Stage.OPEN


def test_what_began_alone_stands_though_the_rest_has_lapsed() -> None:
    """Posts are blocked, and that the whole account was not is no matter."""
    book = Casebook()
    book.asked_and_logged(blocking(BLOCK_BY_TWO))
    book.asked_and_logged(blocking(()), BOB)
    assert stage_shown(book.case, TABLE, book.now) is Stage.DECIDED
