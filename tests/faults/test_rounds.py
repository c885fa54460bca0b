"""What a worker does by the clock alone: it reads measures back, and erases texts whose time is over."""

from __future__ import annotations

from itertools import count

import pytest
from casebook import ACCOUNT, ALICE, POSTS, blocking
from desks import (
    AFTER,
    BEFORE,
    BLOCKED,
    DEADLINE,
    InjectedError,
    Office,
    When,
    amend_order,
    confirm_order,
    decide,
    decide_under,
    enter_order,
    states,
    turn,
)
from turns import HOUR, TRIES, Worker
from worlds import START, digest

from tipstaff.actions.ask import ask
from tipstaff.actions.complain import complain
from tipstaff.actions.drift import REPAIRS
from tipstaff.actions.erase import Retained, erase, erase_complaints, retain
from tipstaff.actions.texts import order_key
from tipstaff.casework.commands import Actor, Complain
from tipstaff.casework.erasure import DAY
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import EffectState, Noted, Opened, Reason, Recorded, Source
from tipstaff.casework.orders.events import Change
from tipstaff.casework.words import Subject, SubjectKind, Target
from tipstaff.ledger.statement import parse

APPLIED, DRIFTED = EffectState.APPLIED, EffectState.DRIFTED
RAE, SAM = "memory/reader/rae", "memory/reader/sam"
ORDER_KEY = order_key("court", "2026/7")
KEPT = 180 * DAY
"""How long texts are kept at least, for the subject to appeal."""


def blocked() -> Office:
    """Return a desk with both posts blocked."""
    office = Office()
    decide(office)
    turn(office)
    return office


def erasures(office: Office) -> list[tuple[object, object]]:
    """Return kind and count of each erasure on the ledger."""
    found = [one for one in map(parse, office.world.statements) if one.kind == "erasure"]
    return [(one.claims["kind"], one.claims["count"]) for one in found]


def test_measures_are_read_back_once_a_day() -> None:
    """What a host has lost is in force again within a day, and the ledger opened for that alone."""
    office = blocked()
    office.host.lose("m1")
    worker = Worker(office)
    office.now = START + DAY - 60
    worker.goes_on(60)
    assert office.in_force(*POSTS) == [[], BLOCKED]
    assert worker.ledger.opened == 0
    worker.goes_on(1)
    assert office.in_force(*POSTS) == [BLOCKED, BLOCKED]
    assert states(office) == [[APPLIED, DRIFTED, APPLIED], [APPLIED]]
    version, opened = office.case.version, worker.ledger.opened
    office.now = START + 2 * DAY
    office.cases.loaded.clear()
    worker.goes_on(60)
    assert office.cases.loaded == [1], "it is looked at once"
    assert (office.case.version, worker.ledger.opened) == (version, opened)


def test_measures_are_read_back_as_often_as_is_set() -> None:
    """Every so many hours, or never."""
    office = blocked()
    office.set(check_hours=0)
    office.desk.record(office.case, ALICE, [Noted(digest("note"))])
    office.host.lose("m1")
    office.now += 30 * DAY
    turn(office)
    assert office.in_force("m1") == [[]]
    office.set(check_hours=2)
    office.desk.record(office.case, ALICE, [Noted(digest("note"))])
    assert office.cases.due(office.now + 2 * HOUR - 1) == []
    office.now += 2 * HOUR
    turn(office)
    assert office.in_force("m1") == [BLOCKED]


def test_a_host_that_is_away_is_asked_rarely_and_told_of() -> None:
    """The ledger is not opened meanwhile; once the host is back, it is read back, and then not for a day."""
    office = blocked()
    office.host.down = True
    office.now = START + DAY
    worker = Worker(office)
    office.cases.loaded.clear()
    worker.goes_on(HOUR)
    assert worker.told == ["case 1: the host is down"]
    assert worker.ledger.opened == 0
    assert 7 < office.cases.loaded.count(1) <= TRIES
    office.host.down = False
    worker.goes_on(601)
    assert office.cases.due(START + 2 * DAY - 1) == []
    assert office.cases.due(START + 2 * DAY) == [1]


