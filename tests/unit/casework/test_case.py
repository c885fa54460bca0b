"""A case is what its events add up to."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest
from casebook import (
    ALICE,
    BLOCK,
    BLOCK_BY_TWO,
    BOB,
    CAROL,
    PLATFORM,
    POSTS,
    READER,
    Casebook,
    blocking,
    found,
    ordered,
)
from worlds import START, digest

from tipstaff.casework.case import Appeal as Objection
from tipstaff.casework.case import Confirmation
from tipstaff.casework.commands import (
    Answer,
    Appeal,
    Asked,
    AskOpinion,
    Claim,
    Complain,
    Confirm,
    Escalate,
    GiveOpinion,
    Hear,
    Note,
    Propose,
    Release,
    Rule,
    TakeBack,
)
from tipstaff.casework.events import (
    AnyEvent,
    EffectState,
    EffectStated,
    Erased,
    ErasureBegun,
    ErasureCause,
    Event,
    Noticed,
    Opened,
    OrderChanged,
    Outcome,
    Reason,
    Recorded,
    Result,
    Ruled,
    Source,
    Suspected,
    Traced,
)
from tipstaff.casework.evolve import build, evolve
from tipstaff.casework.orders.events import Amended, Change, Entered, OrderConfirmed, Reported
from tipstaff.casework.words import Direction, MeasureKind, Target, Trace, TraceKind


def full() -> Casebook:
    """Return a case in which everything has happened once at least."""
    book = Casebook()
    book.ask(Claim(START + 60))
    book.ask(Note(digest("a note")))
    book.ask(AskOpinion("bob", digest("a question")))
    book.ask(GiveOpinion(digest("an opinion")), BOB)
    book.ask(Escalate(digest("too hard")))
    book.ask(Claim(START + 60))
    book.ask(Release())
    book.ask(Complain(Reason.FRAUD, "m1", digest("a complaint")), READER)
    book.record(ordered())
    book.record(Suspected(4, (TraceKind.HANDLE, TraceKind.NAME)))
    book.record(Traced((Trace(TraceKind.HANDLE, b"digest"),)))
    book.ask(Propose("house-1", (MeasureKind.BLOCK_CONTENT,), START + 60, digest("a proposal")))
    book.ask(Hear(digest("an answer")), PLATFORM)
    book.ask(blocking(delay=60))
    book.ask(TakeBack(1))
    decision = book.ask(blocking((*BLOCK, Asked(MeasureKind.BLOCK_CONTENT, start=START + 60))))
    confirmation = book.ask(Confirm(1), BOB)
    book.log(decision)
    book.log(confirmation)
    one, other = book.stated()
    book.log(one)
    book.refuse(other)
    book.record(EffectStated(one, 1, EffectState.FAILED, "nothing has changed"))
    book.record(EffectStated(one, 2, EffectState.APPLIED))
    book.record(Noticed("account", one, digest("notice")))
    book.ask(Answer(1, Outcome.UPHELD, digest("told")))
    book.record(OrderChanged(9, digest("amendment"), Change.WITHDRAWN, "CN", START + 60, ()))
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    book.asked_and_logged(Rule(1, Result.REVERSED, digest("answer")), CAROL)
    book.stated()
    book.record(ErasureBegun(ErasureCause.REQUEST, 3))
    book.record(Erased(ErasureCause.REQUEST, 3))
    return book


def test_everything_has_happened() -> None:
    """The case of these tests knows every event, but for those of orders."""
    kinds = {type(recorded.event) for recorded in full().events}
    assert kinds == set(get_args(AnyEvent)) - {Entered, OrderConfirmed, Amended, Reported}


def test_a_case_is_built_as_it_came_about() -> None:
    """Built anew from any number of its events, a case is the one that it was then."""
    book = full()
    case = build(1, book.events[:1])
    for number, recorded in enumerate(book.events[1:], start=2):
        case = evolve(case, recorded)
        assert case == build(1, book.events[:number])
        assert case.version == number
    assert case == book.case


def test_events_survive_json() -> None:
    """What is kept of an event is the event, and each kind has a tag of its own."""
    events = full().events
    decoder = msgspec.json.Decoder(Recorded)
    assert [decoder.decode(msgspec.json.encode(recorded)) for recorded in events] == events
    tags = [kind.__struct_config__.tag for kind in Event.__subclasses__()]
    assert len(set(tags)) == len(tags) == len(get_args(AnyEvent))


def test_a_case_knows_its_items() -> None:
    """Posts are items once each, in the order in which they were found."""
    book = Casebook(posts=("m2", "m1"))
    book.record(found("m2", "another rule"))
    assert book.case.posts == ("m2", "m1")
    assert len(book.case.found) == 3


def test_a_case_knows_its_decision() -> None:
    """Who signed and confirmed it, and what was objected and answered."""
    book = full()
    (decision,) = book.case.decisions
    assert (decision.by, decision.at, decision.said.number) == ("alice", START, 1)
    (confirmation,) = decision.confirmations
    assert confirmation == Confirmation("bob", confirmation.entry)
    assert confirmation.entry in book.case.logged
    appeal = decision.appeal
    assert appeal is not None
    assert appeal == Objection(
        appeal.entry, digest("appeal"), Result.REVERSED, appeal.result_entry, digest("answer"), "carol",
        at=START, judged_at=START,
    )  # fmt: skip
    assert {appeal.entry, appeal.result_entry} <= set(book.case.logged)


def test_a_decision_knows_its_targets() -> None:
    """Number 0 is the subject, the others are its posts; a measure is found by its number."""
    book = full()
    (decision,) = book.case.decisions
    subject = book.case.subject
    assert [decision.target(subject, number) for number in range(3)] == [
        Target(subject), *(Target(subject, post) for post in POSTS),
    ]  # fmt: skip
    assert decision.planned(1).kind is BLOCK[0].kind


def test_a_case_knows_what_the_ledger_and_the_host_said() -> None:
    """A statement is logged or refused; a measure is done once it was last seen as it should be."""
    book = full()
    applied, refused, lifted = book.case.carryings
    assert [effect.state for effect in applied.effects] == [EffectState.FAILED, EffectState.APPLIED]
    assert [one.done for one in book.case.carryings] == [True, False, False]
    assert book.case.refused == {refused.entry: "the rules are against it"}
    assert (lifted.said.target, lifted.said.direction) == (applied.said.target, Direction.LIFT)
    assert [book.case.seen(one) for one in book.case.carryings] == [
        "applied", "refused by the ledger", "owed",
    ]  # fmt: skip
    assert [notice.about for notice in book.case.notices] == [applied.entry]


@pytest.mark.parametrize(
    ("states", "done"),
    [
        ([EffectState.FAILED], False),
        ([EffectState.APPLIED, EffectState.DRIFTED], False),
        ([EffectState.APPLIED, EffectState.DRIFTED, EffectState.APPLIED], True),
        ([EffectState.LIFTED], False),
    ],
)
def test_the_last_effect_counts(states: list[EffectState], *, done: bool) -> None:
    """A measure that has drifted is done no longer."""
    book = Casebook()
    book.asked_and_logged(blocking())
    one, _ = book.stated()
    for number, state in enumerate(states, start=1):
        book.record(EffectStated(one, number, state))
    assert book.case.carryings[0].done is done


def test_a_measure_has_ended_once_its_end_is_on_the_ledger() -> None:
    """The end of one target is not that of another, and an end does not end itself."""
    book = full()
    applied, refused, lifted = book.case.carryings
    assert not any(map(book.case.has_ended, book.case.carryings))
    book.log(lifted.entry)
    assert book.case.has_ended(applied)
    assert not book.case.has_ended(refused)
    assert not book.case.has_ended(lifted)


def test_a_case_is_opened_once_and_first() -> None:
    """Events that cannot follow one another are those of no case."""
    book = full()
    with pytest.raises(TypeError, match="case 1 begins with Found"):
        build(1, book.events[1:])
    again = Recorded(START, "machine", Opened(book.case.subject, Source.ORDER))
    with pytest.raises(TypeError, match="case 1 is opened twice"):
        evolve(book.case, again)
    unappealed = Casebook()
    unappealed.ask(blocking(), ALICE)
    ruled = Recorded(START, "bob", Ruled(1, Result.UPHELD, b""), b"")
    with pytest.raises(TypeError, match="decision 1 was ruled on without an appeal"):
        evolve(unappealed.case, ruled)


def test_what_the_ledger_refused_can_be_said_again() -> None:
    """A confirmation, an appeal and its result that were refused have not happened; the refusals are kept."""
    book = Casebook()
    book.asked_and_logged(blocking(BLOCK_BY_TWO))
    book.refuse(book.ask(Confirm(1), BOB))
    book.refuse(book.ask(Appeal(1, digest("appeal")), PLATFORM))
    (decision,) = book.case.decisions
    assert (decision.confirmations, decision.appeal) == ((), None)
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    book.refuse(book.ask(Rule(1, Result.UPHELD, digest("answer")), CAROL))
    (decision,) = book.case.decisions
    assert decision.appeal
    assert decision.appeal.result is None
    book.ask(Rule(1, Result.REVERSED, digest("answer")), BOB)
    assert len(book.case.refused) == 3
