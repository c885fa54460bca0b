"""A case in one line says how it stands."""

from __future__ import annotations

from casebook import BOB, PLATFORM, POSTS, Casebook, blocking, found, ordered
from msgspec.structs import replace
from worlds import START, digest

from tipstaff.casework.commands import Appeal, Asked, Escalate, Hear, Propose, Rule
from tipstaff.casework.events import EffectState, EffectStated, Result
from tipstaff.casework.outline import Standing, outline
from tipstaff.casework.words import MeasureKind


def test_the_gravest_finding_counts() -> None:
    """Posts are counted once, and rules named once, in the order in which they were found."""
    book = Casebook()
    book.record(replace(found("m2", "worse"), severity=4))
    book.record(found("m2"))
    one = outline(book.case)
    assert (one.number, one.subject) == (1, book.case.subject)
    assert (one.posts, one.severity, one.rules) == (2, 4, ("hype", "worse"))


def test_how_a_case_stands() -> None:
    """It follows the last decision from the desk to the host, and to the result of the appeal."""
    book = Casebook()
    stands = [outline(book.case).standing]
    book.asked_and_logged(blocking())
    stands.append(outline(book.case).standing)
    book.begun()
    for carrying in book.case.carryings:
        stands.append(outline(book.case).standing)
        book.record(EffectStated(carrying.entry, 1, EffectState.APPLIED))
    stands.append(outline(book.case).standing)
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    stands.append(outline(book.case).standing)
    entry = book.ask(Rule(1, Result.REVERSED, digest("answer")), BOB)
    stands.append(outline(book.case).standing)
    book.refuse(entry)
    stands.append(outline(book.case).standing)
    assert stands == [
        Standing.OPEN, Standing.DECIDED, Standing.DECIDED, Standing.DECIDED, Standing.CARRIED_OUT,
        Standing.APPEALED, Standing.REVERSED, Standing.REFUSED,
    ]  # fmt: skip


def test_what_was_escalated_has_the_higher_rank() -> None:
    """Higher than the gravest of what was not."""
    book = Casebook()
    book.record(replace(found("m1"), severity=5))
    grave = outline(book.case)
    other = Casebook(posts=())
    other.record(replace(found("m1"), severity=1))
    other.ask(Escalate(digest("text")))
    assert outline(other.case).rank > grave.rank
    assert outline(other.case).stands(START) == "open, escalated"


def test_a_hearing_ends_by_itself() -> None:
    """Until its time is over a case is in hearing, then it can be decided; one that was heard is open."""
    book = Casebook()
    book.ask(Propose("house-1", (MeasureKind.CLOSE_ACCOUNT,), START + 60, digest("proposal")))
    one = outline(book.case)
    assert (one.standing, one.heard_until) == (Standing.HEARING, START + 60)
    assert one.stands(START + 59) == "in hearing"
    assert one.stands(START + 60) == "to be decided: the hearing is over"
    book.ask(Hear(digest("an answer")), PLATFORM)
    heard = outline(book.case)
    assert (heard.heard_until, heard.stands(START + 60)) == (None, "open")


def test_a_case_under_appeal_is_not_in_hearing() -> None:
    """Whatever is proposed meanwhile."""
    book = Casebook()
    book.asked_and_logged(blocking())
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    book.ask(Propose("house-1", (MeasureKind.CLOSE_ACCOUNT,), START + 60, digest("proposal")))
    assert outline(book.case).stands(START + 60) == "appealed against"


def test_a_case_says_that_it_waits_for_a_second_person() -> None:
    """Beside how it stands."""
    book = Casebook()
    book.ask(blocking())
    assert outline(book.case, waits=True).stands(START) == "decided, waits for a second person"
    assert outline(book.case).stands(START) == "decided"


def test_every_result_has_a_standing() -> None:
    """An appeal that was judged is told by its result; where that varies a decision, a new one is due."""
    stands = {}
    for result in Result:
        book = Casebook()
        book.asked_and_logged(blocking())
        book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
        book.ask(Rule(1, result, digest("answer")), BOB)
        stands[result] = outline(book.case).standing
    assert stands == {
        Result.UPHELD: Standing.UPHELD, Result.REVERSED: Standing.REVERSED, Result.VARIED: Standing.OPEN,
    }  # fmt: skip


def test_it_says_since_when_something_is_to_be_decided() -> None:
    """That is when it came in; what comes in meanwhile changes nothing, and after a decision it is anew."""
    book = Casebook()
    book.now += 5
    book.record(found("m2"))
    assert outline(book.case).since == START
    book.asked_and_logged(blocking())
    book.now += 5
    book.record(found("m3"))
    assert outline(book.case).since == START + 10
    book.asked_and_logged(blocking())
    book.now += 5
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    assert outline(book.case).since == START + 15


def test_whom_it_reaches_is_what_came_in_last() -> None:
    """What events of earlier times do not say changes nothing; languages are named once."""
    book = Casebook()
    for followers, language in ((9, "zh"), (7, "en"), (None, None), (None, "zh")):
        book.record(replace(found("m2"), followers=followers, language=language))
    one = outline(book.case)
    assert (one.followers, one.languages, one.policies) == (7, ("zh", "en"), ("house",))


def test_an_order_that_was_carried_out_is_due_no_more() -> None:
    """Not even where something else comes in later; one of which something is left is."""
    book = Casebook()
    book.record(ordered(POSTS))
    due = [outline(book.case).due]
    book.asked_and_logged(replace(blocking(), order=9))
    due.append(outline(book.case).due)
    book.carried_out()
    due.append(outline(book.case).due)
    book.record(found("m3"))
    due.append(outline(book.case).due)
    book.record(replace(ordered(("m3",), 10), entry=digest("another"), deadline=START + 9000))
    due.append(outline(book.case).due)
    assert due == [START + 3600, START + 3600, None, None, START + 9000]
    assert "due" in outline(book.case).facets


def test_an_order_is_due_until_all_of_it_was_decided_on() -> None:
    """A decision on one of its posts leaves the others."""
    book = Casebook()
    book.record(ordered(POSTS))
    one = (Asked(MeasureKind.BLOCK_CONTENT, POSTS[:1]),)
    book.asked_and_logged(replace(blocking(one), order=9))
    book.carried_out()
    book.record(found("m3"))
    assert outline(book.case).due == START + 3600
    other = (Asked(MeasureKind.BLOCK_CONTENT, POSTS[1:]),)
    book.asked_and_logged(replace(blocking(other), order=9))
    book.begun()
    book.record(found("m4"))
    assert outline(book.case).due == START + 3600
    book.record(EffectStated(book.case.carryings[-1].entry, 1, EffectState.APPLIED))
    assert outline(book.case).due is None


def test_an_appeal_moves_nothing_back_that_waits() -> None:
    """A case waits since the first thing came in that nobody has decided on."""
    book = Casebook()
    book.asked_and_logged(blocking())
    book.now = START + 60
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    assert outline(book.case).since == START + 60
    other = Casebook()
    other.asked_and_logged(blocking())
    other.now = START + 60
    other.record(found("m3"))
    other.now = START + 90
    other.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    assert outline(other.case).since == START + 60
