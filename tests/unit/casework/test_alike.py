"""Posts that say nearly the same are drawn together."""

from __future__ import annotations

from tipstaff.casework.alike import alike

SALE = "月港争取到最后一轮私募额度，一个换四万枚，锁仓三个月，联系助理登记"


def test_posts_that_differ_in_spelling_are_alike() -> None:
    """Another spelling, marks, or a few more words make no other post; another text does."""
    texts = {
        "a": SALE,
        "b": "今天天气很好，适合散步和读书，晚上记得回家吃饭",
        "c": SALE.replace("，", " 🔥 "),
        "d": f"{SALE}！速来",
    }
    assert alike(texts) == [["a", "c", "d"], ["b"]]


def test_posts_that_share_half_are_not() -> None:
    """A sentence in common makes nothing alike."""
    assert alike({"a": SALE, "b": f"{SALE[:16]}的说法，是骗局的标准台词，请读者不要相信"}) == [["a"], ["b"]]


def test_a_group_is_named_by_its_first() -> None:
    """Each post is in one group, in the order in which the posts came."""
    assert alike({"x": "short", "y": "short", "z": "other"}) == [["x", "y"], ["z"]]
    assert alike({}) == []
