"""Hearings: before what cannot be undone the subject can answer, unless that is waived with reasons."""

from __future__ import annotations

import re
from typing import Final

import pytest
from casebook import (
    ALICE,
    BLOCK,
    BOB,
    CAROL,
    CLERK,
    CLOSE,
    MACHINE,
    PLATFORM,
    POSTS,
    SITE,
    Casebook,
    blocking,
    ordered,
)
from msgspec.structs import replace
from worlds import START, digest

from tipstaff.base.times import told_time
from tipstaff.casework.case import Stage
from tipstaff.casework.commands import Appeal, Asked, Claim, Decide, Hear, Propose, Rule, TakeBack
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Hearing, Noticed, Result, Waiver
from tipstaff.casework.words import MeasureKind

UNTIL: Final = START + 3600
PROPOSAL: Final = Propose("house-1", (MeasureKind.CLOSE_ACCOUNT,), UNTIL, digest("a proposal"))
ANSWER: Final = Hear(digest("an answer"))
HELD: Final = replace(blocking(CLOSE), hearing=Hearing.HELD, waived_for=None)


def proposed(*, told: bool = True) -> Casebook:
    """Return a case in which closing is proposed, of which the account was told."""
    book = Casebook()
    book.ask(PROPOSAL)
    if told:
        book.record(Noticed("account", PROPOSAL.text, digest("notice")))
    return book


def refused(book: Casebook, command: Decide, message: str) -> None:
    """Check that a decision is refused with a message."""
    with pytest.raises(CaseError, match=re.escape(message)):
        book.ask(command)


def test_a_proposal_waits_for_the_subject() -> None:
    """The case is in its hearing, and it is kept who proposed what."""
    book = proposed()
    assert book.case.stage is Stage.HEARING
    proposal = book.case.proposal
    assert proposal is not None
    assert (proposal.by, proposal.said.measures, proposal.said.until) == (
        "alice", (MeasureKind.CLOSE_ACCOUNT,), UNTIL,
    )  # fmt: skip
    assert proposal.heard is None


def test_an_answer_ends_the_hearing() -> None:
    """The reviewer goes on before the time is over, and what was answered is kept."""
    book = proposed()
    book.ask(ANSWER, PLATFORM)
    assert book.case.stage is Stage.OPEN
    assert book.case.proposal
    assert book.case.proposal.heard == ANSWER.text
    book.ask(HELD)
    (decision,) = book.case.decisions
    assert (decision.said.hearing, decision.said.waived_for) == (Hearing.HELD, None)
    assert book.claims["hearing"] == "held"
    assert "hearing_waived_for" not in book.claims


def test_time_ends_the_hearing() -> None:
    """Not a second before."""
    book = proposed()
    book.now = UNTIL - 1
    refused(book, HELD, f"the subject has until {told_time(UNTIL)} to answer the proposal")
    book.now = UNTIL
    book.ask(HELD)
    assert book.case.proposal is None


def test_who_was_not_told_was_not_heard() -> None:
    """Time alone holds no hearing; an answer shows that the subject knows."""
    book = proposed(told=False)
    book.now = UNTIL
    refused(book, HELD, "the subject was not told of the proposal yet: the worker does that")
    answered = proposed(told=False)
    answered.ask(ANSWER, PLATFORM)
    answered.ask(HELD)


def test_telling_readers_is_not_telling_the_subject() -> None:
    """Nor is it to have told the account of something else."""
    book = proposed(told=False)
    book.record(Noticed("readers", PROPOSAL.text, digest("notice")))
    book.record(Noticed("account", digest("something else"), digest("notice")))
    book.now = UNTIL
    refused(book, HELD, "the subject was not told of the proposal yet")


def test_closing_waits_for_a_hearing() -> None:
    """It cannot be undone; what can be, is decided at once."""
    message = "close_account cannot be undone: propose it first, so that the subject can answer, or say why"
    refused(Casebook(), replace(HELD, hearing=Hearing.NOT_DUE), message)
    book = proposed()
    running = f"close_account is proposed, and the subject has until {told_time(UNTIL)} to answer that: wait"
    refused(book, replace(HELD, hearing=Hearing.NOT_DUE), running)
    book.ask(ANSWER, PLATFORM)
    refused(book, replace(HELD, hearing=Hearing.NOT_DUE), message)
    Casebook().ask(blocking(BLOCK))


