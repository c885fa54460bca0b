"""Strikes, and the ladder that they lead up."""

from __future__ import annotations

import pytest
from casebook import APP, PLATFORM, TABLE, Casebook, blocking
from msgspec.structs import replace
from worlds import START, digest

from tipstaff.casework.commands import Appeal, Asked, Rule
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Hearing, Result, Waiver
from tipstaff.casework.strikes import check_rungs, next_measures, rungs_reached, strikes
from tipstaff.casework.words import MeasureKind
from tipstaff.policy.model import Measure, Rung

DAY = 86_400
LADDER = (
    Rung(1, Measure.BLOCK_CONTENT, 0, 90),
    Rung(1, Measure.WARN, 0, 90),
    Rung(2, Measure.SUSPEND_UPDATES, 7, 180),
    Rung(3, Measure.CLOSE_ACCOUNT, 0, 365),
)


def struck(times: int = 1) -> Casebook:
    """Return a case with so many decisions, a day apart."""
    book = Casebook()
    for _ in range(times):
        book.asked_and_logged(blocking())
        book.now += DAY
    return book


def check(book: Casebook, *asked: Asked, **changes: object) -> None:
    """Check a decision against the ladder."""
    fields = {"hearing": Hearing.HELD, "waived_for": None, **changes}
    check_rungs(book.case, LADDER, replace(blocking(asked), **fields), book.now, TABLE)


def test_a_strike_lives_as_long_as_its_rung_says() -> None:
    """The first for 90 days, the second, which came while the first was alive, for 180."""
    book = struck(2)
    assert [(one.decision, one.expires) for one in strikes(book.case, LADDER, book.now, TABLE)] == [
        (1, START + 90 * DAY), (2, START + 181 * DAY),
    ]  # fmt: skip
    assert len(strikes(book.case, LADDER, START + 90 * DAY, TABLE)) == 1
    assert strikes(book.case, LADDER, START + 181 * DAY, TABLE) == []


def test_what_was_undone_or_orders_nothing_is_no_strike() -> None:
    """Nor is what the ledger has refused."""
    book = struck()
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    book.ask(Rule(1, Result.REVERSED, digest("answer")), replace(PLATFORM, name="carol", role="reviewer"))
    book.asked_and_logged(blocking(()))
    book.refuse(book.ask(blocking()))
    assert strikes(book.case, LADDER, book.now, TABLE) == []


def test_the_next_rung_is_proposed() -> None:
    """Posts are blocked first and the account warned, then suspended for a week, then closed, and no more."""
    first = next_measures(Casebook().case, LADDER, ("m1",), START, TABLE)
    assert [(one.kind, one.posts) for one in first] == [
        (MeasureKind.BLOCK_CONTENT, ("m1",)), (MeasureKind.WARN, ()),
    ]  # fmt: skip
    book = struck()
    (suspended,) = next_measures(book.case, LADDER, (), book.now, TABLE)
    assert (suspended.kind, suspended.until) == (MeasureKind.SUSPEND_UPDATES, book.now + 7 * DAY)
    for times in (2, 3):
        book = struck(times)
        assert [one.kind for one in next_measures(book.case, LADDER, (), book.now, TABLE)] == [
            MeasureKind.CLOSE_ACCOUNT
        ]


@pytest.mark.parametrize(
    ("times", "asked", "told"),
    [
        (0, Asked(MeasureKind.SUSPEND_UPDATES, until=START + DAY), "block_content, warn next"),
        (0, Asked(MeasureKind.CLOSE_ACCOUNT), "close_account skips rungs"),
        (1, Asked(MeasureKind.CLOSE_ACCOUNT), "suspend_updates for 7 days next"),
        (1, Asked(MeasureKind.SUSPEND_UPDATES), "suspend_updates skips rungs"),
        (1, Asked(MeasureKind.SUSPEND_UPDATES, until=START + 8 * DAY + 1), "suspend_updates skips rungs"),
    ],
)
def test_rungs_are_not_skipped(times: int, asked: Asked, told: str) -> None:
    """What is graver than the next rung, or longer, is refused, and the next rung is named."""
    with pytest.raises(CaseError, match=told):
        check(struck(times), asked)


@pytest.mark.parametrize(
    ("times", "asked"),
    [
        (0, Asked(MeasureKind.WARN)),
        (0, Asked(MeasureKind.BLOCK_CONTENT, ("m1",))),
        (1, Asked(MeasureKind.RESTRICT_POSTING)),
        (1, Asked(MeasureKind.SUSPEND_UPDATES, until=START + 8 * DAY)),
        (2, Asked(MeasureKind.CLOSE_ACCOUNT)),
    ],
)
def test_a_person_may_be_as_strict_as_the_ladder_or_milder(times: int, asked: Asked) -> None:
    """What is on the next rung, or below it, stands."""
    check(struck(times), asked)


def test_an_order_or_grave_harm_skips_rungs() -> None:
    """So does what has forbidden the hearing; apps have no ladder, nor have policies without one."""
    book, closing = Casebook(), Asked(MeasureKind.CLOSE_ACCOUNT)
    check(book, closing, order=3)
    check(book, closing, skips_for=Waiver.GRAVE_HARM)
    check(book, closing, hearing=Hearing.WAIVED, waived_for=Waiver.GRAVE_HARM)
    check_rungs(book.case, (), blocking((closing,)), book.now, TABLE)
    suspending = blocking((Asked(MeasureKind.SUSPEND_APP),))
    check_rungs(Casebook(APP, ()).case, LADDER, suspending, START, TABLE)


def test_a_ladder_may_leave_numbers_out() -> None:
    """Between two rungs the lower one is next, and a strike lives as long as that says."""
    ladder = (LADDER[1], LADDER[3])
    book = struck()
    assert [one.kind for one in next_measures(book.case, ladder, (), book.now, TABLE)] == [MeasureKind.WARN]
    check_rungs(book.case, ladder, blocking((Asked(MeasureKind.WARN),)), book.now, TABLE)
    book = struck(2)
    assert len(strikes(book.case, ladder, book.now, TABLE)) == 2
    assert [one.kind for one in next_measures(book.case, ladder, (), book.now, TABLE)] == [
        MeasureKind.CLOSE_ACCOUNT
    ]


@pytest.mark.parametrize(("count", "reached"), [(0, []), (1, [0, 1]), (2, [2]), (3, [3]), (9, [3])], ids=str)
def test_the_highest_rungs_are_reached(count: int, reached: list[int]) -> None:
    """All of the same height; none before the first strike."""
    assert rungs_reached(LADDER, count) == [LADDER[place] for place in reached]
