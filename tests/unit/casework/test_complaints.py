"""Complaints: what is answered when, and who is not heard for a while."""

from __future__ import annotations

import re
from typing import Final

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
    Casebook,
    blocking,
)  # fmt: skip
from msgspec.structs import replace
from worlds import START, digest

from tipstaff.casework.case import Stage
from tipstaff.casework.commands import (
    Actor,
    Answer,
    Appeal,
    Asked,
    Command,
    Complain,
    Confirm,
    ConfirmResult,
    Decide,
    Propose,
    Rule,
    TakeBack,
)
from tipstaff.casework.complaints import (
    ABUSE_WINDOW,
    MUTED_FOR,
    Standing,
    Told,
    answers_due,
    check_standing,
    standing,
)
from tipstaff.casework.complaints import told as told_of
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Answered, Outcome, Reason, Result
from tipstaff.casework.owed import attention
from tipstaff.casework.words import MeasureKind

TEXT: Final = digest("a text")
UPHELD, DISMISSED, ABUSIVE = Outcome
DAY: Final = 86_400
NOTHING: Final = blocking(())
ON_M1: Final = (Asked(MeasureKind.BLOCK_CONTENT, ("m1",)),)
ON_M2: Final = (Asked(MeasureKind.BLOCK_CONTENT, ("m2",)),)
WARNED: Final = (Asked(MeasureKind.WARN),)


def complaint(post: str | None = "m1") -> Complain:
    """Return a complaint about a post, or about all of the subject."""
    return Complain(Reason.FRAUD, post, TEXT, digest("snapshot") if post else None)


def complained(post: str | None = "m1") -> Casebook:
    """Return a case in which a reader has complained."""
    book = Casebook()
    book.ask(complaint(post), READER)
    return book


def due(book: Casebook) -> list[tuple[int, Outcome, int]]:
    """Return the answers that are due: to which complaint, what, and by which decision."""
    found = answers_due(book.case)
    return [(one.complaint.said.number, one.outcome, one.decision.said.number) for one in found]


def decide(book: Casebook, measures: tuple[Asked, ...]) -> None:
    """Have Alice decide, and everything carried out."""
    book.asked_and_logged(blocking(measures))
    book.carried_out()


def test_complaints_are_numbered_and_kept() -> None:
    """By whom, when, about what, with the snapshot; and the number of the last decision before."""
    book = complained()
    book.ask(blocking())
    book.now += 5
    book.ask(complaint(None), Actor("memory/reader/sam", "reader"))
    first, second = book.case.complaints
    assert (first.by, first.at, first.said.number, first.since) == (READER.name, START, 1, 0)
    assert (first.said.post, first.said.text, first.said.snapshot) == ("m1", TEXT, digest("snapshot"))
    assert (second.by, second.at, second.said.number, second.since) == ("memory/reader/sam", START + 5, 2, 1)
    assert book.case.stage is Stage.OPEN


def test_what_was_complained_of_is_an_item() -> None:
    """Nothing was found on it, and a decision may be about it; a complaint about the subject adds none."""
    book = complained("m7")
    book.ask(complaint(None), READER)
    assert book.case.posts == ("m1", "m2", "m7")
    book.ask(blocking((Asked(MeasureKind.BLOCK_CONTENT, ("m7",)),)))


@pytest.mark.parametrize("post", ["m1", None])
def test_a_complaint_is_upheld_once_a_measure_was_taken(post: str | None) -> None:
    """Signed, logged and stated is not enough: the host must have done it."""
    book = complained(post)
    entry = book.ask(blocking(ON_M1))
    assert due(book) == []
    book.log(entry)
    assert due(book) == []
    assert attention(book.case, book.now, book.table) == 0
    book.carried_out()
    assert due(book) == [(1, UPHELD, 1)]
    assert attention(book.case, book.now, book.table) == 0


def test_a_measure_that_nobody_has_confirmed_upholds_nothing() -> None:
    """Nobody is told of what may never be."""
    book = complained()
    decide(book, CLOSE)
    assert due(book) == []
    book.asked_and_logged(Confirm(1), BOB)
    book.carried_out()
    assert due(book) == [(1, UPHELD, 1)]


