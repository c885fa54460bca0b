"""Accounts in the order in which to review them, tallied while their posts are screened.

*Priority* is influence times severity, in integers, so that every machine puts the accounts in the same
order:

    severity  = 4 x (sum of the severities of violation findings) + (sum of those of review findings)
    influence = number of binary digits of (followers + 2): 2 for none, 11 for 2,000, 20 for a million
    priority  = severity x influence

Only findings that no rule exempts count; findings of `permitted` rules weigh nothing. Unknown followers
count as none. Accounts of equal priority are ordered by name, then host.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from tipstaff.policy.model import Outcome
from tipstaff.screening.findings import Finding, OnPost, policy_name
from tipstaff.screening.postcounts import ByAccount, PostCounts, count_posts
from tipstaff.screening.posts import Post

WEIGHTS: Final = {Outcome.VIOLATION: 4, Outcome.REVIEW: 1, Outcome.PERMITTED: 0}
"""What a finding's severity is multiplied by."""

_INSTANT_SIZE = len("2026-03-01T00:00:00Z")
_SIGNS = "2026-03-01T00:00:00Z"[7::3]


class Charges(msgspec.Struct, gc=False):
    """What was found on the posts of one account.

    `rules`: number of findings that no rule exempts, by `POLICY/RULE`; `violating`: number of posts with a
    violation; `severity`: as defined above; `top_score`: the highest of a violation or review finding.
    `followers` are those that the last post with a finding gives; `first` and `last` are the instants of the
    earliest and latest such post, in UTC, such as 2026-03-01T00:00:00Z.
    """

    rules: dict[str, int] = {}
    violating: int = 0
    severity: int = 0
    top_score: int = 0
    followers: int | None = None
    first: str | None = None
    last: str | None = None

    def add(self, post: Post, findings: Sequence[Finding]) -> None:
        """Count the findings of one post."""
        violating = False
        for finding in findings:
            if finding.exempted_by:
                continue
            _count(self.rules, f"{policy_name(finding.policy)}/{finding.rule}", 1)
            weight = WEIGHTS[finding.outcome]
            self.severity += weight * finding.severity
            if weight:
                self.top_score = max(self.top_score, finding.score)
            violating = violating or finding.outcome is Outcome.VIOLATION
        self.violating += violating
        at = utc(post.published_at) if post.published_at is not None else None
        self._see(post.followers, at, at)

    def merge(self, later: Charges) -> None:
        """Add what was found on later posts of the account."""
        for rule, count in later.rules.items():
            _count(self.rules, rule, count)
        self.violating += later.violating
        self.severity += later.severity
        self.top_score = max(self.top_score, later.top_score)
        self._see(later.followers, later.first, later.last)

    def _see(self, followers: int | None, first: str | None, last: str | None) -> None:
        """Take note of the followers and the times that later posts give."""
        if followers is not None:
            self.followers = followers
        self.first = min(filter(None, (self.first, first)), default=None)
        self.last = max(filter(None, (self.last, last)), default=None)


def _count(rules: dict[str, int], rule: str, count: int) -> None:
    """Add to the count of a rule, whose name is kept in memory once for all accounts."""
    rules[sys.intern(rule)] = rules.get(rule, 0) + count


class AccountReview(msgspec.Struct, frozen=True, kw_only=True):
    """An account that a person should look at. `share` is that of its posts with a violation.

    `followers`, `first` and `last` tell of its posts with a finding; see `Charges`.
    """

    account: str
    host: str | None
    priority: int
    posts: int
    violating: int
    share: float
    top_score: int
    followers: int | None
    first: str | None
    last: str | None
    findings: dict[str, dict[str, int]]


class Accounts(msgspec.Struct):
    """The accounts of some posts: how many posts each has, and what was found on those of some of them.

    Both by host ("" if a post names none) and name. This is what one chunk comes to.
    """

    posts: ByAccount = {}
    charges: dict[str, dict[str, Charges]] = {}

    @classmethod
    def of(cls, posts: Sequence[Post], found: Iterable[OnPost]) -> Accounts:
        """Take in posts, and what was found on some of them, in the order in which they were screened."""
        accounts = cls(count_posts(posts))
        for post, findings in found:
            charged = accounts.charges.setdefault(post.host or "", {})
            charged.setdefault(post.account, Charges()).add(post, findings)
        return accounts


class Roll:
    """All accounts of a run.

    Those on whose posts nothing was found are kept as a hash and a number; see `PostCounts`.
    """

    def __init__(self) -> None:
        self._posts = PostCounts()
        self._charges: dict[str, dict[str, Charges]] = {}

    def add(self, later: Accounts) -> None:
        """Add the accounts of later posts."""
        self._posts.add(later.posts)
        for host, charged in later.charges.items():
            mine = self._charges.setdefault(host, {})
            for account, charges in charged.items():
                mine.setdefault(account, Charges()).merge(charges)

    def __len__(self) -> int:
        """Return how many accounts there are."""
        return len(self._posts)

    def to_review(self) -> list[AccountReview]:
        """Return the accounts with a violation or review finding, those to review first in front."""
        reviews = [
            _review(account, host, self._posts.of(host, account), charges)
            for host, charged in self._charges.items()
            for account, charges in charged.items()
            if charges.severity
        ]
        return sorted(reviews, key=lambda review: (-review.priority, review.account, review.host or ""))


def influence(followers: int | None) -> int:
    """Return how far the word of an account reaches: the number of binary digits of its followers + 2."""
    return ((followers or 0) + 2).bit_length()


def _review(account: str, host: str, posts: int, charges: Charges) -> AccountReview:
    """Return what a person sees of an account."""
    findings: dict[str, dict[str, int]] = {}
    for name, count in charges.rules.items():
        policy, _, rule = name.partition("/")
        findings.setdefault(policy, {})[rule] = count
    return AccountReview(
        account=account,
        host=host or None,
        priority=charges.severity * influence(charges.followers),
        posts=posts,
        violating=charges.violating,
        share=round(charges.violating / posts, 4),
        top_score=charges.top_score,
        followers=charges.followers,
        first=charges.first,
        last=charges.last,
        findings=findings,
    )


def utc(published_at: str) -> str | None:
    """Return an ISO 8601 time as an instant in UTC to the second; None if it is none.

    A time without an offset is taken as UTC. One that already stands as it would be written is returned
    as it is: that is the usual case, and writing takes longer than reading.
    """
    try:
        instant = dt.datetime.fromisoformat(published_at)
        # Of the forms of this length that can be read, only one has these characters in these places.
        if len(published_at) == _INSTANT_SIZE and published_at[7::3] == _SIGNS:
            return published_at
        if offset := instant.utcoffset():
            instant -= offset
    except (ValueError, OverflowError):
        return None
    return instant.isoformat("T", "seconds")[: _INSTANT_SIZE - 1] + "Z"
