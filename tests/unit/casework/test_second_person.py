"""Reversals that need a second person: nothing is undone, or told, before one has confirmed the result."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

import msgspec
import pytest
from casebook import (
    ALICE,
    BLOCK,
    BLOCK_BY_TWO,
    BOB,
    CAROL,
    CLERK,
    CLOSE,
    PLATFORM,
    READER,
    TABLE,
    Casebook,
    blocking,
    ordered,
)
from msgspec.structs import replace
from worlds import digest

from tipstaff.casework.awaited import waits
from tipstaff.casework.case import Stage
from tipstaff.casework.commands import Actor, Appeal, Asked, Complain, Confirm, ConfirmResult, Rule
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Confirmed, OrderChanged, Reason, Recorded, Result, Ruled
from tipstaff.casework.orders.events import Change
from tipstaff.casework.owed import attention
from tipstaff.casework.strikes import strikes
from tipstaff.casework.tells import tells
from tipstaff.casework.words import Direction, MeasureKind, Signed
from tipstaff.policy.model import Measure, Reversal, Rung

DORA, ERIN = Actor("dora", "reviewer"), Actor("erin", "reviewer")
BLOCKING: Final = (MeasureKind.BLOCK_CONTENT,)
ANSWER: Final = digest("answer")
LADDER: Final = (Rung(1, Measure.WARN, 0, 90),)
WARN: Final = (Asked(MeasureKind.WARN),)


def judged(
    result: Result = Result.REVERSED,
    measures: tuple[Asked, ...] = BLOCK,
    second: Collection[MeasureKind] = BLOCKING,
) -> Casebook:
    """Return a case in which Carol has judged the appeal against Alice's decision, on the ledger."""
    book = Casebook()
    book.second_person = second
    book.asked_and_logged(blocking(measures))
    if measures is CLOSE:
        book.asked_and_logged(Confirm(1), BOB)
    book.carried_out()
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    book.asked_and_logged(Rule(1, result, ANSWER), CAROL)
    return book


def lifts(book: Casebook) -> list[bytes | None]:
    """Return the causes of what is to be ended."""
    return [one.cause for one in book.owed() if one.direction is Direction.LIFT]


def result_entry(book: Casebook) -> bytes | None:
    """Return the entry of the result."""
    appeal = book.case.decisions[0].appeal
    return appeal.result_entry if appeal else None


def test_nothing_is_undone_before_a_second_person_has_confirmed_that() -> None:
    """On the ledger: a confirmation that is signed is not enough. Then it ends, by the result."""
    book = judged()
    assert (book.owed(), list(tells(book.case))) == ([], [])
    assert attention(book.case, book.now, TABLE) is None
    entry = book.ask(ConfirmResult(1), DORA)
    assert book.claims == {"statement": result_entry(book)}
    assert (book.owed(), list(tells(book.case))) == ([], [])
    book.log(entry)
    assert lifts(book) == [result_entry(book)] * 2
    assert [tell.audience for tell in tells(book.case)] == ["account"]
    assert attention(book.case, book.now, TABLE) == 0


@pytest.mark.parametrize(
    ("result", "measures", "second"),
    [
        (Result.REVERSED, BLOCK, ()),
        (Result.REVERSED, BLOCK, (MeasureKind.CLOSE_ACCOUNT,)),
        (Result.REVERSED, WARN, BLOCKING),
    ],
)
def test_where_the_policy_says_nothing_of_it_one_person_is_enough(
    result: Result, measures: tuple[Asked, ...], second: Collection[MeasureKind]
) -> None:
    """Nothing of what was ordered is among the measures that it names."""
    book = judged(result, measures, second)
    assert set(lifts(book)) == {result_entry(book)}
    with pytest.raises(CaseError, match="the result of the appeal against decision 1 needs no second person"):
        book.ask(ConfirmResult(1), DORA)


def test_what_is_upheld_needs_no_second_person() -> None:
    """It undoes nothing, and is told at once."""
    book = judged(Result.UPHELD)
    assert book.case.stage is Stage.DECIDED
    assert [tell.audience for tell in tells(book.case)] == ["account"]


def test_a_measure_among_others_is_enough() -> None:
    """Where one of them needs a second person all of the decision does: there is one result."""
    book = judged(measures=(*BLOCK, *WARN))
    assert lifts(book) == []
    book.asked_and_logged(ConfirmResult(1), DORA)
    assert len(lifts(book)) == 3


def test_a_varied_decision_is_replaced_once_that_was_confirmed() -> None:
    """Nobody decides in its place before, and it stands until that decision is on the ledger."""
    book = judged(Result.VARIED)
    instead = replace(blocking(WARN), instead_of=1)
    message = "decision 1 was varied, but another person confirms that first"
    with pytest.raises(CaseError, match=message):
        book.ask(instead, DORA)
    book.asked_and_logged(ConfirmResult(1), DORA)
    assert book.case.stage is Stage.OPEN
    assert lifts(book) == []
    entry = book.ask(instead, DORA)
    assert lifts(book) == []
    book.log(entry)
    assert lifts(book) == [result_entry(book)] * 2


