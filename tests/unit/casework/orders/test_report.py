"""When the report about an order is due, and what it says."""

from __future__ import annotations

from typing import Final

import pytest
from casebook import (
    ACCOUNT,
    BOB,
    CAROL,
    PLATFORM,
    POSTS,
    TABLE,
    Casebook,
    OrderBook,
    blocking,
    entering,
)  # fmt: skip
from msgspec.structs import replace
from worlds import START, digest

from tipstaff.casework.case import Case
from tipstaff.casework.commands import Appeal, Asked, Confirm, Decide, Rule, TakeBack
from tipstaff.casework.events import EffectState, EffectStated, Result
from tipstaff.casework.orders.commands import Amend
from tipstaff.casework.orders.events import Change, Reported, Scope
from tipstaff.casework.orders.report import (
    Left,
    attention,
    carried_out,
    overdue,
    passed_on,
    report,
    report_due,
    reported_on,
    to_do,
)
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind, Target

NARROWED, REFUSED, WITHDRAWN = Change
WHY: Final = digest("reasons")
OTHER: Final = Subject("memory", SubjectKind.ACCOUNT, "other")
DEADLINE: Final = START + 3600
SNAPSHOTS: Final = {post: digest(f"{post} as it was") for post in POSTS}


class Ordering:
    """An order in force about posts of an account, and about another account; and both their cases."""

    def __init__(self, *targets: Target) -> None:
        about = targets or (Target(ACCOUNT, "m1"), Target(ACCOUNT, "m2"), Target(OTHER))
        self.order = OrderBook(entering(*about, scope=Scope.CONTENT)).confirmed()
        self.case, self.other = Casebook(), Casebook(OTHER, ())
        self.pass_on()

    def pass_on(self) -> None:
        """Pass the order on to both cases."""
        for book in (self.case, self.other):
            if book.case.subject in self.order.order.subjects:
                for event in passed_on(self.order.order, book.case.subject, book.case, SNAPSHOTS):
                    book.record(event)

    @property
    def cases(self) -> list[Case]:
        """The cases of the subjects of the order."""
        return [book.case for book in (self.case, self.other) if book.case.orders]

    def carried_out(self, now: int = START) -> bool:
        """Say whether the order was carried out."""
        return carried_out(self.order.order, self.cases, now, TABLE)

    def report(self) -> str:
        """Return the report."""
        return report(self.order.order, self.cases, TABLE)

    def due(self) -> bool:
        """Say whether the authority is to be told something."""
        return report_due(self.order.order, self.cases, START, TABLE)

    def tell(self) -> None:
        """Tell the authority."""
        order = self.order.order
        self.order.record(Reported(digest("report"), reported_on(order, self.cases)))


def one() -> Ordering:
    """Return an order about two posts of one account."""
    return Ordering(Target(ACCOUNT, "m1"), Target(ACCOUNT, "m2"))


def under(*measures: Asked) -> Decide:
    """Return a decision that carries the order out."""
    return replace(blocking(measures), policy=None, policy_digest=None, order=9)


def block(*posts: str, until: int | None = None) -> Asked:
    """Return that posts are blocked, or all of an account."""
    return Asked(MeasureKind.BLOCK_CONTENT, posts, "CN", until)


def test_an_order_is_carried_out_when_everything_was_done() -> None:
    """In every case that it is about: decided, on the ledger, and seen on the host."""
    orders = Ordering()
    assert not orders.carried_out()
    orders.case.asked_and_logged(under(block("m1", "m2")))
    orders.case.carried_out()
    assert not orders.carried_out(), "one of two cases"
    decision = orders.other.ask(under(block()))
    assert not orders.carried_out(), "signed"
    orders.other.log(decision)
    assert not orders.carried_out(), "not confirmed"
    orders.other.asked_and_logged(Confirm(1), BOB)
    assert not orders.carried_out(), "not done"
    orders.other.carried_out()
    assert orders.carried_out()


def test_what_is_decided_under_an_order_that_was_reported_on_is_reported() -> None:
    """Once it is done; the further report tells all, and says what is new in it."""
    orders = Ordering(Target(ACCOUNT))
    assert not orders.due()
    orders.case.asked_and_logged(under(Asked(MeasureKind.RESTRICT_POSTING, (), "CN")))
    assert not orders.due(), "decided, and not done"
    orders.case.carried_out()
    assert orders.due()
    assert "Report on order 9" in orders.report()
    orders.tell()
    assert not orders.due(), "told"
    entry = orders.case.ask(under(Asked(MeasureKind.SUSPEND_UPDATES, (), "CN")))
    orders.case.log(entry)
    assert not orders.due(), "not done yet"
    orders.case.carried_out()
    assert orders.due()
    told = orders.report()
    assert "Further report on order 9 (number 2)" in told
    assert [line.strip()[:4] for line in told.split("\n")[3:]] == ["决定 1", "新决定 "]
    assert f"new: decision 2: suspend_updates (house-1), entry {entry.hex()}" in told
    orders.tell()
    assert not orders.due()