def test_a_measure_on_another_post_answers_nothing() -> None:
    """Neither upheld nor dismissed: a person answers it, or decides again."""
    book = complained("m1")
    decide(book, ON_M2)
    assert due(book) == []


def test_a_later_decision_that_orders_nothing_dismisses() -> None:
    """Once it is on the ledger; one from before was about something else."""
    book = Casebook()
    book.asked_and_logged(NOTHING)
    book.ask(complaint(), READER)
    assert due(book) == []
    entry = book.ask(NOTHING)
    assert due(book) == []
    book.log(entry)
    assert due(book) == [(1, DISMISSED, 2)]


def test_what_is_hidden_already_is_upheld() -> None:
    """Who complains of a blocked post is told at once, as long as it is blocked."""
    book = Casebook()
    decide(book, ON_M1)
    book.ask(complaint("m1"), READER)
    book.ask(complaint("m2"), READER)
    book.ask(complaint(None), READER)
    assert due(book) == [(1, UPHELD, 1)], "the measure is on one post, not on all of the account"


def test_what_hides_all_of_a_subject_upholds_every_complaint() -> None:
    """A closed account shows no post."""
    book = Casebook()
    decide(book, CLOSE)
    book.asked_and_logged(Confirm(1), BOB)
    book.carried_out()
    for post in ("m1", None):
        book.ask(complaint(post), READER)
    assert due(book) == [(1, UPHELD, 1), (2, UPHELD, 1)]


@pytest.mark.parametrize(
    "kind", [MeasureKind.WARN, MeasureKind.RESTRICT_POSTING, MeasureKind.SUSPEND_UPDATES]
)
def test_an_old_measure_that_hides_nothing_upholds_nothing_new(kind: MeasureKind) -> None:
    """An account that was warned once is not beyond complaint."""
    book = Casebook()
    decide(book, (Asked(kind),))
    book.ask(complaint("m1"), READER)
    assert due(book) == []
    decide(book, (Asked(kind),))
    assert due(book) == [(1, UPHELD, 2)]


def test_an_old_measure_that_has_ended_upholds_nothing_new() -> None:
    """What is shown again can be complained of."""
    book = Casebook()
    decide(book, (replace(ON_M1[0], until=START + 60),))
    book.now += 60
    book.carried_out()
    book.ask(complaint("m1"), READER)
    assert due(book) == []


def test_a_later_measure_that_has_ended_was_taken() -> None:
    """It came of the complaint, however short it was."""
    book = complained()
    decide(book, (replace(ON_M1[0], until=START + 60),))
    book.now += 60
    book.carried_out()
    assert due(book) == [(1, UPHELD, 1)]


def test_what_an_appeal_has_undone_answers_nothing() -> None:
    """A decision that was reversed or varied; one that was upheld stands."""
    for result, expected in ((Result.REVERSED, []), (Result.VARIED, []), (Result.UPHELD, [(1, UPHELD, 1)])):
        book = complained()
        decide(book, ON_M1)
        book.asked_and_logged(Appeal(1, TEXT), PLATFORM)
        book.asked_and_logged(Rule(1, result, TEXT), CAROL)
        assert due(book) == expected


def test_a_machine_answers_nobody() -> None:
    """What it holds has not been reviewed."""
    book = complained()
    hold = (Asked(MeasureKind.HOLD_CONTENT, ("m1",), until=START + 60),)
    book.asked_and_logged(blocking(hold), MACHINE)
    book.carried_out()
    assert due(book) == []


def test_the_first_decision_that_says_so_answers() -> None:
    """A dismissal after a measure changes nothing about the answer, nor the other way round."""
    book = complained()
    decide(book, ON_M1)
    book.asked_and_logged(NOTHING)
    assert due(book) == [(1, UPHELD, 1)]
    other = complained()
    other.asked_and_logged(NOTHING)
    decide(other, ON_M1)
    assert due(other) == [(1, DISMISSED, 1)]


def test_the_number_of_a_decision_taken_back_is_later_than_the_complaint() -> None:
    """Its number is used again by one that was made after the complaint, which it answers."""
    book = Casebook()
    book.ask(blocking(delay=60))
    book.ask(complaint(), READER)
    book.ask(TakeBack(1))
    book.asked_and_logged(NOTHING)
    assert due(book) == [(1, DISMISSED, 1)]


