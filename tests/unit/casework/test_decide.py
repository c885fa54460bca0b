"""What comes of commands, and every refusal with its message."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import pytest
from casebook import (
    ACCOUNT,
    ALICE,
    APP,
    BLOCK,
    BLOCK_BY_TWO,
    BOB,
    CAROL,
    CLERK,
    CLOSE,
    MACHINE,
    PLATFORM,
    SITE,
    TABLE,
    Casebook,
    blocking,
)  # fmt: skip
from msgspec.structs import replace
from worlds import START, digest

from tipstaff.casework.commands import Actor, Answer, Appeal, Asked, Command, Confirm, Rule, TakeBack
from tipstaff.casework.decide import APPEAL_WITHIN
from tipstaff.casework.deciding import confirmation_due
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Confirmed, Outcome, Result, TakenBack
from tipstaff.casework.words import MeasureKind, Planned, Subject

TEXT: Final = digest("a text")
UPHOLD: Final = Rule(1, Result.UPHELD, TEXT)


def fresh() -> Casebook:
    """Return a case with two findings."""
    return Casebook()


def decided(delay: int = 60) -> Casebook:
    """Return a case that Alice has decided, whose decision waits."""
    book = fresh()
    book.ask(blocking(BLOCK_BY_TWO, delay))
    return book


def decided_alone() -> Casebook:
    """Return a case with two decisions of Alice that nobody else must sign: posts are blocked, and enough."""
    book = fresh()
    book.asked_and_logged(blocking())
    book.asked_and_logged(blocking(()))
    return book


def in_effect() -> Casebook:
    """Return a case whose decision is on the ledger."""
    book = fresh()
    book.asked_and_logged(blocking(BLOCK_BY_TWO))
    return book


def refused() -> Casebook:
    """Return a case whose decision the ledger has refused."""
    book = fresh()
    book.refuse(book.ask(blocking()))
    return book


def appealed() -> Casebook:
    """Return a case that Bob has confirmed and whose subject has appealed."""
    book = in_effect()
    book.asked_and_logged(Confirm(1), BOB)
    book.asked_and_logged(Appeal(1, TEXT), PLATFORM)
    return book


def judged() -> Casebook:
    """Return a case whose appeal Carol has judged."""
    book = appealed()
    book.ask(UPHOLD, CAROL)
    return book


def judged_unconfirmed() -> Casebook:
    """Return a case that nobody has confirmed, and whose appeal Bob has judged."""
    book = in_effect()
    book.asked_and_logged(Appeal(1, TEXT), PLATFORM)
    book.ask(UPHOLD, BOB)
    return book


def judged_otherwise(result: Result) -> Casebook:
    """Return a case whose decision nobody has confirmed, and Carol does not uphold: not on the ledger yet."""
    book = in_effect()
    book.asked_and_logged(Appeal(1, TEXT), PLATFORM)
    book.ask(Rule(1, result, TEXT), CAROL)
    return book


def varied() -> Casebook:
    """Return a case whose decision Carol has varied, and in whose place Alice has decided; appealed too."""
    book = appealed()
    book.asked_and_logged(Rule(1, Result.VARIED, TEXT), CAROL)
    book.asked_and_logged(replace(blocking(), instead_of=1))
    book.asked_and_logged(Appeal(2, TEXT), PLATFORM)
    return book


REFUSALS: Final[list[tuple[Callable[[], Casebook], Command, Actor, str]]] = [
    (fresh, blocking(), CLERK, "a clerk may not sign a decision: that is for a reviewer or machine"),
    (fresh, blocking((Asked(MeasureKind.WARN, ("m1", "m8", "m9")),)), ALICE, "m8, m9: no items of case 1"),
    (fresh, Confirm(1), BOB, "case 1 has no decision 1"),
    (fresh, TakeBack(1), ALICE, "case 1 has no decision 1"),
    (fresh, Appeal(1, TEXT), PLATFORM, "case 1 has no decision 1"),
    (fresh, UPHOLD, BOB, "case 1 has no decision 1"),
    (decided, TakeBack(1), BOB, "decision 1 is alice's: only who signed it takes it back"),
    (lambda: decided(0), TakeBack(1), ALICE, "decision 1 is on the ledger, or about to be"),
    (in_effect, TakeBack(1), ALICE, "decision 1 is on the ledger, or about to be: it stands until an appeal"),
    (decided, Confirm(1), MACHINE, "a machine may not sign a confirmation: that is for a reviewer or clerk"),
    (decided, Confirm(1), CLERK, "a clerk may not sign a decision: that is for a reviewer or machine"),
    (decided, Confirm(1), ALICE, "alice signed or confirmed decision 1: another person must"),
    (appealed, Confirm(1), BOB, "bob has confirmed decision 1 already"),
    (refused, Confirm(1), BOB, "the ledger has refused decision 1: decide anew"),
    (decided_alone, Confirm(1), BOB, "decision 1 needs no second person: nothing of it waits for one"),
    (
        judged_unconfirmed,
        Confirm(1),
        BOB,
        "bob judged the appeal against decision 1, or confirmed the result",
    ),
    (
        lambda: judged_otherwise(Result.REVERSED),
        Confirm(1),
        BOB,
        "decision 1 was reversed after an appeal: nothing of it begins any more",
    ),
    (
        lambda: judged_otherwise(Result.VARIED),
        Confirm(1),
        BOB,
        "decision 1 was varied after an appeal: nothing of it begins any more",
    ),
    (decided, Appeal(1, TEXT), PLATFORM, "decision 1 is not in effect yet: there is nothing to appeal"),
    (in_effect, Appeal(1, TEXT), ALICE, "a reviewer may not sign an appeal: that is for a platform"),
    (appealed, Appeal(1, TEXT), PLATFORM, "decision 1 has been appealed against already"),
    (appealed, UPHOLD, CLERK, "a clerk may not sign a result: that is for a reviewer"),
    (in_effect, UPHOLD, CAROL, "there is no appeal against decision 1"),
    (judged, UPHOLD, CAROL, "the appeal against decision 1 was upheld already"),
    (appealed, UPHOLD, ALICE, "alice had a part in decision 1: another person judges it"),
    (appealed, UPHOLD, BOB, "bob had a part in decision 1: another person judges it"),
    (
        varied,
        Rule(2, Result.UPHELD, TEXT),
        CAROL,
        "carol has judged the appeal that decision 2 comes of: another must",
    ),
    (fresh, replace(blocking(), instead_of=1), ALICE, "case 1 has no decision 1"),
    (in_effect, replace(blocking(), instead_of=1), ALICE, "decision 1 was not varied by an appeal"),
    (judged, replace(blocking(), instead_of=1), ALICE, "decision 1 was not varied by an appeal: it stands"),
    (fresh, replace(blocking(), policy=None), ALICE, "a decision rests on a policy in force, or on an order"),
    (fresh, Answer(1, Outcome.UPHELD, TEXT), ALICE, "case 1 has no complaint 1"),
]


@pytest.mark.parametrize(("begin", "command", "actor", "message"), REFUSALS)
def test_what_cannot_be_done_is_said(
    begin: Callable[[], Casebook], command: Command, actor: Actor, message: str
) -> None:
    """A command that does not fit, or not this person, is refused with what stands against it."""
    with pytest.raises(CaseError, match=re.escape(message)):
        begin().ask(command, actor)


@pytest.mark.parametrize(
    ("subject", "kind", "message"),
    [
        (APP, MeasureKind.CLOSE_ACCOUNT, "close_account is for an account, and memory/app/signer is none"),
        (SITE, MeasureKind.WARN, "warn is for an account, and memory/site/coin.example is none"),
        (ACCOUNT, MeasureKind.SUSPEND_APP, "suspend_app is for an app, and memory/account/news is none"),
        (ACCOUNT, MeasureKind.BLOCK_LINKS, "block_links is for a site, and memory/account/news is none"),
    ],
)
def test_a_measure_is_for_its_kind_of_subject(subject: Subject, kind: MeasureKind, message: str) -> None:
    """What is ordered for another kind of subject is refused."""
    with pytest.raises(CaseError, match=re.escape(message)):
        Casebook(subject, ()).ask(blocking((Asked(kind),)))


@pytest.mark.parametrize(
    "kind", [MeasureKind.CLOSE_ACCOUNT, MeasureKind.RESTRICT_POSTING, MeasureKind.SUSPEND_UPDATES]
)
def test_some_measures_are_on_the_whole_subject(kind: MeasureKind) -> None:
    """Closing, restricting and suspending are never on a post."""
    with pytest.raises(CaseError, match=f"{kind} is taken on the whole account, not on posts"):
        fresh().ask(blocking((Asked(kind, ("m1",)),)))


def test_targets_are_numbered_over_all_measures() -> None:
    """Posts have numbers from 1 in the order in which they are first named; 0 is the whole subject."""
    book = fresh()
    asked = (
        Asked(MeasureKind.WARN, ("m2",)),
        Asked(MeasureKind.BLOCK_CONTENT, ("m1", "m2")),
        Asked(MeasureKind.RESTRICT_POSTING, territory="CN", until=START + 5),
    )
    book.ask(blocking(asked))
    said = book.case.decisions[0].said
    assert said.posts == ("m2", "m1")
    assert said.measures == (
        Planned(1, MeasureKind.WARN, "world", (1,)),
        Planned(2, MeasureKind.BLOCK_CONTENT, "world", (2, 1)),
        Planned(3, MeasureKind.RESTRICT_POSTING, "CN", (0,), START + 5),
    )


def test_a_post_that_is_named_twice_is_one_target() -> None:
    """A measure is taken once on each post, however often it was named."""
    book = fresh()
    book.ask(blocking((Asked(MeasureKind.BLOCK_CONTENT, ("m1", "m1", "m2", "m1")),)))
    assert book.case.decisions[0].said.measures[0].targets == (1, 2)


def test_decisions_are_numbered_and_due_after_their_delay() -> None:
    """The number of a decision that was taken back is used again."""
    book = decided(60)
    assert (book.case.decisions[0].said.number, book.case.decisions[0].said.due) == (1, book.now + 60)
    book.ask(blocking())
    assert [decision.said.number for decision in book.case.decisions] == [1, 2]
    book.ask(TakeBack(1))
    assert book.events[-1].event == TakenBack(1)
    book.ask(blocking())
    assert [decision.said.number for decision in book.case.decisions] == [2, 3]


def test_a_decision_is_taken_back_until_it_is_due() -> None:
    """One second before, who signed it can; at its time nobody can."""
    book = decided(60)
    book.now += 59
    book.ask(TakeBack(1))
    assert book.case.decisions == ()
    late = decided(60)
    late.now += 60
    with pytest.raises(CaseError):
        late.ask(TakeBack(1))


def test_others_confirm_and_judge() -> None:
    """One confirms; whoever had no part judges: a third person has none for nothing."""
    book = in_effect()
    book.ask(Confirm(1), BOB)
    with pytest.raises(CaseError, match="bob has confirmed decision 1 already"):
        book.ask(Confirm(1), CAROL)
    assert book.events[-1].event == Confirmed(1)
    assert book.case.decisions[0].persons == {"alice", "bob"}
    book.ask(Appeal(1, TEXT), PLATFORM)
    book.ask(UPHOLD, Actor("dora", "reviewer"))
    appeal = book.case.decisions[0].appeal
    assert appeal is not None
    assert (appeal.result, appeal.judged_by) == (Result.UPHELD, "dora")


@pytest.mark.parametrize(
    ("kind", "targets", "due"),
    [
        (MeasureKind.CLOSE_ACCOUNT, (0,), True),
        (MeasureKind.SUSPEND_APP, (0,), True),
        (MeasureKind.BLOCK_CONTENT, (0,), True),
        (MeasureKind.BLOCK_CONTENT, (1, 2), False),
        (MeasureKind.RESTRICT_POSTING, (0,), False),
        (MeasureKind.WARN, (0,), False),
    ],
)
def test_the_table_says_what_is_confirmed_first(
    kind: MeasureKind, targets: tuple[int, ...], *, due: bool
) -> None:
    """Closing, suspending an app and blocking all content wait for a second person; the rest does not."""
    assert confirmation_due(TABLE, Planned(1, kind, "world", targets)) is due


def test_nothing_of_a_refused_command_is_left() -> None:
    """A decision of which one measure cannot be taken is refused whole."""
    book = fresh()
    before = book.case
    with pytest.raises(CaseError):
        book.ask(blocking((*BLOCK, *CLOSE, Asked(MeasureKind.SUSPEND_APP))))
    assert book.case == before


def test_a_measure_that_would_be_over_is_refused() -> None:
    """It ends after it has begun, or it is none."""
    over = (Asked(MeasureKind.SUSPEND_UPDATES, until=START),)
    with pytest.raises(CaseError, match="suspend_updates would end before it has begun"):
        fresh().ask(blocking(over))


def test_a_decision_stands_in_place_of_a_varied_one() -> None:
    """It cites the result, and who judged that may sign it, but not judge it again."""
    book = varied()
    first, second = book.case.decisions
    assert first.appeal
    assert second.said.result == first.appeal.result_entry
    assert book.case.replaced_by(second) == first
    assert book.case.replaced_by(first) is None
    book.ask(Rule(2, Result.UPHELD, TEXT), Actor("dora", "reviewer"))


def test_an_appeal_has_a_time() -> None:
    """One second before it is over the subject can object, and after that it is told how long it had."""
    book = in_effect()
    book.now += APPEAL_WITHIN - 1
    book.ask(Appeal(1, TEXT), PLATFORM)
    late = in_effect()
    late.now += APPEAL_WITHIN
    with pytest.raises(CaseError, match="could be appealed against for 180 days: that time is over"):
        late.ask(Appeal(1, TEXT), PLATFORM)


@pytest.mark.parametrize("until", [253_402_300_800, 2**63 - 1])
def test_a_measure_ends_on_a_date(until: int) -> None:
    """A time that nobody can be told as one would stop whoever has to tell it."""
    with pytest.raises(CaseError, match=f"no date has the time {until}"):
        Casebook().ask(blocking((Asked(MeasureKind.BLOCK_CONTENT, ("m1",), until=until),)))
