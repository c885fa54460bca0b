"""Whom a post reaches, as far as that is known."""

from __future__ import annotations

import pytest

from tipstaff.actions.reach import Reach, reach_of
from tipstaff.screening.posts import Post


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("zh-Hant", "hello", "zh"),
        ("en_GB", "稳赚不赔", "en"),
        (None, "稳赚不赔 now", "zh"),
        (None, "必ず儲かる", "ja"),
        (None, "무조건 수익", "ko"),
        (None, "guaranteed returns", None),
        ("x" * 40, "guaranteed returns", None),
        ("'; --", "稳赚不赔", "zh"),
    ],
)
def test_a_language_is_declared_or_seen(declared: str | None, text: str, language: str | None) -> None:
    """What the author declares counts; without that, letters that no other language has."""
    post = Post(id="p", account="a", text=text, lang=declared, followers=7)
    assert reach_of(post) == Reach(7, language)
