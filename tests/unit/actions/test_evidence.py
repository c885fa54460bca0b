"""On which findings a decision rests."""

from __future__ import annotations

import pytest
from casebook import SITE, Casebook, found
from desks import Office

from tipstaff.actions.evidence import chosen_evidence
from tipstaff.casework.case import Case
from tipstaff.casework.errors import CaseError


def case() -> Case:
    """Return a case with three findings on two posts."""
    book = Casebook(posts=())
    for post, rule in (("m1", "hype"), ("m2", "hype"), ("m2", "sale")):
        book.record(found(post, rule))
    return book.case


@pytest.mark.parametrize(
    ("posts", "rules", "chosen"),
    [
        ((), (), [("m1", "hype"), ("m2", "hype"), ("m2", "sale")]),
        (("m2",), (), [("m2", "hype"), ("m2", "sale")]),
        ((), ("hype",), [("m1", "hype"), ("m2", "hype")]),
        (("m2",), ("sale",), [("m2", "sale")]),
    ],
)
def test_findings_are_chosen_by_post_and_rule(
    posts: tuple[str, ...], rules: tuple[str, ...], chosen: list[tuple[str, str]]
) -> None:
    """All of them where nothing is named; they are kept in the vault, and committed to."""
    office = Office()
    commitment = chosen_evidence(office.desk, case(), posts, rules)
    assert commitment is not None
    kept = office.desk.opened(commitment)
    assert isinstance(kept, list)
    assert [(one["post"], one["rule"]) for one in kept] == chosen


def test_what_was_not_found_is_not_chosen() -> None:
    """A rule must be among the findings on what is decided on."""
    office = Office()
    with pytest.raises(CaseError, match="sale was not found on what is decided on"):
        chosen_evidence(office.desk, case(), ("m1",), ("sale",))
    assert chosen_evidence(office.desk, Casebook(SITE, ()).case, ()) is None
