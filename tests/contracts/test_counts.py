"""What every keeper of cases counts: the same in memory and in every database."""

from __future__ import annotations

import pytest
from casebook import ACCOUNT, APP, found, ordered
from msgspec.structs import replace
from worlds import START, digest

from tipstaff.actions.cases import Cases, Change
from tipstaff.casework.case import Case
from tipstaff.casework.counts import DAY, Asked, Hits, Tally, Times, Total, What
from tipstaff.casework.events import (
    Answered,
    AnyEvent,
    Appealed,
    Complained,
    Confirmed,
    Decided,
    Hearing,
    Logged,
    Opened,
    Outcome,
    Reason,
    Recorded,
    Refused,
    Result,
    Ruled,
    Source,
    TakenBack,
)
from tipstaff.casework.orders.events import Entered, OrderConfirmed, Reported, Scope
from tipstaff.casework.words import MeasureKind, Planned, Signed, Subject, SubjectKind, Target

BEGIN = START - START % DAY
"""Midnight before the start: days are counted from there."""

ELSEWHERE = Subject("elsewhere", SubjectKind.ACCOUNT, "news")


def asked(*whats: What, hosts: frozenset[str] | None = None) -> Asked:
    """Ask for ten days from the first one on."""
    return Asked(whats=whats, since=BEGIN, until=BEGIN + 10 * DAY, hosts=hosts)


def opened(cases: Cases, subject: Subject = ACCOUNT, day: int = 0) -> Case:
    """Open a case on a day."""
    return cases.open(subject, Recorded(BEGIN + day * DAY, "machine", Opened(subject, Source.FINDING)))


def after(
    cases: Cases, case: Case, event: AnyEvent, day: int, by: str = "alice", entry: bytes | None = None
) -> Case:
    """Let something happen in a case on a day."""
    return cases.change(case, Change([Recorded(BEGIN + day * DAY, by, event, entry)]))


def decided(number: int, *kinds: MeasureKind) -> Decided:
    """Return a decision."""
    measures = tuple(Planned(place, kind, "world", (0,)) for place, kind in enumerate(kinds, start=1))
    return Decided(
        number, "house-1", digest("policy"), digest("d"), measures, (), Hearing.NOT_DUE, digest("why"), 0
    )


def warned(cases: Cases, case: Case, day: int, number: int = 1) -> Case:
    """Decide on a warning."""
    return after(cases, case, decided(number, MeasureKind.WARN), day, entry=digest(f"decision {number}"))