def test_a_decision_taken_back_makes_no_older_one_later() -> None:
    """The complaint came after decision 2, whatever becomes of decision 1."""
    book = Casebook()
    book.ask(blocking(delay=60))
    book.asked_and_logged(NOTHING)
    book.ask(complaint(), READER)
    book.ask(TakeBack(1))
    assert book.case.complaints[0].since == 2
    assert due(book) == []


def test_an_answer_is_given_once() -> None:
    """By a decision, or by a person where no decision does."""
    book = complained()
    decide(book, ON_M1)
    book.record(Answered(1, UPHELD, TEXT, 1))
    assert due(book) == []
    with pytest.raises(CaseError, match="complaint 1 was upheld already"):
        book.ask(Answer(1, ABUSIVE, TEXT))


def test_a_person_answers_one_complaint() -> None:
    """The others wait, and the case is as it was."""
    book = complained()
    book.ask(complaint("m2"), READER)
    book.ask(Answer(2, ABUSIVE, TEXT))
    first, second = book.case.complaints
    assert first.answered is None
    assert second.answered == Answered(2, ABUSIVE, TEXT)
    assert book.case.stage is Stage.OPEN
    with pytest.raises(CaseError, match="case 1 has no complaint 3"):
        book.ask(Answer(3, ABUSIVE, TEXT))


def own() -> Casebook:
    """Return a case in which Alice has complained, decided by Bob, with an appeal against that."""
    book = Casebook()
    book.ask(complaint(), ALICE)
    book.asked_and_logged(blocking(), BOB)
    book.asked_and_logged(Appeal(1, TEXT), PLATFORM)
    return book


@pytest.mark.parametrize(
    "command",
    [
        blocking(BLOCK),
        Confirm(1),
        Answer(1, UPHELD, TEXT),
        Rule(1, Result.REVERSED, TEXT),
        Propose("house-1", (MeasureKind.WARN,), START + 60, TEXT),
    ],
)
def test_nobody_decides_on_a_complaint_of_their_own(command: Command) -> None:
    """Neither the case, nor the answer, nor the appeal."""
    message = "alice has complained in case 1: another person decides it"
    with pytest.raises(CaseError, match=re.escape(message)):
        own().ask(command, ALICE)


def test_a_complaint_comes_before_reviewers() -> None:
    """It opens a case that was decided, and leaves one that is under appeal."""
    book = Casebook()
    book.asked_and_logged(blocking())
    book.ask(complaint(), READER)
    assert book.case.stage is Stage.OPEN
    assert own().case.stage is Stage.APPEALED
    appealed = own()
    appealed.ask(complaint(), READER)
    assert appealed.case.stage is Stage.APPEALED


def told(*outcomes: Outcome | None, at: int = START) -> list[Told]:
    """Return complaints with these outcomes, made and answered at one time."""
    return [Told(at - DAY, outcome, None if outcome is None else at) for outcome in outcomes]


def test_a_complaint_whose_decision_was_undone_does_not_count() -> None:
    """Neither for its author nor against; what was answered by a person alone stays."""
    gone = [replace(one, undone=True) for one in told(UPHELD, DISMISSED, ABUSIVE, ABUSIVE)]
    assert standing([*gone, *told(UPHELD, ABUSIVE)], START) == Standing(1, 0, 1, 0, None)


@pytest.mark.parametrize(("result", "second"), [*((one, False) for one in Result), (Result.REVERSED, True)])
def test_what_a_complaint_counts_for_follows_the_result(result: Result, *, second: bool) -> None:
    """Once that is on the ledger, and confirmed where it needs to be; one that is upheld changes nothing."""
    book = complained()
    book.second_person = (MeasureKind.BLOCK_CONTENT,) if second else ()
    assert count(book) == [Told(START)]
    book.asked_and_logged(blocking())
    book.carried_out()
    for due in list(answers_due(book.case)):
        book.now += 1
        book.record(Answered(due.complaint.said.number, due.outcome, digest("told"), 1))
    upheld = Told(START, UPHELD, START + 1)
    assert count(book) == [upheld]
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    entry = book.ask(Rule(1, result, digest("answer")), CAROL)
    assert count(book) == [upheld]
    book.log(entry)
    if second:
        assert count(book) == [upheld]
        book.asked_and_logged(ConfirmResult(1), BOB)
    assert count(book) == [replace(upheld, undone=result is not Result.UPHELD)]


