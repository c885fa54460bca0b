"""Counts of a run."""

from __future__ import annotations

import msgspec

from tipstaff import Policy, Post, Verdict
from tipstaff.screening.batches import Batch
from tipstaff.screening.engine import make_engine
from tipstaff.streams.summary import Summary

TEXTS = ["buy mooncoin", "beware: buy mooncoin", "moonclub", "buy mooncoin at moonclub", "nothing", "beware"]
POSTS = [Post(id=str(i), account=f"a{i % 2}", text=text) for i, text in enumerate(TEXTS)]


def _summary(posts: list[Post], policy: Policy) -> Summary:
    summary = Summary()
    summary.add(len(posts), make_engine((policy,)).by_post(Batch.of(posts)), rejects=1)
    return summary


def test_counts(mini: Policy) -> None:
    """Findings are counted by rule, exempted ones apart, and posts by verdict."""
    summary = _summary(POSTS, mini)
    rules = {name: (count.found, count.exempted) for name, count in summary.rules[mini.reference].items()}
    assert (summary.posts, summary.findings, summary.rejects) == (6, 7, 1)
    assert rules == {"offer": (2, 1), "maybe": (2, 0), "caution": (2, 0)}
    assert summary.verdicts_of(mini.reference) == {
        Verdict.VIOLATION: 2,
        Verdict.REVIEW: 1,
        Verdict.PERMITTED: 2,
        Verdict.NONE: 1,
    }


def test_posts_that_share_an_id(mini: Policy) -> None:
    """Two posts of one id that follow one another each have a verdict, whatever rules fired on them."""
    posts = [Post(id="1", account="a", text=text) for text in ("buy mooncoin", "moonclub")]
    verdicts = _summary(posts, mini).verdicts_of(mini.reference)
    assert (verdicts[Verdict.VIOLATION], verdicts[Verdict.REVIEW]) == (1, 1)


def test_merge(mini: Policy) -> None:
    """Parts that were counted apart, and sent between processes, add up to the whole."""
    parts = [_summary(POSTS[:2], mini), _summary(POSTS[2:3], mini), _summary(POSTS[3:], mini)]
    total = Summary()
    for part in parts:
        total.merge(msgspec.msgpack.decode(msgspec.msgpack.encode(part), type=Summary))
    whole = _summary(POSTS, mini)
    whole.rejects = 3
    assert total == whole


def test_another_policy(mini: Policy) -> None:
    """Under a policy that found nothing every post comes out with `none`."""
    assert _summary(POSTS, mini).verdicts_of("other@1.0.0+00")[Verdict.NONE] == len(POSTS)
