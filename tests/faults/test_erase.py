"""Erasing texts dies before and after each effect: they are gone all the same, and one statement says so."""

from __future__ import annotations

from itertools import count

import pytest
from casebook import ACCOUNT, ALICE, BOB, CLERK, PLATFORM, blocking
from desks import AFTER, BEFORE, InjectedError, Office, When
from worlds import digest

from tipstaff.actions.ask import ask
from tipstaff.actions.erase import Retained, erase, retain
from tipstaff.actions.orders import enter
from tipstaff.actions.work import work
from tipstaff.casework.commands import Appeal, Rule
from tipstaff.casework.erasure import DAY
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Result
from tipstaff.casework.orders.commands import EnterOrder
from tipstaff.casework.orders.events import Scope
from tipstaff.casework.words import Subject, SubjectKind, Target
from tipstaff.ledger.statement import parse


def settled() -> Office:
    """Return a desk with both posts blocked, and texts about the account."""
    office = Office()
    ask(office.desk, 1, ALICE, blocking(policy=office.policy))
    work(office.desk, office)
    office.faults.calls.clear()
    return office


def told(office: Office) -> list[tuple[object, object]]:
    """Return kind and count of each erasure on the ledger."""
    found = [one for one in map(parse, office.world.statements) if one.kind == "erasure"]
    return [(one.claims["kind"], one.claims["count"]) for one in found]


def kept(office: Office) -> int:
    """Return how many texts are kept about the account."""
    return office.desk.vault.count(str(ACCOUNT))


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_it_dies_anywhere(when: When) -> None:
    """Once it has begun, a worker brings it to its end; before, nothing was erased."""
    for number in count(1):
        office = settled()
        texts = kept(office)
        assert texts > 2
        office.faults.number, office.faults.when = number, when
        try:
            erase(office.desk, ACCOUNT)
            work(office.desk, office)
        except InjectedError:
            pass
        else:
            break
        office.faults.number = 0
        begun = office.case.erasing is not None or office.case.erasures
        work(office.desk, office)
        assert kept(office) == (0 if begun else texts), office.faults.fired
        assert told(office) == ([("account/request", texts)] if begun else [])
        if not begun:
            assert erase(office.desk, ACCOUNT) == texts
            work(office.desk, office)
        assert told(office) == [("account/request", texts)]
    assert number > 4


def test_what_is_not_kept_is_not_erased() -> None:
    """Neither twice, nor about somebody of whom there is no case."""
    office = settled()
    assert erase(office.desk, ACCOUNT) > 0
    version = office.case.version
    assert erase(office.desk, ACCOUNT) == 0
    assert office.case.version == version
    with pytest.raises(CaseError, match="there is no case about memory/account/other"):
        erase(office.desk, Subject("memory", SubjectKind.ACCOUNT, "other"))


def test_an_appeal_comes_first() -> None:
    """Its text, and what it is about, are needed until somebody has judged it."""
    office = settled()
    ask(office.desk, 1, PLATFORM, Appeal(1, digest("appeal")))
    with pytest.raises(CaseError, match="case 1 has an appeal that is not settled yet"):
        erase(office.desk, ACCOUNT)
    work(office.desk, office)
    ask(office.desk, 1, BOB, Rule(1, Result.UPHELD, digest("answer")))
    work(office.desk, office)
    assert erase(office.desk, ACCOUNT) > 0


def test_an_order_comes_first() -> None:
    """From when it comes in, before anybody has confirmed it or the case knows of it."""
    office = settled()
    command = EnterOrder(
        "bureau", "2026/7", "law", Scope.ACCOUNT, (Target(ACCOUNT),), "CN", office.now + 60, digest("order")
    )  # fmt: skip
    order = enter(office.desk, CLERK, command)
    for _ in range(2):
        with pytest.raises(CaseError, match="order 2 of bureau is about it, and not carried out yet"):
            erase(office.desk, ACCOUNT)
        assert retain(office.desk, 0) == Retained(0, 0)
        work(office.desk, office)
    assert order.number == 2


def test_time_runs_out() -> None:
    """Texts are erased when their days are over, once; not before, and not while they are needed."""
    office = settled()
    texts = kept(office)
    office.now += 30 * DAY - 1
    assert retain(office.desk, 30) == Retained(0, 0)
    office.now += 1
    assert retain(office.desk, 30) == Retained(1, texts)
    assert retain(office.desk, 30) == Retained(0, 0)
    work(office.desk, office)
    assert told(office) == [("account/retention", texts)]
    assert kept(office) == 0
    ask(office.desk, 1, PLATFORM, Appeal(1, digest("appeal")))
    office.now += 60 * DAY
    assert retain(office.desk, 30) == Retained(0, 0)