def test_a_decision_that_is_not_under_the_order_is_not_reported() -> None:
    """What a policy bears out alone is no matter of the authority."""
    orders = one()
    orders.case.asked_and_logged(under(block("m1", "m2")))
    orders.case.carried_out()
    orders.tell()
    orders.case.asked_and_logged(blocking((Asked(MeasureKind.RESTRICT_POSTING, (), "CN"),)))
    orders.case.carried_out()
    assert not orders.due()


def test_that_a_reported_order_has_ended_is_reported() -> None:
    """Once."""
    orders = one()
    orders.case.asked_and_logged(under(block("m1", "m2")))
    orders.case.carried_out()
    orders.tell()
    orders.order.amended(Amend(WITHDRAWN, WHY))
    assert orders.due()
    orders.tell()
    assert not orders.due()


def test_what_nobody_has_confirmed_before_the_next_decision_carries_nothing_out() -> None:
    """It has lapsed, which the report says; what is decided after it under the order counts."""
    orders = Ordering(Target(ACCOUNT))
    orders.case.asked_and_logged(under(block()))
    orders.case.asked_and_logged(replace(under(), order=None, policy=WHY, policy_digest=WHY), BOB)
    assert not orders.carried_out(), "the next decision is not under the order"
    orders.case.asked_and_logged(under(Asked(MeasureKind.RESTRICT_POSTING, (), "CN")))
    orders.case.carried_out()
    assert orders.carried_out()
    assert orders.report().count("confirmed by nobody, and lapsed: block_content") == 1


def test_the_report_says_what_was_gone() -> None:
    """When the case was told of it, or when it was to be done; not what is there after all."""
    orders = one()
    assert "not there any more" not in orders.report()
    orders.case.asked_and_logged(under(block("m1", "m2")))
    first, second = orders.case.stated()
    orders.case.log(first)
    orders.case.log(second)
    orders.case.record(EffectStated(first, 1, EffectState.FAILED, "it is gone", gone=True))
    orders.case.record(EffectStated(second, 1, EffectState.APPLIED))
    assert orders.carried_out()
    assert orders.report().split("\n")[-1] == "  平台上已不存在：m1 / not there any more: m1"
    orders.case.record(EffectStated(first, 2, EffectState.DRIFTED))
    orders.case.record(EffectStated(first, 3, EffectState.APPLIED))
    assert "not there any more" not in orders.report()


def test_a_case_that_was_not_told_yet_is_waited_for() -> None:
    """What the order is about counts, not what has been passed on."""
    orders = Ordering()
    orders.case.asked_and_logged(under())
    assert not carried_out(orders.order.order, [orders.case.case], START, TABLE)


def test_that_nothing_is_done_is_a_decision() -> None:
    """Once it is on the ledger, under this order."""
    orders = one()
    orders.case.asked_and_logged(blocking(()))
    assert not orders.carried_out(), "it was not about the order"
    entry = orders.case.ask(under())
    assert not orders.carried_out()
    orders.case.log(entry)
    assert orders.carried_out()


def test_every_target_that_is_left_is_decided_on() -> None:
    """One of two posts is not all; a measure on an account is about its posts, not the other way round."""
    orders = one()
    orders.case.asked_and_logged(under(block("m1")))
    orders.case.carried_out()
    assert not orders.carried_out(), "nothing was decided on m2"
    orders.case.asked_and_logged(blocking((block("m2"),)))
    orders.case.carried_out()
    assert not orders.carried_out(), "that was not under the order"
    orders.case.asked_and_logged(under(Asked(MeasureKind.WARN, ("m2",), "CN")))
    orders.case.carried_out()
    assert orders.carried_out()
    whole = Ordering(Target(ACCOUNT))
    whole.case.asked_and_logged(under(block("m1", "m2")))
    whole.case.carried_out()
    assert not whole.carried_out(), "two posts are not the account"
    whole.case.asked_and_logged(under(Asked(MeasureKind.RESTRICT_POSTING, (), "CN")))
    whole.case.carried_out()
    assert whole.carried_out()
    posts = one()
    posts.case.asked_and_logged(replace(under(Asked(MeasureKind.RESTRICT_POSTING)), policy=digest("policy")))
    posts.case.carried_out()
    assert posts.carried_out(), "a measure on all of it is about both"


