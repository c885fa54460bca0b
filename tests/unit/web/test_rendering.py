"""What templates do with words."""

from __future__ import annotations

from tipstaff.web.rendering import outermost


def test_words_within_others_are_not_told_again() -> None:
    """Each is told once, in order, and none that is a part of another."""
    words = ("USDT", "presale", "in USDT", "Join our presale", "VIP", "VIP group", "VIP")
    assert outermost(words) == ("in USDT", "Join our presale", "VIP group")
