"""What a decision rests on, where it is not told."""

from __future__ import annotations

import re

import pytest
from casebook import SITE, Casebook, found, ordered
from desks import Office
from msgspec.structs import replace
from worlds import digest

from tipstaff.actions.grounds import Grounds, grounds
from tipstaff.actions.policies import State, Stated
from tipstaff.casework.case import Case
from tipstaff.casework.errors import CaseError

HOUSE = Stated("house", 1, "house@1.0+0000", State.IN_FORCE, digest("statement"), digest("house 1.0"))


@pytest.fixture
def office() -> Office:
    """Return a desk on which the policy of the findings is in force."""
    office = Office()
    office.policies.keep(HOUSE)
    return office


def case() -> Case:
    """Return a case with a slight finding and a grave one, and an order."""
    book = Casebook(posts=())
    book.record(found("m1"))
    book.record(replace(found("m2"), severity=5, provision="house-2"))
    book.record(ordered())
    return book.case


def test_the_gravest_finding_says_what_is_broken(office: Office) -> None:
    """Under the version of the policy by which it was found; a provision that is named comes first."""
    assert grounds(office.desk, case()) == Grounds("house-2", HOUSE)
    assert grounds(office.desk, case(), "house-9") == Grounds("house-9", HOUSE)


def test_an_order_says_what_it_rests_on(office: Office) -> None:
    """By its authority and its reference, and under no policy."""
    assert grounds(office.desk, case(), order=9) == Grounds("bureau 2026/7", None)
    assert grounds(office.desk, case(), "house-9", order=9) == Grounds("house-9", None)


def test_a_policy_is_named_with_a_provision(office: Office) -> None:
    """Its version in force counts, with an order as well."""
    assert grounds(office.desk, case(), "house-9", "house") == Grounds("house-9", HOUSE)
    assert grounds(office.desk, case(), "house-9", "house", 9) == Grounds("house-9", HOUSE)


@pytest.mark.parametrize(
    ("policy", "order", "message"),
    [
        ("other", None, "no version of other is in force here"),
        ("house", None, "a decision cites a provision: say which of house"),
        (None, 8, "case 1 has no order 8"),
    ],
)
def test_what_a_decision_cannot_rest_on_is_said(
    office: Office, policy: str | None, order: int | None, message: str
) -> None:
    """A policy that is none, one without a provision, an order that is none."""
    with pytest.raises(CaseError, match=re.escape(message)):
        grounds(office.desk, case(), None, policy, order)


def test_a_case_without_findings_needs_to_be_told() -> None:
    """And so does one whose findings were made by a version that is in force no longer."""
    with pytest.raises(CaseError, match="nothing was found in case 1 for a decision to rest on: name a"):
        grounds(Office().desk, Casebook(SITE, ()).case)
    with pytest.raises(CaseError, match=re.escape("house@1.0+0000 is in force no longer: screen again")):
        grounds(Office().desk, case())


@pytest.mark.parametrize("named", [(), ("house-8",), ("house-8", "house"), ("house-8", "house", 9)])
def test_a_provision_is_one_of_the_policy(office: Office, named: tuple[str | int, ...]) -> None:
    """Whether it is named or was found: it would be told to the account, and stated for good."""
    office.provisions = ("house-1", "house-9")
    provision = named[0] if named else "house-2"
    message = f"house@1.0 has no provision '{provision}': it has house-1, house-9"
    with pytest.raises(CaseError, match=re.escape(message)):
        grounds(office.desk, case(), *named)
