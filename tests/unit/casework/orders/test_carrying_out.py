"""Orders in cases: what a decision that carries one out may say, and what an amendment ends."""

from __future__ import annotations

import re
from typing import Final

import pytest
from casebook import (
    ACCOUNT,
    BOB,
    CLOSE,
    POSTS,
    TABLE,
    Casebook,
    OrderBook,
    blocking,
    entering,
    ordered,
)
from msgspec.structs import replace
from worlds import START, digest

from tipstaff.casework.case import Stage
from tipstaff.casework.commands import Asked, Confirm, Decide
from tipstaff.casework.due import deadline
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Hearing, MeasureStated, OrderChanged, Waiver
from tipstaff.casework.orders.commands import Amend
from tipstaff.casework.orders.events import Change, Scope
from tipstaff.casework.orders.report import new_posts, passed_on
from tipstaff.casework.owed import attention
from tipstaff.casework.words import Direction, MeasureKind, Subject, SubjectKind, Target

APPLY, LIFT = Direction
NARROWED, REFUSED, WITHDRAWN = Change
SNAPSHOTS: Final = {post: digest(f"{post} as it was") for post in POSTS}
AMENDMENT: Final = digest("amendment")
WHY: Final = digest("reasons")
ALL: Final = (Asked(MeasureKind.BLOCK_CONTENT, territory="CN"),)
M1, M2 = Target(ACCOUNT, "m1"), Target(ACCOUNT, "m2")
OTHER: Final = Target(Subject("memory", SubjectKind.ACCOUNT, "other"), "o1")


def posts(*names: str, territory: str = "CN") -> tuple[Asked, ...]:
    """Return that posts are blocked."""
    return (Asked(MeasureKind.BLOCK_CONTENT, names, territory),)


def under(measures: tuple[Asked, ...], *, policy: bool = False) -> Decide:
    """Return a decision that carries order 9 out, on its own or under a policy as well."""
    decide = replace(blocking(measures), order=9, hearing=Hearing.NOT_DUE, waived_for=None)
    return decide if policy else replace(decide, policy=None, policy_digest=None)


def changed(*targets: str | None, change: Change = NARROWED, entry: bytes = AMENDMENT) -> OrderChanged:
    """Return that the order is now about these posts."""
    return OrderChanged(9, entry, change, "CN", START + 3600, targets)


def told(*targets: str | None) -> Casebook:
    """Return a case that an order is about."""
    book = Casebook()
    book.record(ordered(targets))
    return book


def test_an_order_comes_before_reviewers() -> None:
    """The case is open, and due when the order is; as long as anything is left of it."""
    book = Casebook()
    book.asked_and_logged(blocking())
    book.record(ordered())
    assert (book.case.stage, deadline(book.case)) == (Stage.OPEN, START + 3600)
    book.record(replace(changed(None), deadline=START + 9))
    assert deadline(book.case) == START + 9
    book.record(changed(change=WITHDRAWN))
    assert (book.case.stage, deadline(book.case)) == (Stage.OPEN, None)


def test_the_first_deadline_counts() -> None:
    """Of several orders the one that is due first."""
    book = told()
    book.record(replace(ordered(number=10), deadline=START + 60))
    assert deadline(book.case) == START + 60


def test_posts_of_an_order_are_items() -> None:
    """Those that it named at first, and those that it was narrowed to."""
    book = told("m7", None)
    assert book.case.posts == ("m1", "m2", "m7")
    book.record(changed("m8"))
    assert book.case.posts == ("m1", "m2", "m7", "m8")
    book.ask(under(posts("m8")))


def test_a_decision_under_an_order_cites_it() -> None:
    """And no policy, if it has none."""
    book = told(None)
    book.ask(under(ALL))
    assert book.claims["order"] == digest("order")
    assert not {"policy", "policy_digest"} & set(book.claims)
    assert book.case.order_cited(book.case.decisions[0]) == book.case.order(9)
    book.ask(under(ALL, policy=True))
    assert {"order", "policy", "policy_digest"} <= set(book.claims)
    book.ask(blocking())
    assert book.case.order_cited(book.case.decisions[2]) is None


FURTHER: Final = "a decision that goes further rests on a policy as well"


@pytest.mark.parametrize(
    ("targets", "measures", "message"),
    [
        (("m1",), posts("m1", "m2"), f"order 9 is not about m2: {FURTHER}"),
        (("m1",), ALL, f"order 9 is not about the whole account: {FURTHER}"),
        (("m1",), posts("m1", territory="world"), "order 9 holds in CN, not in world"),
        ((None,), (*ALL, *posts("m1", territory="US")), "order 9 holds in CN, not in US"),
    ],
)
def test_an_order_alone_bears_no_more_than_it_says(
    targets: tuple[str | None, ...], measures: tuple[Asked, ...], message: str
) -> None:
    """Neither on other posts, nor elsewhere; a policy can bear the rest."""
    book = told(*targets)
    with pytest.raises(CaseError, match=re.escape(message)):
        book.ask(under(measures))
    book.ask(under(measures, policy=True))


