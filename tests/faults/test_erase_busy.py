"""While the vault is busy, or the ledger against an erasure, nothing else waits, and nothing is half done."""

from __future__ import annotations

from dataclasses import replace as replace_fields

import pytest
from casebook import ACCOUNT, BOB, PLATFORM, POSTS, blocking
from desks import (
    BLOCKED,
    Office,
    amend_order,
    confirm_order,
    decide,
    decide_under,
    enter_order,
    finish,
    states,
    turn,
)
from worlds import make_key

from tipstaff.actions.ask import ask
from tipstaff.actions.attend import attend_to_order
from tipstaff.actions.desk import Desk
from tipstaff.actions.erase import erase, retain
from tipstaff.actions.trouble import Trouble
from tipstaff.casework.case import Stage
from tipstaff.casework.commands import Asked
from tipstaff.casework.erasure import DAY
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import EffectState, Logged
from tipstaff.casework.orders.events import Change
from tipstaff.casework.words import MeasureKind
from tipstaff.ledger.errors import LogError
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.log import Registered
from tipstaff.ledger.statement import parse
from tipstaff.vault.vault import VaultError


def settled() -> Office:
    """Return a desk with a post that was looked at, and left; texts are kept about its account."""
    office = Office()
    decide(office, ())
    turn(office)
    office.desk.keep(ACCOUNT, "case", "note", "a note")
    return office


def ending() -> Office:
    """Return a desk with a post that is blocked for a day, and whose texts cannot be erased for now."""
    office = Office()
    decide(office, (Asked(MeasureKind.BLOCK_CONTENT, ("m1",), until=office.now + DAY),))
    turn(office)
    office.vault.busy = True
    with pytest.raises(VaultError):
        erase(office.desk, ACCOUNT)
    assert office.case.erasing
    return office


def test_a_busy_vault_holds_no_end_back() -> None:
    """The time of a measure is over: it is lifted and stated; the account is told once texts are erased."""
    office = ending()
    assert office.in_force("m1") == [BLOCKED]
    office.now += DAY
    assert turn(office).trouble == ("case 1: it is being read",)
    assert office.in_force("m1") == [[]]
    assert states(office) == [[EffectState.APPLIED], [EffectState.LIFTED]]
    assert office.cases.waiting() == []
    assert office.case.erasing
    assert len(office.case.notices) == 2
    office.vault.busy = False
    assert turn(office).trouble == ()
    assert office.case.erasing is None
    *before, last = office.case.notices
    assert [office.desk.text(one.text) for one in before] == ["(erased)"] * 2
    assert "This measure has ended" in office.desk.text(last.text)
    assert office.cases.due(office.now) == []


def test_what_has_begun_is_asked_for_again() -> None:
    """The end of a measure is owed meanwhile: that keeps back what is to begin, and nothing that has."""
    office = ending()
    office.host.down = True
    office.now += DAY
    turn(office)
    assert len(office.case.carryings) == 2
    with pytest.raises(VaultError):
        erase(office.desk, ACCOUNT)
    office.vault.busy = False
    assert erase(office.desk, ACCOUNT) == 3
    with pytest.raises(CaseError, match="has a decision that was not carried out yet"):
        erase(office.desk, ACCOUNT)


def test_a_busy_vault_holds_no_end_back_while_the_ledger_is_down() -> None:
    """It is lifted late, and its account told when both are back."""
    office = ending()
    office.down = LogError("the disk is full")
    office.now += DAY
    turn(office)
    assert office.in_force("m1") == [[]]
    office.down, office.vault.busy = None, False
    turn(office)
    assert [one.audience for one in office.case.notices] == ["account", "readers", "account"]
    assert "This measure has ended" in office.desk.text(office.case.notices[-1].text)


class WrongKeys:
    """The keys of a desk; at first the ledger knows nothing of those with which the platform signs."""

    def __init__(self, desk: Desk, times: int) -> None:
        self._desk, self._times = desk, times

    def key_of(self, name: str) -> SigningKey:
        """Return the key of somebody."""
        self._times -= name == PLATFORM.name
        return make_key("unknown") if self._times >= 0 else self._desk.keys.key_of(name)