def test_what_drifts_again_and_again_is_told_once_an_hour() -> None:
    """After so many repairs nothing is stated any more."""
    office = blocked()
    for day in range(1, REPAIRS + 1):
        office.host.lose("m1")
        office.now = START + day * DAY
        turn(office)
    assert office.in_force("m1") == [BLOCKED]
    office.host.lose("m1")
    office.now = START + (REPAIRS + 1) * DAY
    version = office.case.version
    worker = Worker(office)
    worker.goes_on(2 * HOUR)
    told = "case 1: block_content on m1 is in force no longer, although it was repaired 3 times"
    assert worker.told == [told] * 2
    assert (office.case.version, worker.ledger.opened) == (version, 0)


def test_texts_are_erased_in_time() -> None:
    """As `retain` does: once, with a statement; and again where something was said later."""
    office = blocked()
    office.set(retention_days=30, check_hours=0)
    complaint = office.desk.keep(str(ACCOUNT), "note", "text", "a note")
    office.desk.record(office.case, ALICE, [Noted(complaint)])
    texts = office.vault.count(str(ACCOUNT))
    office.now = START + KEPT - 1
    turn(office)
    assert office.vault.count(str(ACCOUNT)) == texts > 2
    office.now += 1
    turn(office)
    assert office.vault.count(str(ACCOUNT)) == 0
    assert erasures(office) == [("account/retention", texts)]
    assert office.cases.due(office.now + 1000 * DAY) == []
    office.desk.record(office.case, ALICE, [Noted(office.desk.keep(ACCOUNT, "note", "text", "again"))])
    office.now += 30 * DAY - 1
    turn(office)
    assert office.vault.count(str(ACCOUNT)) == 1
    office.now += 1
    turn(office)
    assert office.vault.count(str(ACCOUNT)) == 0
    assert len(erasures(office)) == 2


def test_texts_wait_for_an_order_that_is_in_force() -> None:
    """What it is about is to be decided on; until it is confirmed it keeps nothing back."""
    office = blocked()
    office.set(retention_days=30, check_hours=0)
    enter_order(office)
    confirm_order(office)
    turn(office)
    office.now = START + KEPT
    turn(office)
    assert erasures(office) == []
    other = blocked()
    other.set(retention_days=30, check_hours=0)
    enter_order(other)
    other.now = START + KEPT
    worker = Worker(other)
    worker.goes_on(HOUR)
    assert erasures(other) == [("account/retention", 6)]


def test_a_case_rests_where_nothing_is_kept() -> None:
    """The subject has asked and then the complainant: when its time is over there is nothing to erase."""
    office = complained()
    erase(office.desk, ACCOUNT)
    turn(office)
    for by in (RAE, SAM):
        erase_complaints(office.desk, by)
    turn(office)
    assert office.vault.kept == {}
    office.now = START + KEPT
    turn(office)
    assert office.cases.due(office.now + 1000 * DAY) == []
    assert len(office.case.erasures) == 3, "nothing more is stated"
    assert retain(office.desk, 0) == Retained(0, 0)
    version = office.case.version
    retain(office.desk, 0)
    assert office.case.version == version


def test_an_order_that_nobody_confirms_is_forgotten() -> None:
    """What it says goes some time after its deadline, and then it is told no more."""
    office = blocked()
    office.set(retention_days=30, check_hours=0)
    office.desk.keep(ORDER_KEY, "order", "text", "close it")
    enter_order(office)
    turn(office)
    with pytest.raises(CaseError, match="order 2 of court is about it"):
        erase(office.desk, ACCOUNT)
    office.now = DEADLINE
    assert turn(office).trouble == ("order 2: the deadline of court 2026/7 has passed",)
    assert erase(office.desk, ACCOUNT) > 0
    office.now = DEADLINE + 30 * DAY
    turn(office)
    assert office.vault.count(ORDER_KEY) == 0
    assert office.cases.due(office.now + 1000 * DAY) == []
    office.now += HOUR
    assert turn(office).trouble == ()


