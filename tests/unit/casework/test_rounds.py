"""When a case is looked at by the clock alone."""

from __future__ import annotations

import pytest
from casebook import BLOCK, BOB, MACHINE, PLATFORM, READER, TABLE, Casebook, blocking, found, ordered
from msgspec.structs import replace
from worlds import START, digest

from tipstaff.casework.commands import Appeal, Claim, Complain, Note, Rule
from tipstaff.casework.erasure import DAY
from tipstaff.casework.events import (
    AnyEvent,
    EffectState,
    EffectStated,
    Erased,
    ErasureBegun,
    ErasureCause,
    Found,
    Noticed,
    OrderChanged,
    Reason,
    Released,
    Result,
    Suspected,
    Traced,
)
from tipstaff.casework.orders.events import Change
from tipstaff.casework.rounds import erased_from, next_look, shown_late, standing
from tipstaff.casework.words import Direction

HOUR = 3600


def look(book: Casebook, days: int = 200, hours: int = 24) -> int | None:
    """Return when a case is looked at next."""
    return next_look(book.case, book.now, TABLE, days, hours)


@pytest.fixture
def carried_out() -> Casebook:
    """Return a case whose measures are in force, an hour and a half after it was opened."""
    book = Casebook()
    book.now += HOUR * 3 // 2
    book.asked_and_logged(blocking())
    book.carried_out()
    return book


def test_an_open_case_waits_for_somebody() -> None:
    """Nothing comes of it by itself."""
    assert look(Casebook()) is None


def test_measures_are_read_back_at_fixed_times(carried_out: Casebook) -> None:
    """So many hours after the case was opened, and again and again; never where that is set."""
    assert look(carried_out, hours=1) == START + 2 * HOUR
    carried_out.now = START + 2 * HOUR
    assert look(carried_out, hours=1) == START + 3 * HOUR
    assert look(carried_out, hours=24) == START + 24 * HOUR
    assert look(carried_out, hours=0) == carried_out.case.settled_at + 200 * DAY


def test_what_comes_first_counts(carried_out: Casebook) -> None:
    """Texts whose time is over before the next check, and what is owed before both."""
    assert look(carried_out, days=181, hours=5000) == carried_out.case.settled_at + 181 * DAY
    until = carried_out.now + 60
    carried_out.asked_and_logged(blocking((replace(BLOCK[0], until=until),)))
    carried_out.carried_out()
    assert look(carried_out, hours=1) == until


def test_ends_are_read_back_as_well(carried_out: Casebook) -> None:
    """Measures in force, and the ends of those that are over; what was never done is not."""
    assert [one.said.target for one in standing(carried_out.case)] == [1, 2]
    carried_out.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    carried_out.asked_and_logged(Rule(1, Result.REVERSED, digest("answer")), BOB)
    carried_out.carried_out()
    assert [one.said.direction.value for one in standing(carried_out.case)] == ["lift", "lift"]
    assert list(standing(Casebook().case)) == []


def test_texts_are_erased_once(carried_out: Casebook) -> None:
    """And again where something was said since; what says nothing changes nothing."""
    settled_at = carried_out.case.settled_at
    assert erased_from(carried_out.case, 200, TABLE) == settled_at + 200 * DAY
    carried_out.record(ErasureBegun(ErasureCause.RETENTION, 4))
    assert look(carried_out, hours=0) == 0
    carried_out.record(Erased(ErasureCause.RETENTION, 4))
    silent: tuple[AnyEvent, ...] = (Traced(()), Released())
    for event in silent:
        carried_out.record(event)
    carried_out.log(digest("something"))
    carried_out.ask(Claim(carried_out.now + 60))
    assert erased_from(carried_out.case, 200, TABLE) is None
    carried_out.now += 9 * DAY
    carried_out.ask(Note(digest("note")))
    assert erased_from(carried_out.case, 200, TABLE) == carried_out.now + 200 * DAY
    carried_out.record(ErasureBegun(ErasureCause.RETENTION, 0))
    assert not carried_out.case.erasing
    assert erased_from(carried_out.case, 200, TABLE) is None, "nothing was kept any more"


def test_what_complainants_wrote_is_left_for_its_time() -> None:
    """Where the subject has asked; where a complainant has, everything else is."""
    book = Casebook()
    book.ask(Complain(Reason.FRAUD, "m1", digest("complaint")), READER)
    assert book.case.texts
    book.record(Erased(ErasureCause.REQUEST, 1, READER.name))
    assert book.case.texts
    book.record(Erased(ErasureCause.REQUEST, 4))
    assert book.case.texts
    assert [(one.count, one.complainant) for one in book.case.erasures] == [(1, READER.name), (4, None)]
    book.record(Erased(ErasureCause.RETENTION, 1))
    assert not book.case.texts
    other = Casebook()
    other.record(Erased(ErasureCause.REQUEST, 4))
    assert not other.case.texts
    other.record(Noticed("authority", digest("result"), digest("notice")))
    other.record(Erased(ErasureCause.REQUEST, 4))
    assert other.case.texts, "what an authority was told is not the subject's"


def test_a_case_that_says_nothing_has_no_texts() -> None:
    """Until something is found in it."""
    book = Casebook(posts=())
    book.record(Suspected(7, ()), MACHINE)
    assert not book.case.texts
    changed = OrderChanged(9, digest("change"), Change.NARROWED, "CN", START, ("m1",))
    book.record(ordered())
    book.record(Erased(ErasureCause.RETENTION, 1))
    book.record(changed)
    assert not book.case.texts
    book.record(replace(changed, snapshots=(digest("snapshot"),)))
    assert book.case.texts
    book.record(Erased(ErasureCause.RETENTION, 1))
    event: Found = found("m1")
    book.record(event, MACHINE)
    assert book.case.texts


def test_what_the_ledger_has_refused_is_not_read_back(carried_out: Casebook) -> None:
    """Nothing could be stated of it: a worker would try for ever."""
    first, second = standing(carried_out.case)
    refused = replace(carried_out.case, refused={first.entry: "out of order"})
    assert list(standing(refused)) == [second]
    end = replace(
        first,
        said=replace(first.said, direction=Direction.LIFT, target=9),
        effects=(EffectStated(first.entry, 1, EffectState.LIFTED),),
    )
    case = replace(carried_out.case, carryings=(end,))
    assert list(shown_late(case)) == [end]
    assert list(shown_late(replace(case, refused={end.entry: "out of order"}))) == []