def test_an_order_about_all_of_an_account_is_about_its_posts() -> None:
    """Each of them, and the whole."""
    book = told(None)
    book.ask(under((*ALL, *posts(*POSTS))))


def test_there_must_be_an_order() -> None:
    """One that was passed on to this case, and of which something is left."""
    with pytest.raises(CaseError, match="case 1 has no order 9"):
        Casebook().ask(under(ALL))
    book = told("m1")
    book.record(changed(change=WITHDRAWN))
    message = "order 9 asks for nothing of memory/account/news any more"
    for decide in (under(posts("m1")), under(posts("m1"), policy=True)):
        with pytest.raises(CaseError, match=message):
            book.ask(decide)


def test_what_was_narrowed_out_is_not_decided_any_more() -> None:
    """What the order says now counts, in its territory of now."""
    book = told("m1", "m2")
    book.record(replace(changed("m1"), territory="CN-31"))
    for measures, message in ((posts("m2"), "order 9 is not about m2"), (posts("m1"), "holds in CN-31, not")):
        with pytest.raises(CaseError, match=message):
            book.ask(under(measures))
    book.ask(under(posts("m1", territory="CN-31")))


def carried_out(*targets: str | None, measures: tuple[Asked, ...], policy: bool = False) -> Casebook:
    """Return a case in which an order was carried out."""
    book = told(*targets)
    book.asked_and_logged(under(measures, policy=policy))
    if measures[:1] == ALL:
        book.asked_and_logged(Confirm(1), BOB)
    book.carried_out()
    assert book.owed() == []
    return book


@pytest.mark.parametrize("policy", [True, False])
def test_what_was_done_under_an_order_ends_with_it(*, policy: bool) -> None:
    """By the amendment, and at once: the policy alone is another decision."""
    for change in (REFUSED, WITHDRAWN):
        book = carried_out("m1", measures=posts("m1", "m2") if policy else posts("m1"), policy=policy)
        book.record(changed(change=change))
        lifted = [MeasureStated(1, 1, target, LIFT, AMENDMENT) for target in ((1, 2) if policy else (1,))]
        assert book.owed() == lifted
        assert attention(book.case, book.now, TABLE) == 0
        book.carried_out()
        assert book.owed() == []


def test_what_is_narrowed_out_is_lifted() -> None:
    """And nothing else: neither what is left nor what a policy bears that was never in the order."""
    book = carried_out("m1", "m2", measures=posts("m1", "m2"))
    book.record(changed("m2"))
    assert book.owed() == [MeasureStated(1, 1, 1, LIFT, AMENDMENT)]
    further = carried_out("m2", "m7", measures=posts("m1", "m2"), policy=True)
    further.record(changed("m7"))
    assert further.owed() == [MeasureStated(1, 1, 2, LIFT, AMENDMENT)]


def test_an_order_about_all_that_is_narrowed_to_a_post_shows_the_rest() -> None:
    """The measure on the whole ends, and so do those on posts that are left out."""
    book = carried_out(None, measures=(*ALL, *posts("m1", "m2")))
    book.record(changed("m1"))
    lifted = {(one.measure, one.target) for one in book.owed()}
    assert lifted == {(1, 0), (2, 2)}
    assert {one.cause for one in book.owed()} == {AMENDMENT}


def test_a_narrowed_order_that_still_says_so_lifts_nothing() -> None:
    """Another deadline changes nothing about what was done."""
    book = carried_out("m1", measures=posts("m1"))
    book.record(replace(changed("m1"), deadline=START + 9))
    assert book.owed() == []


def test_where_an_order_no_longer_holds_its_measures_end() -> None:
    """Those that rest on it alone: what a policy bears as well holds wherever that was decided."""
    for policy, ended in ((False, [AMENDMENT]), (True, [])):
        book = carried_out("m1", measures=posts("m1"), policy=policy)
        book.record(replace(changed("m1"), territory="CN-31"))
        assert [one.cause for one in book.owed()] == ended


def test_the_last_amendment_is_the_cause() -> None:
    """What was narrowed out by the second, ends by the second."""
    book = carried_out("m1", "m2", measures=posts("m1", "m2"))
    book.record(changed("m1", "m2", entry=digest("first")))
    book.record(changed("m1", entry=digest("second")))
    assert [one.cause for one in book.owed()] == [digest("second")]


def test_what_has_ended_is_not_begun() -> None:
    """An order withdrawn before the second person has confirmed leaves nothing to do."""
    book = told(None)
    book.asked_and_logged(under(ALL))
    book.record(changed(change=WITHDRAWN))
    book.asked_and_logged(Confirm(1), BOB)
    assert book.owed() == []