def test_what_can_be_undone_waits_for_its_hearing_as_well() -> None:
    """Who was asked to answer is not cut short, unless an order or grave harm is why."""
    book = Casebook()
    book.ask(replace(PROPOSAL, measures=(MeasureKind.BLOCK_CONTENT,)))
    refused(book, blocking(BLOCK), "block_content is proposed, and the subject has until")
    waived = replace(blocking(BLOCK), hearing=Hearing.WAIVED, waived_for=Waiver.GRAVE_HARM)
    book.ask(waived)
    assert book.case.proposal is None


def test_a_hearing_goes_on_while_something_else_is_decided() -> None:
    """The subject can answer as before; that nothing is to be done ends it, and so does its time."""
    book = proposed()
    book.ask(blocking(BLOCK))
    assert (book.case.stage, book.case.decisions[0].proposals) == (Stage.HEARING, ())
    book.ask(ANSWER, PLATFORM)
    book.ask(HELD)
    assert [one.heard for one in book.case.decisions[1].proposals] == [ANSWER.text]
    dismissed = proposed()
    dismissed.ask(blocking(()))
    assert dismissed.case.proposal is None
    late = proposed()
    late.now = UNTIL
    late.ask(blocking(BLOCK))
    assert late.case.proposal is None


def test_a_hearing_is_held_about_what_was_proposed() -> None:
    """Without a proposal there was none, and one about less is not about closing."""
    refused(Casebook(), HELD, "nothing was proposed in case 1: no hearing was held")
    book = Casebook()
    book.ask(replace(PROPOSAL, measures=(MeasureKind.BLOCK_CONTENT,)))
    book.ask(ANSWER, PLATFORM)
    refused(book, HELD, "close_account was not proposed: the subject was not heard about it")


def test_a_hearing_is_waived_for_a_reason() -> None:
    """An order, which is then carried out, or grave harm."""
    waived = replace(HELD, hearing=Hearing.WAIVED)
    refused(Casebook(), waived, "a hearing is waived for an order or for grave harm: say for which")
    for_order = replace(waived, waived_for=Waiver.ORDER)
    refused(Casebook(), for_order, "a hearing is waived for an order by a decision that carries one out")
    book = Casebook()
    book.record(ordered())
    book.ask(replace(for_order, order=9))
    assert (book.claims["hearing"], book.claims["hearing_waived_for"]) == ("waived", "order")
    grave = Casebook()
    grave.ask(replace(waived, waived_for=Waiver.GRAVE_HARM))
    assert grave.claims["hearing_waived_for"] == "grave_harm"


def test_what_is_not_waived_has_no_reason() -> None:
    """A decision does not say that a hearing was waived where none was due."""
    book = Casebook()
    book.ask(replace(blocking(BLOCK), waived_for=Waiver.GRAVE_HARM))
    assert book.case.decisions[0].said.waived_for is None


def test_the_subject_answers_once_and_in_time() -> None:
    """And only where something is proposed."""
    with pytest.raises(CaseError, match="nothing is proposed in case 1: there is nothing to answer"):
        Casebook().ask(ANSWER, PLATFORM)
    book = proposed()
    book.ask(ANSWER, PLATFORM)
    with pytest.raises(CaseError, match="the proposal in case 1 was answered already"):
        book.ask(ANSWER, PLATFORM)
    late = proposed()
    late.now = UNTIL
    with pytest.raises(CaseError, match="the time to answer the proposal in case 1 is over: appeal instead"):
        late.ask(ANSWER, PLATFORM)
    intime = proposed()
    intime.now = UNTIL - 1
    intime.ask(ANSWER, PLATFORM)


def test_a_proposal_gives_time() -> None:
    """One that is over when it is made is refused, and so is one of who may not decide."""
    with pytest.raises(CaseError, match="a hearing ends after it has begun: give the subject time"):
        Casebook().ask(replace(PROPOSAL, until=START))
    with pytest.raises(CaseError, match="a clerk may not sign a decision"):
        Casebook().ask(PROPOSAL, CLERK)
    with pytest.raises(CaseError, match="a machine holds content, and nothing else: this is for a person"):
        Casebook().ask(PROPOSAL, MACHINE)


def test_a_proposal_is_for_its_kind_of_subject() -> None:
    """A site has no account to close."""
    with pytest.raises(CaseError, match="close_account is for an account, and memory/site"):
        Casebook(SITE, ()).ask(PROPOSAL)