def test_an_order_that_the_ledger_has_refused_is_forgotten() -> None:
    """What it says goes in its time; its deadline is told nobody."""
    office = blocked()
    office.set(retention_days=30, check_hours=0)
    office.desk.keep(ORDER_KEY, "order", "text", "close it")
    office.refusing = {"order"}
    enter_order(office)
    turn(office)
    assert office.order.refused
    office.now = DEADLINE
    assert turn(office).trouble == ()
    office.now = START + 30 * DAY
    turn(office)
    assert office.vault.count(ORDER_KEY) == 0
    assert office.cases.due(office.now) == []


def complained(by: str = RAE, post: str = "m1") -> Office:
    """Return a desk with complaints of two readers, both answered by a decision."""
    office = Office()
    office.set(retention_days=30, check_hours=0)
    complain(office.desk, by, Target(ACCOUNT, post), Reason.FRAUD, "they took my money")
    complain(office.desk, SAM, Target(ACCOUNT, "m2"), Reason.FRAUD, "mine as well")
    decide(office)
    turn(office)
    assert all(one.answered for one in office.case.complaints)
    return office


def texts_of(office: Office, by: str) -> list[str]:
    """Return what a complainant wrote and was told, as it is shown."""
    found = [one for one in office.case.complaints if one.by == by]
    return [
        office.desk.text(text) for one in found for text in (one.said.text, one.answered.text) if one.answered
    ]


def test_what_complainants_wrote_is_erased_with_the_case() -> None:
    """In time, in the same erasure; what the account asks for leaves it alone until then."""
    office = complained()
    own = office.vault.count(str(ACCOUNT))
    assert erase(office.desk, ACCOUNT) == own
    turn(office)
    assert "they took my money" in texts_of(office, RAE)
    office.now = START + KEPT
    turn(office)
    assert texts_of(office, RAE) + texts_of(office, SAM) == ["(erased)"] * 4
    assert erasures(office) == [("account/request", own), ("account/retention", 4)]
    assert office.cases.due(office.now + 1000 * DAY) == []
    other = complained()
    texts = len(other.vault.kept)
    other.now = START + KEPT
    assert retain(other.desk, 30) == Retained(1, texts)
    assert other.vault.kept == {}


def test_a_complainant_has_what_they_wrote_erased() -> None:
    """Theirs alone, once; there is an event and a statement, and a case that is open needs it still."""
    office = complained()
    before = len(office.vault.kept)
    assert erase_complaints(office.desk, RAE) == 2
    assert len(office.vault.kept) == before - 2
    assert texts_of(office, RAE) == ["(erased)"] * 2
    assert "mine as well" in texts_of(office, SAM)
    turn(office)
    assert erasures(office) == [("complainant/request", 2)]
    assert [(one.complainant, one.count) for one in office.case.erasures] == [(RAE, 2)]
    assert erase_complaints(office.desk, RAE) == 0
    complain(office.desk, SAM, Target(ACCOUNT, "m1"), Reason.OTHER, "again")
    for name in (RAE, SAM):
        with pytest.raises(CaseError, match="nothing is erased: case 1 is open"):
            erase_complaints(office.desk, name)
    with pytest.raises(CaseError, match="memory/reader/nobody has complained of nothing"):
        erase_complaints(office.desk, "memory/reader/nobody")
    ask(office.desk, 1, ALICE, blocking((), policy=office.policy))
    turn(office)
    assert erase_complaints(office.desk, SAM) == 4


def test_the_rest_is_erased_in_time_after_a_complainant_has_asked() -> None:
    """What is left of the case has its time as before."""
    office = complained()
    erase_complaints(office.desk, RAE)
    turn(office)
    office.now = START + KEPT
    turn(office)
    assert office.vault.kept == {}


def old_style(office: Office, by: str, text: str) -> bytes:
    """Let somebody complain as it was kept before cases had keys of complainants: under their name alone."""
    kept = office.desk.keep(by, "complaint", "text", text)
    ask(office.desk, office.case.number, Actor(by, "reader"), Complain(Reason.FRAUD, "m1", kept, None))
    return kept


