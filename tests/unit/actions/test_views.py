"""What is shown of a case at one version, as time goes on."""

from __future__ import annotations

import pytest
from casebook import ALICE, blocking
from desks import Office, decide
from msgspec.structs import replace

from tipstaff.actions.ask import ask
from tipstaff.actions.views import may_have_faded, view_of
from tipstaff.casework.commands import Asked, Claim
from tipstaff.casework.events import ErasureBegun, ErasureCause, Hearing, Waiver
from tipstaff.casework.words import MeasureKind


@pytest.fixture
def office() -> Office:
    """Return a desk with a case."""
    return Office()


def close(office: Office, until: int) -> None:
    """Have Alice close the account until a time, which another person is to confirm."""
    measure = Asked(MeasureKind.CLOSE_ACCOUNT, until=until)
    command = replace(
        blocking((measure,), 0, office.policy), hearing=Hearing.WAIVED, waived_for=Waiver.GRAVE_HARM
    )
    ask(office.desk, 1, ALICE, command)


def test_a_claim_is_over_by_its_time(office: Office) -> None:
    """Whoever has seen it is told; where there is none, a case shows the same for ever."""
    assert not may_have_faded(office.desk, office.case)
    ask(office.desk, 1, ALICE, Claim(office.now + 60))
    assert (view_of(office.desk, office.case).claimed_by, may_have_faded(office.desk, office.case)) == (
        "alice", False,
    )  # fmt: skip
    office.now += 60
    assert (view_of(office.desk, office.case).claimed_by, may_have_faded(office.desk, office.case)) == (
        None, True,
    )  # fmt: skip


def test_what_waits_is_over_by_its_time(office: Office) -> None:
    """Nobody confirms it any more; what was confirmed in time waited for nobody since."""
    close(office, office.now + 60)
    case = office.case
    assert (view_of(office.desk, case).decisions[0].waits, may_have_faded(office.desk, case)) == (True, False)
    office.now += 60
    assert (view_of(office.desk, case).decisions[0].waits, may_have_faded(office.desk, case)) == (False, True)


def test_texts_go_before_it_is_an_event(office: Office) -> None:
    """While they are being erased, what was seen may be more than what is there."""
    begun = ErasureBegun(ErasureCause.RETENTION, 2)
    assert may_have_faded(office.desk, replace(office.case, erasing=begun))


def test_what_needs_nobody_does_not_fade(office: Office) -> None:
    """A measure that has ended by its time never waited."""
    decide(office, (Asked(MeasureKind.WARN, until=office.now + 60),))
    office.now += 60
    assert not may_have_faded(office.desk, office.case)