def test_what_was_narrowed_out_needs_no_decision() -> None:
    """Nor does anything more where a decision orders nothing: that is about all of the case."""
    orders = one()
    orders.case.asked_and_logged(under(block("m1")))
    orders.case.carried_out()
    orders.order.amended(Amend(NARROWED, WHY, (Target(ACCOUNT, "m1"),)))
    orders.pass_on()
    assert orders.carried_out()
    other = one()
    other.case.asked_and_logged(under(block("m1")))
    other.case.carried_out()
    other.case.asked_and_logged(under())
    assert other.carried_out()


def test_a_decision_that_the_ledger_refused_is_none() -> None:
    """Neither is it reported, nor waited for."""
    orders = one()
    orders.case.refuse(orders.case.ask(under(block("m1", "m2"))))
    assert not orders.carried_out()
    orders.case.asked_and_logged(under())
    assert orders.carried_out()
    assert "决定 1" not in orders.report()
    assert "决定 2" in orders.report()


@pytest.mark.parametrize(("result", "done"), [(Result.REVERSED, True), (Result.VARIED, False)])
def test_what_was_undone_before_it_was_done_is_not_waited_for(result: Result, *, done: bool) -> None:
    """But for a decision that was varied, another one is, under the order as well."""
    orders = Ordering(Target(ACCOUNT))
    book = orders.case
    book.asked_and_logged(under(block()))
    book.asked_and_logged(Appeal(1, WHY), PLATFORM)
    book.asked_and_logged(Rule(1, result, WHY), CAROL)
    assert orders.carried_out() is done
    entry = book.ask(under(Asked(MeasureKind.RESTRICT_POSTING, (), "CN")))
    assert orders.carried_out() is done
    book.log(entry)
    assert not orders.carried_out()
    book.carried_out()
    assert orders.carried_out()


def test_what_was_narrowed_out_before_it_was_done_is_not_waited_for() -> None:
    """What is left is."""
    orders = one()
    orders.case.asked_and_logged(under(block("m1", "m2")))
    orders.order.amended(Amend(NARROWED, WHY, (Target(ACCOUNT, "m1"),)))
    orders.pass_on()
    assert not orders.carried_out()
    orders.case.carried_out()
    assert [one.said.target for one in orders.case.case.carryings] == [1]
    assert orders.carried_out()


def test_a_subject_that_was_narrowed_out_is_not_waited_for() -> None:
    """Nobody need decide about it."""
    orders = Ordering()
    orders.order.amended(Amend(NARROWED, WHY, (Target(ACCOUNT, "m1"),)))
    orders.pass_on()
    orders.case.asked_and_logged(under(block("m1")))
    orders.case.carried_out()
    assert orders.carried_out()


def test_what_would_have_ended_is_not_waited_for() -> None:
    """A measure whose time went by before the host could do it."""
    orders = one()
    orders.case.asked_and_logged(under(block("m1", "m2", until=START + 60)))
    assert not orders.carried_out(START + 59)
    assert orders.carried_out(START + 60)


def test_what_was_lifted_since_was_done() -> None:
    """It is reported that it was decided, whatever came after."""
    orders = one()
    orders.case.asked_and_logged(under(block("m1", "m2", until=START + 60)))
    orders.case.carried_out()
    orders.case.now += 60
    orders.case.carried_out()
    assert orders.carried_out(START + 30)


@pytest.mark.parametrize("change", [REFUSED, WITHDRAWN])
def test_an_order_that_has_ended_is_reported_at_once(change: Change) -> None:
    """With what became of it, whether anything was decided or not."""
    orders = Ordering()
    orders.order.amended(Amend(change, WHY))
    assert orders.carried_out()
    orders.pass_on()
    assert orders.carried_out()
    assert f"The order has ended: {change}" in orders.report()


def test_a_report_says_what_was_decided_about_each_subject() -> None:
    """With the entries by which it can be proved, and nothing of other decisions or of who complained."""
    orders = Ordering()
    orders.case.asked_and_logged(blocking((block("m2"),)))
    entry = orders.case.asked_and_logged(under(block("m1"), Asked(MeasureKind.WARN, ("m2",), "CN")))
    taken_back = orders.case.ask(replace(under(block("m2")), delay=60))
    orders.case.ask(TakeBack(3))
    assert taken_back
    kinds = "block_content, warn"
    assert orders.report().split("\n") == [
        "court 2026/7",
        "执行情况报告 / Report on order 9",
        "memory/account/news:",
        f"  决定 2：{kinds}（house-1） / decision 2: {kinds} (house-1), entry {entry.hex()}",
        "memory/account/other:",
        "  未作决定 / no decision",
    ]
    orders.case.asked_and_logged(Appeal(2, WHY), PLATFORM)
    orders.case.asked_and_logged(Rule(2, Result.REVERSED, WHY), CAROL)
    assert orders.report().split("\n")[4:6] == [
        "    申诉结果：reversed / after an appeal: reversed", "memory/account/other:",
    ], "nothing of it was carried out"  # fmt: skip


