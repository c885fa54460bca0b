"""Versions compared page by page: what pages come to together is what they come to at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from policies import NEW, OLD, post, write_policy

from tipstaff.actions.access.owning import Compared
from tipstaff.base.errors import InputError
from tipstaff.policy.model import Language
from tipstaff.screening.backtest import Backtest
from tipstaff.screening.load import load_policy
from tipstaff.web.console.comparing import Totals, read_totals

TEXTS = ("buy mooncoin", "beware: buy mooncoin", "to the moonshot", "good morning", "moonshot", "beware")


def test_pages_add_up(tmp_path: Path) -> None:
    """Through the form: what one page hands on, the next one adds to."""
    old = load_policy(write_policy(tmp_path / "old", OLD))
    new = load_policy(write_policy(tmp_path / "new", NEW))
    posts = [post(text, id=str(place), account=f"a{place % 2}") for place, text in enumerate(TEXTS)]

    def page(first: int, last: int, before: Totals) -> Totals:
        backtest = Backtest(old, new, keep=9)
        backtest.add(posts[first:last])
        return before.with_page(Compared(backtest, posts[first:last], None), Language.EN).totals

    whole = page(0, 6, Totals())
    parts = page(3, 6, read_totals(page(0, 3, read_totals("")).written()))
    assert (whole.posts, whole.caught, whole.through) == (6, 2, 2)
    assert parts == whole
    assert {one.rule: (one.before, one.after, one.caught, one.through) for one in parts.moved} == {
        "offer": (3, 2, 1, 2), "hint": (0, 2, 2, 0), "caution": (2, 0, 0, 0),
    }  # fmt: skip


@pytest.mark.parametrize("written", ["{", '{"posts": "x"}', '{"posts": 1}' + " " * 60_001])
def test_what_is_no_total_is_refused(written: str) -> None:
    """A form may say anything."""
    with pytest.raises(InputError, match="totals"):
        read_totals(written)