def test_what_the_ledger_is_against_holds_no_erasure_back() -> None:
    """The end of a measure cannot be stated for now; the texts are erased all the same, and then it can."""
    office = ending()
    office.vault.busy = False
    office.now += DAY
    office.desk = replace_fields(office.desk, keys=WrongKeys(office.desk, 1))
    assert turn(office).trouble == ()
    assert [parse(one).kind for one in office.world.statements][-3:] == ["erasure", "measure", "effect"]


def test_what_could_not_be_stated_is_not_begun() -> None:
    """The ledger would refuse the statement: the texts stay, and the case goes on."""
    office = settled()
    desk = replace_fields(office.desk, keys=WrongKeys(office.desk, 9), kept=[])
    with pytest.raises(CaseError, match="the rules of the ledger are against it"):
        erase(desk, ACCOUNT)
    assert office.case.erasing is None
    assert office.vault.count(str(ACCOUNT)) == 1


def test_an_erasure_that_the_ledger_has_refused_comes_before_a_person() -> None:
    """The texts are gone, which is told; the case goes on once somebody has decided."""
    office = settled()
    office.refusing.add("erasure")
    erase(office.desk, ACCOUNT)
    turn(office)
    assert office.case.erasing is None
    assert (len(office.case.refusals), office.case.stage) == (1, Stage.OPEN)
    office.refusing.clear()
    ask(office.desk, 1, BOB, blocking((), policy=office.policy))
    turn(office)
    assert (office.case.refusals, office.case.stage) == ((), Stage.CLOSED)


def append(office: Office) -> None:
    """Append all that waits, and do nothing else."""
    waiting = office.cases.send(office.now, 100)
    for one, outcome in zip(waiting, office.append([one.encoded for one in waiting]), strict=True):
        assert isinstance(outcome, Registered)
        office.desk.record(office.cases.dossier(one.dossier), PLATFORM, [Logged(one.entry, outcome.position)])


def test_an_order_erases_nothing_before_the_ledger_was_asked() -> None:
    """It is passed on to a case whose texts are about to be erased, and the ledger takes nothing."""
    office = Office()
    decide(office)
    turn(office)
    office.vault.busy = True
    with pytest.raises(VaultError):
        erase(office.desk, ACCOUNT)
    office.vault.busy = False
    enter_order(office)
    confirm_order(office)
    append(office)

    def down() -> None:
        raise LogError("the disk is full")

    trouble: list[Trouble] = []
    with pytest.raises(LogError):
        attend_to_order(office.desk, office.order, office.now, trouble, down)
    assert office.case.erasing
    assert attend_to_order(office.desk, office.order, office.now, trouble, lambda: None) == 1
    assert office.case.erasing is None


def reported() -> Office:
    """Return a desk at which an order was carried out, and reported on."""
    office = Office()
    enter_order(office)
    confirm_order(office)
    turn(office)
    decide_under(office)
    turn(office)
    turn(office)
    assert office.order.reports
    assert office.in_force(*POSTS) == [BLOCKED, BLOCKED]
    return office


def test_what_ends_with_an_order_waits_for_no_erasure_of_its_case() -> None:
    """The account has asked for it, and the vault is busy: the posts are shown again all the same."""
    office = reported()
    office.vault.busy = True
    with pytest.raises(VaultError):
        erase(office.desk, ACCOUNT)
    amend_order(office, Change.WITHDRAWN)
    turn(office)
    finish(office)
    assert office.in_force(*POSTS) == [[], []]
    assert office.case.erasing
    office.vault.busy = False
    finish(office)
    assert office.case.erasing is None


def test_what_ends_with_an_order_waits_for_no_erasure_of_its_own() -> None:
    """Somebody erases all that is past its time just when the order has ended, and the vault is busy."""
    office = reported()
    amend_order(office, Change.WITHDRAWN)
    append(office)
    office.vault.busy = True
    with pytest.raises(VaultError):
        retain(office.desk, 0)
    assert office.order.erasing
    turn(office)
    assert office.in_force(*POSTS) == [[], []]
    assert office.order.erasing
    office.vault.busy = False
    finish(office)
    assert office.order.erasing is None
    assert office.cases.due(office.now) == []
