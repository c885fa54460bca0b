"""What measures would hit."""

from __future__ import annotations

import pytest
from desks import Office
from squares import TIME

from tipstaff.actions.host import Snapshot
from tipstaff.actions.preview import Reach, outlook, preview
from tipstaff.casework.errors import CaseError
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.screening.posts import Post

ACCOUNT, APP, SITE = SubjectKind


@pytest.fixture
def office() -> Office:
    """Return a desk whose host has two accounts, an app, and an account without posts."""
    office = Office()
    for name in ("shop", "quiet"):
        office.host.register(ACCOUNT, name)
    office.host.register(APP, "signer")
    for post in (
        Post(id="s1", account="shop", text="see https://coin.example/x", published_at=TIME, followers=7,
             sponsored=True, host="memory", app="signer"),
        Post(id="s2", account="shop", text="plain", published_at=TIME, followers=7, host="memory"),
    ):  # fmt: skip
        office.host.publish(Snapshot(post, (), {}))
    return office


@pytest.mark.parametrize(
    ("kind", "name", "posts", "reach"),
    [
        (ACCOUNT, "shop", (), Reach(2, 1, 7, ("shop",), ("signer",))),
        (ACCOUNT, "shop", ("s2",), Reach(1, 0, 7, ("shop",), ())),
        (ACCOUNT, "quiet", (), Reach(0, 0, 0, ("quiet",), ())),
        (APP, "signer", (), Reach(1, 1, 7, ("shop",), ("signer",))),
        (SITE, "coin.example", (), Reach(1, 1, 7, ("shop",), ("signer",))),
    ],
)
def test_what_would_be_hit(
    office: Office, kind: SubjectKind, name: str, posts: tuple[str, ...], reach: Reach
) -> None:
    """Posts, those that are paid for, followers, accounts and apps."""
    assert preview(office.desk, Subject("memory", kind, name), posts) == reach


def test_posts_that_are_no_items_are_refused() -> None:
    """As a decision on them would be: nothing is previewed that cannot be decided."""
    office = Office()
    assert outlook(office.desk, office.case, ("m1",)).reach.posts == 1
    with pytest.raises(CaseError, match=r"m9: no items of case 1, which has m1, m2$"):
        outlook(office.desk, office.case, ("m1", "m9"))
