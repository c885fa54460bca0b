"""A case in one line says how it stands."""

from __future__ import annotations

from casebook import BOB, PLATFORM, Casebook, blocking, found
from msgspec.structs import replace
from worlds import digest

from tipstaff.casework.commands import Appeal, Rule
from tipstaff.casework.events import EffectState, EffectStated, Result
from tipstaff.casework.outline import Standing, outline


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