def test_what_was_written_before_cases_had_keys_is_erased() -> None:
    """When its author asks for it, and in its time."""
    office = Office()
    kept = old_style(office, RAE, "they took my money")
    decide(office)
    turn(office)
    assert erase_complaints(office.desk, RAE) == 2
    assert office.desk.text(kept) == "(erased)"
    other = Office()
    kept = old_style(other, RAE, "they took my money")
    decide(other)
    turn(other)
    other.now = START + 365 * DAY
    turn(other)
    assert other.desk.text(kept) == "(erased)"
    assert other.vault.kept == {}


def test_what_was_written_before_cases_had_keys_goes_with_the_last_case() -> None:
    """It is under one key for all cases: those that go on need it."""
    office = Office()
    kept = old_style(office, RAE, "they took my money")
    opened = Opened(Subject("memory", SubjectKind.ACCOUNT, "other"), Source.COMPLAINT)
    case = office.cases.open(opened.subject, Recorded(office.now, RAE, opened))
    later = office.desk.keep(RAE, "complaint", "text", "and he did")
    ask(office.desk, case.number, Actor(RAE, "reader"), Complain(Reason.FRAUD, None, later, None))
    decide(office)
    turn(office)
    office.now = START + 365 * DAY
    turn(office)
    assert [one.cause for one in office.case.erasures] == ["retention"]
    assert office.desk.text(kept) == "they took my money"
    ask(office.desk, case.number, ALICE, blocking((), policy=office.policy))
    turn(office)
    office.now += 365 * DAY
    turn(office)
    assert office.desk.text(kept) == "(erased)"
    assert office.vault.kept == {}


def reported(*, withdrawn: bool = False, by: str | None = None) -> Office:
    """Return a desk with an order that was carried out and reported on, or withdrawn; its texts are kept."""
    office = Office()
    office.set(retention_days=30, check_hours=0)
    if by:
        complain(office.desk, by, Target(ACCOUNT, "m1"), Reason.FRAUD, "they took my money")
    enter_order(office)
    office.desk.keep(ORDER_KEY, "order", "text", "close it")
    if not withdrawn:
        confirm_order(office)
        turn(office)
        decide_under(office)
    else:
        amend_order(office, Change.WITHDRAWN)
    turn(office)
    return office


@pytest.mark.parametrize("withdrawn", [False, True])
@pytest.mark.parametrize("by_worker", [False, True])
def test_the_texts_of_an_order_are_erased_in_time(*, by_worker: bool, withdrawn: bool) -> None:
    """So many days after it was reported on, or had ended before anybody confirmed it; once."""
    office = reported(withdrawn=withdrawn)
    assert (not office.order.reports) is withdrawn
    texts = office.vault.count(ORDER_KEY)
    assert texts == 2 - withdrawn
    office.now += 30 * DAY - 1
    turn(office)
    assert retain(office.desk, 30) == Retained(0, 0)
    assert office.vault.count(ORDER_KEY) == texts
    office.now += 1
    if by_worker:
        turn(office)
    else:
        assert retain(office.desk, 30) == Retained(0, texts, 1)
    assert office.vault.count(ORDER_KEY) == 0
    assert retain(office.desk, 30) == Retained(0, 0)
    turn(office)
    assert erasures(office) == [("order/retention", texts)]
    assert office.order.erasures[0].count == texts
    assert office.cases.due(office.now) in ([], [1])


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_worker_dies_while_it_erases(when: When) -> None:
    """An order, a case and its complaints: all is gone in the end, and each is stated once."""
    for number in count(1):
        office = reported(by=RAE)
        office.now += KEPT
        texts = len(office.vault.kept)
        office.faults.calls.clear()
        office.faults.number, office.faults.when, office.faults.fired = number, when, ""
        try:
            turn(office)
        except InjectedError:
            assert office.faults.fired
        office.faults.number = 0
        turn(office)
        assert office.vault.kept == {}
        told = erasures(office)
        assert [kind for kind, _ in told] in (
            ["account/retention", "order/retention"],
            ["order/retention", "account/retention"],
        )
        assert sum(int(str(texts)) for _, texts in told) == texts
        if not office.faults.fired:
            break
    assert number > 8