def counted(cases: Cases, *whats: What) -> list[tuple[What, int, str, int]]:
    """Return what was counted, on which day, and how often."""
    tallies = cases.tallies(asked(*whats))
    return [(one.what, one.day - BEGIN // DAY, one.word, one.times) for one in tallies]


def test_things_are_counted_by_what_day_and_word(cases: Cases) -> None:
    """What never was is not there, and what is of other days than those that are asked for is not."""
    case = opened(cases)
    case = after(cases, case, found("m1"), 1, "machine")
    case = after(cases, case, found("m2"), 1, "machine")
    after(cases, case, found("m1", "lure"), 11, "machine")
    opened(cases, APP, day=-1)
    first = BEGIN // DAY
    assert cases.tallies(asked(What.OPENED, What.FOUND)) == [
        Tally(What.FOUND, first + 1, "hype", "house@1.0", 2),
        Tally(What.OPENED, first, "finding", "", 1),
    ]
    assert cases.totals(asked(What.OPENED, What.FOUND)) == [
        Total(What.FOUND, "hype", 2),
        Total(What.OPENED, "finding", 1),
    ]
    assert cases.totals(asked(What.FOUND), once=True) == [Total(What.FOUND, "hype", 1)]


def test_a_time_is_exact(cases: Cases) -> None:
    """What was a second before, or at the time at which it ends, is not there."""
    opened(cases, day=1)
    for since, until, times in ((0, 0, 0), (0, 1, 1), (1, 2, 0)):
        at = BEGIN + DAY
        exact = Asked(whats=(What.OPENED,), since=at + since, until=at + until)
        assert [one.times for one in cases.totals(exact)] == [1] * times
        assert [one.times for one in cases.tallies(exact)] == [1] * times


def test_what_is_of_other_hosts_is_not_there(cases: Cases) -> None:
    """Who is limited to queues is told what is of these."""
    after(cases, opened(cases, ELSEWHERE), found("m1"), 0, "machine")
    opened(cases)
    mine = frozenset((ACCOUNT.host,))
    assert len(cases.tallies(asked(What.OPENED, What.FOUND, hosts=mine))) == 1
    assert cases.hits("house@1.0", BEGIN, mine) == {}
    assert cases.hits("house@1.0", BEGIN, frozenset((ELSEWHERE.host,))) == {"hype": Hits(1, 1, 1)}
    assert cases.tallies(asked(What.OPENED, hosts=frozenset())) == []


def test_how_long_a_decision_took_is_counted_once_a_case(cases: Cases) -> None:
    """From the opening to the first decision of a person; half took no longer than the median."""
    for number, days in enumerate((1, 2, 3, 9)):
        case = opened(cases, replace(ACCOUNT, id=f"news-{number}"))
        case = warned(cases, case, days)
        warned(cases, case, 9, number=2)
    assert cases.times(asked(What.DECIDED), 10 * DAY) == [Times(0, 4, 2 * DAY, 9 * DAY)]
    assert cases.times(asked(What.DECIDED), DAY)[-1] == Times(9, 1, 9 * DAY, 9 * DAY)
    assert cases.times(asked(What.OPENED), DAY) == []


def test_a_decision_that_is_taken_back_never_was(cases: Cases) -> None:
    """Nor is one that the ledger refuses; the next one is the first then."""
    case = warned(cases, opened(cases), 1)
    case = after(cases, case, TakenBack(1), 1)
    assert counted(cases, What.DECIDED, What.MEASURE) == []
    case = after(cases, case, decided(1, MeasureKind.WARN), 2, entry=digest("again"))
    case = after(cases, case, Refused(digest("again"), "no"), 2, "machine")
    assert counted(cases, What.DECIDED, What.MEASURE, What.BORNE_OUT) == []
    after(cases, case, decided(2), 3, entry=digest("last"))
    assert cases.times(asked(What.DECIDED), DAY) == [Times(3, 1, 3 * DAY, 3 * DAY)]
    assert counted(cases, What.DECIDED) == [(What.DECIDED, 3, "nothing", 1)]


def test_what_becomes_of_a_rule(cases: Cases) -> None:
    """A decision is about what was found since the one before: dismissed, borne out, or reversed later."""
    case = after(cases, opened(cases), found("m1"), 0, "machine")
    case = after(cases, case, found("m2"), 0, "machine")
    case = after(cases, case, decided(1), 1, entry=digest("decision 1"))
    case = after(cases, case, found("m3"), 2, "machine")
    case = after(cases, case, found("m3", "lure"), 2, "machine")
    case = warned(cases, case, 3, number=2)
    assert cases.hits("house@1.0", BEGIN + DAY) == {
        "hype": Hits(3, 1, 1, borne_out=1, dismissed=1),
        "lure": Hits(1, 1, 1, borne_out=1),
    }
    case = after(cases, case, Appealed(2, digest("no")), 4, "platform", digest("appeal"))
    after(cases, case, Ruled(2, Result.REVERSED, digest("yes")), 5, "bob", digest("result"))
    hits = cases.hits("house@1.0", BEGIN + DAY)
    assert hits["hype"].reversed == hits["lure"].reversed == 1
    assert (hits["hype"].false_alarms, hits["hype"].judged) == (2, 2)
    assert cases.hits("house@2.0", BEGIN) == {}


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_result_counts_once_it_is_settled(cases: Cases, *, confirmed: bool) -> None:
    """One that a second person has to confirm is none before."""
    case = warned(cases, after(cases, opened(cases), found("m1"), 0, "machine"), 1)
    case = after(cases, case, Appealed(1, digest("no")), 2, "platform", digest("appeal"))
    case = after(
        cases, case, Ruled(1, Result.REVERSED, digest("yes"), second_person=True), 3, "bob", digest("r")
    )
    if confirmed:
        after(cases, case, Confirmed(1, Signed.RESULT), 4, "carol", digest("c"))
    expected = [(What.APPEALED, 2, "", 1), (What.JUDGED, 4, "reversed", 1)]
    assert counted(cases, What.APPEALED, What.JUDGED) == expected[: 2 if confirmed else 1]
    assert cases.hits("house@1.0", BEGIN)["hype"].reversed == int(confirmed)


def test_what_waits_is_counted_from_when_to_when(cases: Cases) -> None:
    """It waits from the opening to the decision, and again while an appeal is judged."""
    case = warned(cases, opened(cases), 1)
    case = after(cases, case, Appealed(1, digest("no")), 2, "platform", digest("appeal"))
    after(cases, case, Ruled(1, Result.UPHELD, digest("yes")), 5, "bob", digest("result"))
    assert counted(cases, What.WAITS, What.RESTS) == [
        (What.RESTS, 1, "", 1),
        (What.RESTS, 5, "", 1),
        (What.WAITS, 0, "", 1),
        (What.WAITS, 2, "", 1),
    ]


def test_complaints_and_what_came_of_them(cases: Cases) -> None:
    """By reason when they came, and by outcome when they were answered."""
    case = after(cases, opened(cases), Complained(1, Reason.FRAUD, None, digest("text")), 1, "rae")
    after(cases, case, Answered(1, Outcome.UPHELD, digest("told")), 3)
    assert counted(cases, What.COMPLAINED, What.ANSWERED) == [
        (What.ANSWERED, 3, "upheld", 1),
        (What.COMPLAINED, 1, "fraud", 1),
    ]
    assert cases.times(asked(What.ANSWERED), DAY) == [Times(3, 1, 2 * DAY, 2 * DAY)]


@pytest.mark.parametrize(("day", "word"), [(4, "in time"), (6, "late")])
def test_an_order_is_due_until_it_is_reported_on(cases: Cases, day: int, word: str) -> None:
    """It counts once it is confirmed on the ledger: its deadline does, and then the first report."""
    number = cases.reserve("court", "7")
    said = Entered("court", "7", "art. 1", Scope.ACCOUNT, (Target(ACCOUNT), Target(ELSEWHERE)), "CN",
                   BEGIN + 5 * DAY, digest("order"))  # fmt: skip
    order = cases.enter(number, Change([Recorded(BEGIN, "clerk", said, digest("order"))]))
    assert counted(cases, What.DUE) == []
    for event, entry in (
        (OrderConfirmed(0), digest("confirmed")),
        (Logged(digest("order"), 1), None),
        (Logged(digest("confirmed"), 2), None),
    ):
        order = cases.change(order, Change([Recorded(BEGIN, "clerk-2", event, entry)]))
    assert cases.totals(asked(What.DUE, What.REPORTED)) == [Total(What.DUE, "", 2)]
    assert cases.totals(asked(What.DUE), once=True) == [Total(What.DUE, "", 1)]
    mine = cases.totals(asked(What.DUE, hosts=frozenset((ELSEWHERE.host,))))
    assert mine == [Total(What.DUE, "", 1)]
    assert counted(cases, What.DUE) == [(What.DUE, 5, "", 2)]
    order = cases.change(
        order, Change([Recorded(BEGIN + day * DAY, "clerk", Reported(digest("report"), ()))])
    )
    cases.change(order, Change([Recorded(BEGIN + 9 * DAY, "clerk", Reported(digest("more"), ()))]))
    assert counted(cases, What.DUE, What.REPORTED) == [(What.REPORTED, day, word, 2)]


def test_an_order_on_a_case_is_no_count_of_its_own(cases: Cases) -> None:
    """A case that an order is about waits like any other."""
    case = warned(cases, opened(cases), 1)
    after(cases, case, ordered(), 2, "platform")
    assert counted(cases, What.WAITS)[-1] == (What.WAITS, 2, "", 1)