def test_nothing_begins_after_a_result_that_waits_to_be_confirmed() -> None:
    """The ledger would refuse it."""
    book = Casebook()
    book.second_person = BLOCKING
    book.asked_and_logged(blocking((replace(BLOCK[0], start=book.now + 60),)))
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    book.asked_and_logged(Rule(1, Result.REVERSED, ANSWER), CAROL)
    book.now += 60
    assert book.owed() == []


REFUSALS: Final = [
    (ALICE, "alice signed or confirmed decision 1: another person must"),
    (BOB, "bob signed or confirmed decision 1: another person must"),
    (CAROL, "carol judged the appeal against decision 1, or confirmed the result: another person must"),
    (DORA, "dora judged the appeal against decision 1, or confirmed the result: another person must"),
    (ERIN, "dora has confirmed the result of the appeal against decision 1 already"),
    (CLERK, "a clerk may not sign a result"),
    (PLATFORM, "a platform may not sign a confirmation"),
]


@pytest.mark.parametrize(("actor", "message"), REFUSALS)
def test_who_had_a_part_in_it_does_not_confirm(actor: Actor, message: str) -> None:
    """Neither in the decision nor in the result; and nobody may who judges no appeals."""
    book = judged(measures=CLOSE, second=(MeasureKind.CLOSE_ACCOUNT,))
    book.ask(ConfirmResult(1), DORA)
    with pytest.raises(CaseError, match=re.escape(message)):
        book.ask(ConfirmResult(1), actor)


def test_who_has_complained_does_not_confirm() -> None:
    """As they decide nothing in that case."""
    book = judged()
    book.ask(Complain(Reason.FRAUD, "m1", digest("complaint")), DORA)
    with pytest.raises(CaseError, match="dora has complained in case 1"):
        book.ask(ConfirmResult(1), DORA)


def test_nobody_confirms_a_decision_whose_reversal_waits() -> None:
    """Nothing would come of it, but that there is one person less who may confirm the result."""
    book = judged(measures=BLOCK_BY_TWO)
    with pytest.raises(CaseError, match="decision 1 was reversed after an appeal: nothing of it begins"):
        book.ask(Confirm(1), DORA)
    book.asked_and_logged(ConfirmResult(1), DORA)
    again = judged(measures=BLOCK_BY_TWO)
    assert result_entry(again)
    again.refuse(result_entry(again) or b"")
    again.ask(Confirm(1), DORA)
    assert again.case.decisions[0].persons == {"alice", "dora"}


@pytest.mark.parametrize("confirmed", [False, True])
def test_what_nobody_has_confirmed_one_person_undoes(*, confirmed: bool) -> None:
    """Nothing of it was done, nor will be: there is nothing that a second person must undo."""
    book = Casebook()
    book.second_person = (MeasureKind.CLOSE_ACCOUNT,)
    book.asked_and_logged(blocking(CLOSE))
    if confirmed:
        book.ask(Confirm(1), BOB)
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    book.asked_and_logged(Rule(1, Result.REVERSED, ANSWER), CAROL)
    assert waits(book.case, TABLE, book.now) == confirmed
    assert bool(list(tells(book.case))) != confirmed


def test_what_needs_no_confirmation_is_undone_by_two_though_other_measures_wait() -> None:
    """The policy names it, and it is carried out."""
    book = judged(measures=(*BLOCK, *CLOSE))
    assert waits(book.case, TABLE, book.now)
    assert lifts(book) == []


@pytest.mark.parametrize("confirmed", [False, True])
def test_what_two_have_done_on_an_order_alone_two_undo(*, confirmed: bool) -> None:
    """There is no policy to say so; what one person did alone, one undoes."""
    measures = CLOSE if confirmed else BLOCK
    book = Casebook()
    book.record(ordered())
    asked = tuple(replace(one, territory="CN") for one in measures)
    book.asked_and_logged(replace(blocking(asked), policy=None, policy_digest=None, order=9))
    if confirmed:
        book.asked_and_logged(Confirm(1), BOB)
    book.carried_out()
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    book.asked_and_logged(Rule(1, Result.REVERSED, ANSWER), CAROL)
    assert waits(book.case, TABLE, book.now) == confirmed
    assert bool(lifts(book)) != confirmed
    if confirmed:
        book.asked_and_logged(ConfirmResult(1), DORA)
        assert lifts(book) == [result_entry(book)]


def test_an_order_beside_a_policy_leaves_the_policy_to_say_who_undoes() -> None:
    """As that policy has it: a closing may be undone by one."""
    book = Casebook()
    book.record(ordered())
    asked = tuple(replace(one, territory="CN") for one in CLOSE)
    book.asked_and_logged(replace(blocking(asked), order=9))
    book.asked_and_logged(Confirm(1), BOB)
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    book.asked_and_logged(Rule(1, Result.REVERSED, ANSWER), CAROL)
    assert not waits(book.case, TABLE, book.now)