def test_a_complaint_that_another_decision_bears_out_counts() -> None:
    """The one that it was answered by is reversed; the other stands, until it is reversed as well."""
    book = complained()
    decide(book, ON_M1)
    book.record(Answered(1, UPHELD, digest("told"), 1))
    decide(book, (Asked(MeasureKind.RESTRICT_POSTING),))
    upheld = replace(count(book)[0], undone=False)
    for decision, undone in ((1, False), (2, True)):
        book.asked_and_logged(Appeal(decision, TEXT), PLATFORM)
        book.asked_and_logged(Rule(decision, Result.REVERSED, TEXT), CAROL)
        assert count(book) == [replace(upheld, undone=undone)], decision


def count(book: Casebook) -> list[Told]:
    """Return what each complaint counts for."""
    return [told_of(book.case, one) for one in book.case.complaints]


def test_standing_counts_outcomes() -> None:
    """Those that wait as well."""
    complaints = told(UPHELD, UPHELD, DISMISSED, ABUSIVE, None)
    assert standing(complaints, START) == Standing(2, 1, 1, 1, None)


@pytest.mark.parametrize(
    ("complaints", "days", "muted"),
    [
        (told(ABUSIVE, ABUSIVE), 0, False),
        (told(ABUSIVE, ABUSIVE, DISMISSED, None), 0, False),
        (told(ABUSIVE, ABUSIVE, ABUSIVE), 0, True),
        (told(ABUSIVE, ABUSIVE, ABUSIVE), 29, True),
        (told(ABUSIVE, ABUSIVE, ABUSIVE), 30, False),
        ([*told(ABUSIVE, ABUSIVE, at=START - ABUSE_WINDOW + 1), *told(ABUSIVE)], 0, True),
        ([*told(ABUSIVE, ABUSIVE, at=START - ABUSE_WINDOW), *told(ABUSIVE)], 0, False),
    ],
)
def test_one_abusive_complaint_too_many_mutes(complaints: list[Told], days: int, *, muted: bool) -> None:
    """The third in ninety days, for thirty; what came of it counts, and when."""
    assert (standing(complaints, START + days * DAY).muted_until is not None) is muted


def test_who_is_muted_is_told_until_when_and_why() -> None:
    """To the day, counted up."""
    complaints = told(ABUSIVE, ABUSIVE, ABUSIVE)
    message = "no complaint of yours is taken for another 30 days: 3 were found to be made in bad faith"
    with pytest.raises(CaseError, match=message):
        check_standing(complaints, START + 1)
    with pytest.raises(CaseError, match="another 1 days"):
        check_standing(complaints, START + MUTED_FOR - 1)
    check_standing(complaints, START + MUTED_FOR)


def test_a_decision_counts_complaints_among_its_grounds() -> None:
    """By their reasons, beside the rules that were found broken."""
    book = complained()
    book.ask(complaint(None), READER)
    book.ask(blocking())
    assert book.claims["grounds"] == {"hype": 2, "complaint/fraud": 2}


def test_commands_of_reviewers_are_not_for_readers() -> None:
    """Who complains does no more than that."""
    commands: tuple[Decide | Answer, ...] = (blocking(), Answer(1, UPHELD, TEXT))
    for command in commands:
        with pytest.raises(CaseError, match="a reader may not sign a decision"):
            complained().ask(command, READER)


def test_nobody_complains_twice_before_there_is_an_answer() -> None:
    """Of another post one may, and of the same again once it was answered; so may somebody else at once."""
    book = complained()
    with pytest.raises(CaseError, match="you have complained of this already: complaint 1 is looked at"):
        book.ask(complaint(), READER)
    book.ask(complaint("m2"), READER)
    book.ask(complaint(), Actor("memory/reader/sam", "reader"))
    book.ask(Answer(1, Outcome.DISMISSED, TEXT), ALICE)
    book.ask(complaint(), READER)
    assert len(book.case.complaints) == 4
