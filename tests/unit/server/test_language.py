"""`Accept-Language`, as browsers and programs send it."""

from __future__ import annotations

import pytest

from tipstaff.policy.model import Language
from tipstaff.server.language import language_asked


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", Language.EN),
        ("zh", Language.ZH),
        ("zh-Hans-CN", Language.ZH),
        ("ZH-cn", Language.ZH),
        ("en-GB,en;q=0.9,zh;q=0.8", Language.EN),
        ("en;q=0.3, zh-TW ; q=0.7", Language.ZH),
        ("fr, de;q=0.9, zh;q=0.1", Language.ZH),
        ("zh;q=0", Language.EN),
        ("en;q=0, zh;q=0.001", Language.ZH),
        ("*", Language.EN),
        ("zh;q=2, ;;,=", Language.EN),
        ("zhx", Language.EN),
    ],
)
def test_the_language_that_weighs_most_is_spoken(accepted: str, language: Language) -> None:
    """English where none is, or what is sent is nothing."""
    assert language_asked(accepted) is language