def test_another_order_changes_nothing() -> None:
    """Nor does the end of an order end what only a policy bears."""
    book = carried_out("m1", measures=posts("m1"))
    book.asked_and_logged(blocking())
    book.carried_out()
    book.record(ordered(("m1",), 10))
    book.record(replace(changed(change=WITHDRAWN), order=10))
    assert book.owed() == []
    book.record(changed(change=WITHDRAWN))
    assert {one.decision for one in book.owed()} == {1}


def test_closing_under_an_order_needs_no_hearing_and_a_second_person() -> None:
    """The hearing is waived for the order, and nobody closes an account alone."""
    book = told(None)
    asked = (replace(CLOSE[0], territory="CN"),)
    book.asked_and_logged(replace(under(asked), hearing=Hearing.WAIVED, waived_for=Waiver.ORDER))
    assert book.owed() == []
    book.asked_and_logged(Confirm(1), BOB)
    assert [one.direction for one in book.owed()] == [APPLY]


def order(*targets: Target) -> OrderBook:
    """Return an order in force about posts."""
    return OrderBook(entering(*(targets or (M1, OTHER)), scope=Scope.CONTENT)).confirmed()


def pass_on(book: OrderBook, case: Casebook) -> list[str]:
    """Pass on what a case must still be told; returns the names of the events."""
    assert set(new_posts(book.order, case.case.subject, case.case)) <= set(POSTS)
    events = passed_on(book.order, case.case.subject, case.case, SNAPSHOTS)
    for event in events:
        case.record(event)
    return [type(event).__name__ for event in events]


def test_nothing_is_passed_on_before_an_order_is_in_force() -> None:
    """Neither that it has come in, nor that it was changed."""
    book = OrderBook(entering(M1, scope=Scope.CONTENT))
    book.log(book.order.entry)
    assert pass_on(book, Casebook()) == []


def test_a_case_is_told_of_what_is_about_its_subject() -> None:
    """Once, with the snapshots; of other subjects nothing."""
    book, case = order(), Casebook()
    assert new_posts(book.order, ACCOUNT, case.case) == ["m1"]
    assert pass_on(book, case) == ["Ordered"]
    assert pass_on(book, case) == []
    on = case.case.order(9)
    assert on
    said = on.said
    assert (said.entry, said.authority, said.reference) == (book.order.entry, "court", "2026/7")
    assert (said.targets, said.snapshots) == (("m1",), (SNAPSHOTS["m1"],))
    assert (said.territory, said.deadline) == ("CN", START + 3600)


def test_a_post_is_kept_when_an_order_names_it_first() -> None:
    """An order on the whole account that is narrowed to posts names them then; nothing is kept twice."""
    book, case = order(Target(ACCOUNT)), Casebook()
    assert new_posts(book.order, ACCOUNT, case.case) == []
    pass_on(book, case)
    book.amended(Amend(NARROWED, WHY, (M1, M2)))
    book.amended(Amend(NARROWED, WHY, (M2,)))
    assert new_posts(book.order, ACCOUNT, case.case) == ["m1", "m2"]
    assert pass_on(book, case) == ["OrderChanged", "OrderChanged"]
    on = case.case.order(9)
    assert on
    assert [one.snapshots for one in on.changes] == [(SNAPSHOTS["m1"], SNAPSHOTS["m2"]), ()]
    assert on.snapshots == (*SNAPSHOTS.values(),)
    book.amended(Amend(NARROWED, WHY, None, None, START + 9_000))
    assert new_posts(book.order, ACCOUNT, case.case) == []


def test_a_case_is_told_of_each_change_once() -> None:
    """Of its own part, when the amendment is in force."""
    book, case = order(M1, M2, OTHER), Casebook()
    pass_on(book, case)
    waiting = book.ask(Amend(NARROWED, WHY, (M1, OTHER)))
    book.log(waiting)
    assert pass_on(book, case) == []
    changes = OrderBook(entering(M1, M2, OTHER, scope=Scope.CONTENT)).confirmed()
    changes.amended(Amend(NARROWED, WHY, (M1, OTHER), None, START + 9_000))
    assert pass_on(changes, case) == ["OrderChanged"]
    assert pass_on(changes, case) == []
    entry = changes.amended(Amend(NARROWED, WHY, (OTHER,)))
    assert pass_on(changes, case) == ["OrderChanged"]
    on = case.case.order(9)
    assert on
    assert [one.targets for one in on.changes] == [("m1",), ()]
    assert on.deadline == START + 9_000
    assert on.changes[-1].entry == entry


def test_a_case_that_comes_late_is_told_everything() -> None:
    """The order as it came in, and how it was changed; it is about nothing once it has ended."""
    book, case = order(M1, M2), Casebook()
    book.amended(Amend(NARROWED, WHY, (M2,)))
    book.amended(Amend(WITHDRAWN, WHY))
    assert pass_on(book, case) == ["Ordered", "OrderChanged", "OrderChanged"]
    on = case.case.order(9)
    assert on
    assert [(one.change, one.targets) for one in on.changes] == [(NARROWED, ("m2",)), (WITHDRAWN, ())]