def test_a_claim_keeps_others_from_proposing() -> None:
    """Who works on a case proposes."""
    book = Casebook()
    book.ask(Claim(START + 60), BOB)
    with pytest.raises(CaseError, match="bob works on case 1 for another 60 s"):
        book.ask(PROPOSAL, ALICE)


def test_a_new_proposal_takes_the_place_of_the_old() -> None:
    """The subject answers what was proposed last."""
    book = proposed()
    book.ask(ANSWER, PLATFORM)
    book.ask(replace(PROPOSAL, text=digest("another")))
    assert book.case.stage is Stage.HEARING
    assert book.case.proposal
    assert book.case.proposal.heard is None


def test_a_machine_that_holds_ends_no_hearing() -> None:
    """The proposal stands until a person has decided."""
    book = proposed()
    hold = (Asked(MeasureKind.HOLD_CONTENT, POSTS, until=START + 60),)
    book.ask(blocking(hold), MACHINE)
    assert book.case.stage is Stage.HEARING
    assert book.case.proposal


@pytest.mark.parametrize(("heard", "stage"), [(True, Stage.OPEN), (False, Stage.HEARING)])
def test_a_decision_taken_back_leaves_the_hearing_as_it_was(*, heard: bool, stage: Stage) -> None:
    """What was proposed and answered need not be so again."""
    book = proposed()
    if heard:
        book.ask(ANSWER, PLATFORM)
    before = book.case.proposal
    book.ask(blocking((), delay=60))
    assert book.case.proposal is None
    book.ask(TakeBack(1))
    assert (book.case.proposal, book.case.stage) == (before, stage)


def test_a_proposal_made_since_stays_when_a_decision_is_taken_back() -> None:
    """The newer one is what the subject answers."""
    book = proposed()
    book.ask(blocking(BLOCK, delay=60))
    book.ask(replace(PROPOSAL, text=digest("another")))
    book.ask(TakeBack(1))
    assert book.case.proposal
    assert book.case.proposal.said.text == digest("another")


def test_every_proposal_and_its_answer_are_kept_in_their_order() -> None:
    """With the decision after them; and after those that were taken back, whichever was first."""
    book = proposed()
    book.ask(ANSWER, PLATFORM)
    book.ask(replace(PROPOSAL, text=digest("another")))
    assert [one.heard for one in book.case.proposals] == [ANSWER.text, None]
    book.ask(blocking((), delay=60))
    book.ask(replace(PROPOSAL, text=digest("a third")))
    book.ask(blocking((), delay=60))
    assert [len(one.proposals) for one in book.case.decisions] == [2, 1]
    for number in (1, 2):
        book.ask(TakeBack(number))
    said = [one.said.text for one in book.case.proposals]
    assert said == [PROPOSAL.text, digest("another"), digest("a third")]
    assert book.case.proposal == book.case.proposals[-1]


def test_thousands_of_proposals_are_a_case_still() -> None:
    """Whoever proposes over and over again keeps nobody else from it."""
    book = proposed()
    for number in range(3_000):
        book.record(replace(book.case.proposals[0].said, text=digest(f"number {number}")), ALICE)
    assert len(book.case.proposals) == 3_001
    book.ask(blocking((), delay=60))
    book.ask(TakeBack(1))
    assert len(book.case.proposals) == 3_001


def test_an_appeal_waits_through_a_hearing() -> None:
    """Whatever else is proposed, answered, decided or taken back, an appeal is still to be judged."""
    book = Casebook()
    book.asked_and_logged(blocking(BLOCK))
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    steps = [
        lambda: book.ask(PROPOSAL),
        lambda: book.ask(ANSWER, PLATFORM),
        lambda: book.ask(blocking(BLOCK, delay=60)),
        lambda: book.ask(TakeBack(2)),
        lambda: book.ask(blocking(())),
    ]
    for step in steps:
        step()
        assert book.case.stage is Stage.APPEALED
    book.ask(Rule(1, Result.UPHELD, digest("result")), CAROL)
    assert book.case.stage is Stage.DECIDED


def test_of_two_appeals_one_is_left() -> None:
    """The case is not closed by the first result."""
    book = Casebook()
    for number in (1, 2):
        book.asked_and_logged(blocking(BLOCK))
        book.asked_and_logged(Appeal(number, digest("appeal")), PLATFORM)
    book.ask(Rule(1, Result.REVERSED, digest("result")), CAROL)
    assert book.case.stage is Stage.APPEALED
    book.ask(Rule(2, Result.REVERSED, digest("result")), CAROL)
    assert book.case.stage is Stage.CLOSED