def test_a_report_says_what_was_lifted() -> None:
    """Of what was carried out, post by post."""
    orders = one()
    orders.case.asked_and_logged(under(block("m1", "m2")))
    orders.case.carried_out()
    assert "lifted" not in orders.report()
    orders.case.asked_and_logged(Appeal(1, WHY), PLATFORM)
    orders.case.asked_and_logged(Rule(1, Result.REVERSED, WHY), CAROL)
    lifted = "block_content (m1), block_content (m2)"
    assert orders.report().split("\n")[-1] == f"    已解除：{lifted} / lifted, or about to be: {lifted}"


def test_a_report_from_before_tells_of_all_that_was_there() -> None:
    """One of which it was not kept what it tells of: nothing is told again, and what came later is new."""
    orders = one()
    orders.case.asked_and_logged(under(block("m1", "m2")))
    orders.case.carried_out()
    orders.order.record(Reported(digest("report")))
    assert not orders.due()
    orders.case.now += 60
    orders.case.asked_and_logged(under(Asked(MeasureKind.WARN, ("m1",), "CN")))
    orders.case.carried_out()
    assert orders.due()
    assert [line.strip()[:4] for line in orders.report().split("\n")[3:]] == ["决定 1", "新决定 "]


def test_a_report_says_that_nothing_is_done() -> None:
    """A decision without measures is one."""
    orders = one()
    orders.case.asked_and_logged(under())
    assert "决定 1：-（house-1） / decision 1: - (house-1)" in orders.report()


def test_an_order_is_looked_at_from_its_deadline_on() -> None:
    """Until it was reported; that of now counts, and what has ended has none."""
    book = OrderBook()
    assert attention(book.order) == DEADLINE
    assert not overdue(book.order, DEADLINE - 1)
    assert overdue(book.order, DEADLINE)
    book.confirmed().amended(Amend(NARROWED, WHY, None, None, START + 9_000))
    assert attention(book.order) == START + 9_000
    assert not overdue(book.order, DEADLINE)
    book.record(Reported(digest("report")))
    assert attention(book.order) is None
    assert not overdue(book.order, START + 9_000)
    ended = OrderBook().confirmed()
    ended.amended(Amend(WITHDRAWN, WHY))
    assert attention(ended.order) is None


def left(orders: Ordering, now: int = START) -> list[tuple[Subject, Left, tuple[str | None, ...]]]:
    """Return what is left to be done."""
    return [tuple(one) for one in to_do(orders.order.order, orders.cases, now, TABLE)]


def test_what_is_left_is_told_step_by_step() -> None:
    """Until all is done: to be decided, on the ledger, confirmed, and seen on the host."""
    orders = Ordering()
    assert left(orders) == [
        (ACCOUNT, Left.UNDECIDED, ("m1", "m2")), (OTHER, Left.UNDECIDED, (None,)),
    ]  # fmt: skip
    orders.case.asked_and_logged(under(block("m1")))
    assert left(orders)[0] == (ACCOUNT, Left.UNDECIDED, ("m2",))
    orders.case.asked_and_logged(under(block("m2")))
    assert left(orders)[0] == (ACCOUNT, Left.UNSEEN, ("m1", "m2"))
    orders.case.carried_out()
    decision = orders.other.ask(under(block()))
    assert left(orders) == [(OTHER, Left.UNLOGGED, (None,))]
    orders.other.log(decision)
    assert left(orders) == [(OTHER, Left.UNCONFIRMED, (None,))]
    orders.other.asked_and_logged(Confirm(1), BOB)
    assert left(orders) == [(OTHER, Left.UNSEEN, (None,))]
    orders.other.carried_out()
    assert left(orders) == []
    assert orders.due(), "nothing is left exactly when it is reported"


def test_what_a_case_was_not_told_is_left() -> None:
    """A case is not there yet, or does not know of the order; of what is over nothing is left."""
    orders = one()
    orders.case = Casebook()
    assert left(orders) == [(ACCOUNT, Left.UNTOLD, ("m1", "m2"))]
    orders.order.amended(Amend(WITHDRAWN, WHY))
    assert left(orders) == []
    unconfirmed = OrderBook(entering(Target(ACCOUNT)))
    assert list(to_do(unconfirmed.order, [], START, TABLE)) == []
