"""What an account holder reaches: their own, whether the host is there or not."""

from __future__ import annotations

from pathlib import Path

import pytest
from casebook import ACCOUNT, ALICE, APP
from desks import Office, decide, turn
from worlds import digest

from tipstaff.actions.access.accounts import Accounts
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.principal import Principal
from tipstaff.actions.ask import ask
from tipstaff.actions.host import HostError
from tipstaff.actions.standing import Strikes, hearing_id
from tipstaff.assembly.shelf import InstalledShelf
from tipstaff.base.errors import MissingError
from tipstaff.casework.commands import Propose
from tipstaff.casework.strikes import Strike
from tipstaff.casework.words import MeasureKind, Subject


def holder(office: Office, *subjects: Subject) -> Accounts:
    """Return what somebody reaches who holds some accounts and apps."""
    principal = Principal("moon", frozenset({Role.ACCOUNT_HOLDER}), holds=subjects)
    return Accounts(office.desk, principal, InstalledShelf(Path("nowhere"), office.desk.clock))


def test_what_is_taken_in_is_acknowledged_though_the_host_is_away() -> None:
    """An answer and an appeal are; only how the account stands there cannot be told."""
    office = Office()
    until = office.now + 60
    ask(office.desk, 1, ALICE, Propose("house-1", (MeasureKind.WARN,), until, digest("proposal")))
    decide(office)
    turn(office)
    ask(office.desk, 1, ALICE, Propose("house-1", (MeasureKind.WARN,), until, digest("another")))
    proposal = office.case.proposal
    assert proposal
    office.host.down = True
    own = holder(office, ACCOUNT)
    assert own.answer(ACCOUNT, hearing_id(proposal), "no").heard == "no"
    appeal = own.appeal(ACCOUNT, 1, "this is news").appeal
    assert appeal
    assert appeal.text == "this is news"


def test_nobody_is_told_of_a_decision_that_may_be_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is there, and counts as a strike, once the ledger has it."""
    office = Office()
    counted = Strikes(None, (), [Strike(1, office.now, office.now + 600)])
    monkeypatch.setattr("tipstaff.actions.standing.live_strikes", lambda *_: counted)
    decide(office, delay=60)
    own = holder(office, ACCOUNT)
    turn(office)
    seen = own.read(ACCOUNT)
    assert (seen.decisions, seen.strikes, seen.standing) == ((), (), "open")
    assert own.export(ACCOUNT).kept.decisions == ()
    office.now += 60
    turn(office)
    seen = own.read(ACCOUNT)
    assert [one.number for one in seen.decisions] == [1]
    assert seen.standing == "carried out"
    assert [one.decision for one in seen.strikes] == [1]
    assert [one.number for one in own.export(ACCOUNT).kept.decisions] == [1]


def test_an_account_that_is_away_is_not_said_to_be_absent() -> None:
    """Where a host gives no answer, that is told; an account that it never had is not there."""
    office = Office()
    own = holder(office, ACCOUNT, APP)
    assert [one.subject for one in own.own()] == [str(ACCOUNT)]
    with pytest.raises(MissingError, match="there is no memory/app/signer"):
        own.read(APP)
    with pytest.raises(MissingError):
        own.appeal(APP, 1, "x")
    office.host.down = True
    for asked in (own.own, lambda: own.read(ACCOUNT), lambda: own.export(ACCOUNT)):
        with pytest.raises(HostError):
            asked()