def test_who_has_judged_the_first_appeal_does_not_confirm_what_comes_of_the_next() -> None:
    """As they do not judge it; whoever had no part in it does."""
    book = judged(Result.VARIED)
    book.asked_and_logged(ConfirmResult(1), BOB)
    book.asked_and_logged(replace(blocking(), instead_of=1), DORA)
    book.asked_and_logged(Appeal(2, digest("appeal")), PLATFORM)
    book.asked_and_logged(Rule(2, Result.REVERSED, ANSWER), ERIN)
    with pytest.raises(CaseError, match="carol has judged the appeal that decision 2 comes of: another must"):
        book.ask(ConfirmResult(2), CAROL)
    book.ask(ConfirmResult(2), BOB)


@pytest.mark.parametrize("appealed", [False, True])
def test_what_was_not_judged_is_not_confirmed(*, appealed: bool) -> None:
    """There is no appeal, or no result."""
    book = Casebook()
    book.asked_and_logged(blocking())
    if appealed:
        book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    with pytest.raises(CaseError, match="there is no result of an appeal against decision 1 to confirm"):
        book.ask(ConfirmResult(1), DORA)


def test_a_confirmation_that_the_ledger_refused_is_none() -> None:
    """Somebody has to look at the case, and may confirm again; so it is with a result."""
    book = judged()
    book.refuse(book.ask(ConfirmResult(1), DORA))
    assert (book.case.stage, bool(book.case.refusals)) == (Stage.APPEALED, True)
    assert waits(book.case, TABLE, book.now)
    assert book.owed() == []
    book.asked_and_logged(ConfirmResult(1), DORA)
    assert len(lifts(book)) == 2
    again = Casebook()
    again.second_person = BLOCKING
    again.asked_and_logged(blocking())
    again.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    again.refuse(again.ask(Rule(1, Result.REVERSED, ANSWER), CAROL))
    assert not waits(again.case, TABLE, again.now)


def test_a_case_waits_for_the_second_person() -> None:
    """As for the result itself, whatever comes in meanwhile, which is open then; the second settles it."""
    book = judged()
    assert (book.case.stage, waits(book.case, TABLE, book.now)) == (Stage.APPEALED, True)
    book.ask(Complain(Reason.FRAUD, "m1", digest("complaint")), READER)
    assert book.case.stage is Stage.APPEALED
    book.now += 60
    book.ask(ConfirmResult(1), DORA)
    assert (book.case.stage, waits(book.case, TABLE, book.now)) == (Stage.OPEN, False)
    assert book.case.settled_at == book.now


def test_a_strike_lives_until_the_second_person_has_signed() -> None:
    """A result that undoes nothing yet does not undo the strike."""
    book = judged()
    assert len(strikes(book.case, LADDER, book.now, TABLE)) == 1
    book.ask(ConfirmResult(1), DORA)
    assert strikes(book.case, LADDER, book.now, TABLE) == []


def test_events_of_before_mean_what_they_meant() -> None:
    """A confirmation was one of a decision, and a result counted as soon as it was on the ledger."""
    kept = {
        '{"event": "confirmed", "decision": 2}': Confirmed(2, Signed.DECISION),
        '{"event": "ruled", "decision": 2, "result": "reversed", "answer": ""}': Ruled(
            2, Result.REVERSED, b"", second_person=False
        ),
    }
    for event, meant in kept.items():
        recorded = f'{{"at": 1, "actor": "bob", "event": {event}}}'
        assert msgspec.json.decode(recorded, type=Recorded).event == meant


def test_a_policy_names_measures_by_the_words_of_casework() -> None:
    """All but a hold, which ends by itself."""
    assert {one.value for one in Reversal} == {*MeasureKind} - {MeasureKind.HOLD_CONTENT}


def test_a_decision_waits_for_a_second_person_only_while_something_would_come_of_it() -> None:
    """Not once it was confirmed, refused, reversed or varied, nor when the order that bears it has ended."""
    book = Casebook()
    assert not waits(book.case, TABLE, book.now)
    entry = book.asked_and_logged(blocking(CLOSE))
    assert waits(book.case, TABLE, book.now)
    book.ask(Confirm(1), BOB)
    assert not waits(book.case, TABLE, book.now)
    for result in (Result.REVERSED, Result.VARIED):
        other = Casebook()
        other.asked_and_logged(blocking(CLOSE))
        other.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
        result_of = other.ask(Rule(1, result, ANSWER), CAROL)
        assert not waits(other.case, TABLE, other.now)
        other.log(result_of)
        assert not waits(other.case, TABLE, other.now)
    under = Casebook()
    under.record(ordered())
    under.asked_and_logged(replace(blocking(CLOSE), order=9))
    assert waits(under.case, TABLE, under.now)
    withdrawn = OrderChanged(9, digest("amendment"), Change.WITHDRAWN, "CN", under.now + 60, ())
    under.record(withdrawn)
    assert not waits(under.case, TABLE, under.now)
    refused = Casebook()
    refused.refuse(refused.ask(blocking(CLOSE)))
    assert not waits(refused.case, TABLE, refused.now)
    assert entry
    harmless = Casebook()
    harmless.ask(blocking())
    assert not waits(harmless.case, TABLE, harmless.now)
