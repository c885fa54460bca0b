"""Accounts in the order in which to review them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipstaff import EngineName, Finding, Outcome, Policy, Post, load_policy, screen
from tipstaff.screening.accounts import AccountReview, Accounts, Roll, influence, utc
from tipstaff.screening.batches import Batch
from tipstaff.screening.engine import make_engine
from tipstaff.screening.findings import OnPost


@pytest.fixture(scope="module")
def mini() -> Policy:
    """Return the small policy of the tests of streams."""
    return load_policy(Path(__file__).parents[1] / "streams" / "mini")


def _post(account: str, post: str = "1", **facts: object) -> Post:
    return Post(id=post, account=account, text="t", **facts)  # type: ignore[arg-type]


def _finding(  # noqa: PLR0913  what the tests vary
    account: str,
    outcome: Outcome = Outcome.VIOLATION,
    *,
    severity: int = 3,
    rule: str = "offer",
    post: str = "1",
    host: str | None = None,
    exempted: bool = False,
    policy: str = "mini@1.0.0+00",
    score: int = 50,
) -> Finding:
    by = ("caution",) if exempted else ()
    return Finding(post, account, host, policy, rule, outcome, by, "law-1", severity, score, ())


def _found(posts: Sequence[Post], findings: Sequence[Finding]) -> list[OnPost]:
    """Return the posts with their findings; here no two posts of one account share an id."""
    on = {(post.host, post.account, post.id): OnPost(post, []) for post in posts}
    for finding in findings:
        on[finding.host, finding.account, finding.post].findings.append(finding)
    return [each for each in on.values() if each.findings]


def _roll(posts: Sequence[Post], findings: Sequence[Finding]) -> Roll:
    roll = Roll()
    roll.add(Accounts.of(posts, _found(posts, findings)))
    return roll


def _reviews(posts: Sequence[Post], found: Sequence[OnPost]) -> list[AccountReview]:
    roll = Roll()
    roll.add(Accounts.of(posts, found))
    return roll.to_review()


@pytest.mark.parametrize(
    ("followers", "expected"),
    [(None, 2), (0, 2), (1, 2), (2, 3), (1021, 10), (1022, 11), (2000, 11), (1_000_000, 20)],
)
def test_influence(followers: int | None, expected: int) -> None:
    """Influence is the number of binary digits of the followers and two."""
    assert influence(followers) == expected


def test_priority() -> None:
    """Priority is four times the severities of violations, and once those of reviews, times influence."""
    roll = _roll(
        [_post("a", followers=1022), _post("a", "2")],
        [
            _finding("a", severity=5),
            _finding("a", Outcome.REVIEW, severity=2, rule="maybe"),
            _finding("a", Outcome.PERMITTED, severity=1, rule="caution", score=99),
            _finding("a", severity=4, rule="promise", exempted=True, score=98),
            _finding("a", severity=3, post="2"),
        ],
    )
    (review,) = roll.to_review()
    assert review.priority == (4 * (5 + 3) + 2) * 11
    assert (review.posts, review.violating, review.share, review.top_score) == (2, 2, 1.0, 50)
    assert review.findings == {"mini": {"offer": 2, "maybe": 1, "caution": 1}}


def test_order() -> None:
    """The highest priority comes first; equal ones come by name, then by host."""
    roll = _roll(
        [_post("b", host="y"), _post("b", host="x"), _post("c"), _post("a"), _post("z", followers=9999)],
        [
            _finding("b", host="y"),
            _finding("b", host="x"),
            _finding("c", severity=4),
            _finding("a"),
            _finding("z", Outcome.REVIEW),
        ],
    )
    order = [(review.account, review.host) for review in roll.to_review()]
    assert order == [("z", None), ("c", None), ("a", None), ("b", "x"), ("b", "y")]


def test_nothing_to_review() -> None:
    """An account on which only exemptions fired, or nothing, is not among those to review."""
    roll = _roll(
        [_post("a"), _post("b"), _post("c")], [_finding("a", exempted=True), _finding("b", Outcome.PERMITTED)]
    )
    assert roll.to_review() == []
    assert len(roll) == 3


def test_same_name_on_two_hosts() -> None:
    """Accounts of one name on different hosts are different accounts."""
    roll = _roll([_post("a", host="x"), _post("a", host="y"), _post("a")], [_finding("a", host="x")])
    assert len(roll) == 3
    assert [(review.host, review.posts) for review in roll.to_review()] == [("x", 1)]


def test_share() -> None:
    """The share is that of posts with a violation that stands, to four decimals."""
    posts = [_post("a", str(number)) for number in range(3)]
    roll = _roll(
        posts,
        [
            _finding("a", post="0"),
            _finding("a", post="0", rule="promise"),
            _finding("a", Outcome.REVIEW, post="1"),
            _finding("a", post="2", exempted=True),
        ],
    )
    (review,) = roll.to_review()
    assert (review.violating, review.share) == (1, 0.3333)


def test_first_and_last() -> None:
    """First and last are the earliest and latest instants of posts with a finding, whatever their offsets."""
    times = ["2026-03-01T00:00:00Z", "2026-03-01T07:00:00+08:00", "soon", "2026-02-28T23:30:00", None]
    posts = [_post("a", str(number), published_at=time) for number, time in enumerate(times)]
    others = [_post("a", "7", published_at="2025-01-01"), _post("a", "8", published_at="2027-01-01")]
    findings = [_finding("a", post=str(number)) for number in range(len(times))]
    (review,) = _roll([others[0], *posts, others[1]], findings).to_review()
    assert (review.first, review.last) == ("2026-02-28T23:00:00Z", "2026-03-01T00:00:00Z")
    assert review.posts == 7


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z"),
        ("2026-03-01T00:00:00.999+00:00", "2026-03-01T00:00:00Z"),
        ("2026-03-01 08:00:00+08:00", "2026-03-01T00:00:00Z"),
        ("2026-03-01", "2026-03-01T00:00:00Z"),
        ("0001-01-01T00:00:00+08:00", None),
        ("0999-03-01T00:00:00Z", "0999-03-01T00:00:00Z"),
        ("2026-W09-7T00:00:00Z", "2026-03-01T00:00:00Z"),
        ("yesterday", None),
        ("", None),
        ("\x1b[2JzzzzzzTzzzzzzzzZ", None),
        ("9999-99-99T99:99:99Z", None),
        ("2026-02-29T00:00:00Z", None),
        ("2026-03-01T24:00:01Z", None),
        ("２０２６-03-01T00:00:00Z", None),
    ],
)
def test_instants(written: str, instant: str | None) -> None:
    """A time of ISO 8601 is an instant in UTC; without an offset it is UTC already."""
    assert utc(written) == instant


def test_followers() -> None:
    """The followers are those that the last post with a finding gives."""
    given = [5, 7, None, 9]
    posts = [_post("a", str(number), followers=followers) for number, followers in enumerate(given)]
    findings = [_finding("a", post=str(number)) for number in range(3)]
    assert [review.followers for review in _roll(posts, findings).to_review()] == [7]


@pytest.mark.parametrize("name", EngineName)
def test_posts_that_share_an_id(mini: Policy, name: EngineName) -> None:
    """What is told of an account is what its post with the finding says, not another one of the same id."""
    early, late = "2001-01-01T00:00:00Z", "2026-01-01T00:00:00Z"
    posts = [
        Post(id="1", account="mia", text="fine", followers=3, published_at=early),
        Post(id="1", account="mia", text="buy mooncoin", followers=1_000_000, published_at=late),
    ]
    found = list(make_engine((mini,), name).by_post(Batch.of(posts)))
    assert [post for post, _ in found] == posts[1:]
    (review,) = _reviews(posts, found)
    assert (review.followers, review.first, review.posts, review.violating) == (1_000_000, late, 2, 1)


@pytest.mark.parametrize("name", EngineName)
def test_neighbours_that_share_an_id(mini: Policy, name: EngineName) -> None:
    """Two posts of one id that follow one another are two, also if different rules fired on them."""
    posts = [Post(id="1", account="mia", text=text) for text in ("buy mooncoin", "moonclub", "mooncoin", "x")]
    batch = Batch.of(posts)
    found = list(make_engine((mini,), name).by_post(batch))
    assert [(post, [finding.rule for finding in findings]) for post, findings in found] == [
        (posts[0], ["offer"]),
        (posts[1], ["maybe"]),
    ]
    assert [finding for _, findings in found for finding in findings] == screen(batch, mini, engine=name)


@pytest.mark.parametrize("name", EngineName)
def test_a_policy_given_twice(mini: Policy, name: EngineName) -> None:
    """Under a policy that is given twice every finding counts twice, on its own post."""
    posts = [Post(id="1", account="mia", text="buy mooncoin")]
    found = list(make_engine((mini, mini), name).by_post(Batch.of(posts)))
    (review,) = _reviews(posts, found)
    assert (review.violating, review.findings) == (1, {"mini": {"offer": 2}})


_EVENTS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from([None, 0, 5, 9999]),
        st.sampled_from([None, "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", "2025-01-01T00:00:00Z"]),
        st.sampled_from([*Outcome, None]),
        st.booleans(),
    ),
    max_size=12,
)


@given(_EVENTS, st.integers(0, 12))
def test_parts_add_up(
    events: list[tuple[str, int | None, str | None, Outcome | None, bool]], cut: int
) -> None:
    """What is tallied in parts, and sent between processes, is what is tallied at once."""

    def tally(part: range) -> Accounts:
        posts, findings = [], []
        for number in part:
            account, followers, time, outcome, exempted = events[number]
            posts.append(_post(account, str(number), followers=followers, published_at=time))
            if outcome:
                findings.append(_finding(account, outcome, post=str(number), exempted=exempted, score=number))
        return Accounts.of(posts, _found(posts, findings))

    def told(*parts: Accounts) -> tuple[int, list[AccountReview]]:
        roll = Roll()
        for part in parts:
            roll.add(msgspec.msgpack.decode(msgspec.msgpack.encode(part), type=Accounts))
        return len(roll), roll.to_review()

    cut = min(cut, len(events))
    parts = tally(range(cut)), tally(range(cut, len(events)))
    assert told(*parts) == told(tally(range(len(events))))
