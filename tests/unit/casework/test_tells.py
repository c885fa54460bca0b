"""Who is told of proposals and of results, once each."""

from __future__ import annotations

from casebook import ALICE, BLOCK, BOB, CAROL, PLATFORM, READER, Casebook, blocking, ordered
from msgspec.structs import replace
from worlds import START, digest

from tipstaff.casework.commands import Actor, Answer, Appeal, Asked, Complain, Hear, Propose, Rule
from tipstaff.casework.complaints import answers_due
from tipstaff.casework.events import Answered, Noticed, Outcome, Reason, Result
from tipstaff.casework.owed import attention
from tipstaff.casework.tells import tells
from tipstaff.casework.words import MeasureKind

PROPOSAL = Propose("house-1", (MeasureKind.CLOSE_ACCOUNT,), START + 60, digest("a proposal"))
OTHER = Actor("memory/reader/sam", "reader")


def told(book: Casebook) -> list[str]:
    """Return who is to be told of something."""
    return [tell.audience for tell in tells(book.case)]


def tell_all(book: Casebook) -> None:
    """Tell everybody."""
    for tell in list(tells(book.case)):
        book.record(Noticed(tell.audience, tell.about, digest("notice")))


def complain(book: Casebook, actor: Actor, post: str = "m1") -> None:
    """Have a reader complain."""
    book.ask(Complain(Reason.FRAUD, post, digest("complaint")), actor)


def answer(book: Casebook) -> None:
    """Answer what is due."""
    for due in list(answers_due(book.case)):
        number = due.complaint.said.number
        book.record(Answered(number, due.outcome, digest("told"), due.decision.said.number))


def ruled(book: Casebook, result: Result, number: int = 1) -> bytes:
    """Have a decision appealed against and judged; returns the entry of the result, which waits."""
    book.asked_and_logged(Appeal(number, digest("appeal")), PLATFORM)
    return book.ask(Rule(number, result, digest("answer")), CAROL)


def blocked(post: str = "m1") -> tuple[Asked, ...]:
    """Return that one post is blocked."""
    return (Asked(MeasureKind.BLOCK_CONTENT, (post,)),)


def test_the_account_is_told_of_a_proposal_once() -> None:
    """And the case is due until it was."""
    book = Casebook()
    book.ask(PROPOSAL)
    (tell,) = tells(book.case)
    assert (tell.audience, tell.about, tell.said) == (
        "account", PROPOSAL.text, book.case.proposal and book.case.proposal.said,
    )  # fmt: skip
    assert attention(book.case, book.now, book.table) == 0
    tell_all(book)
    assert told(book) == []
    assert attention(book.case, book.now, book.table) is None
    book.ask(Hear(digest("an answer")), PLATFORM)
    assert told(book) == []
    book.ask(replace(PROPOSAL, text=digest("another")))
    assert told(book) == ["account"]


def test_nobody_is_told_of_a_proposal_that_was_decided_on() -> None:
    """The notice of what was decided says more."""
    book = Casebook()
    book.ask(PROPOSAL)
    book.ask(blocking(()))
    assert told(book) == []


def test_a_result_is_told_once_it_is_on_the_ledger() -> None:
    """To the account whatever it says, and not twice."""
    for result in Result:
        book = Casebook()
        book.asked_and_logged(blocking(BLOCK))
        entry = ruled(book, result)
        assert told(book) == []
        book.log(entry)
        (tell,) = tells(book.case)
        assert (tell.audience, tell.about, tell.said) == ("account", entry, (book.case.decisions[0], result))
        tell_all(book)
        assert told(book) == []


def test_a_complainant_is_told_that_the_decision_was_undone() -> None:
    """Each once, and only where the result changes something."""
    for result, expected in ((Result.UPHELD, []), (Result.REVERSED, [1]), (Result.VARIED, [1])):
        book = Casebook()
        for actor, post in ((READER, "m1"), (OTHER, "m1"), (READER, "m2")):
            complain(book, actor, post)
        book.asked_and_logged(blocking(blocked()))
        book.carried_out()
        answer(book)
        book.log(ruled(book, result))
        audiences = [f"complainant {READER.name}", f"complainant {OTHER.name}"] if expected else []
        assert told(book) == ["account", *audiences]


def test_the_result_of_another_decision_concerns_no_complainant() -> None:
    """Who has complained of one post learns nothing about another."""
    book = Casebook()
    complain(book, READER, "m1")
    book.asked_and_logged(blocking(blocked("m1")))
    book.carried_out()
    answer(book)
    book.asked_and_logged(blocking(blocked("m2")))
    book.log(ruled(book, Result.REVERSED, 2))
    assert told(book) == ["account"]


def test_who_was_answered_otherwise_is_not_told_of_results() -> None:
    """Dismissed, abusive, answered by a person or not at all: no decision came of it."""
    book = Casebook()
    for actor in (READER, OTHER, replace(READER, name="memory/reader/tom")):
        complain(book, actor, "m2")
    book.ask(Answer(1, Outcome.ABUSIVE, digest("told")), BOB)
    book.ask(Answer(2, Outcome.UPHELD, digest("told")), BOB)
    book.asked_and_logged(blocking(blocked("m1")), ALICE)
    book.carried_out()
    book.log(ruled(book, Result.REVERSED))
    assert told(book) == ["account"]


def test_the_authority_is_told_of_the_result_about_its_order() -> None:
    """Whatever it says; and of no other decision."""
    for order, expected in ((9, ["account", "authority"]), (None, ["account"])):
        book = Casebook()
        book.record(ordered())
        book.asked_and_logged(replace(blocking(BLOCK), order=order))
        book.log(ruled(book, Result.UPHELD))
        assert told(book) == expected
