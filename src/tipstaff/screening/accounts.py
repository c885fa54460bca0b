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
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from tipstaff.policy.model import Outcome
from tipstaff.screening.findings import Finding
from tipstaff.screening.posts import Post

WEIGHTS: Final = {Outcome.VIOLATION: 4, Outcome.REVIEW: 1, Outcome.PERMITTED: 0}
"""What a finding's severity is multiplied by."""

_INSTANT_SIZE = len("2026-03-01T00:00:00Z")


class Charges(msgspec.Struct, gc=False):
    """What was found on the posts of one account, exempted findings left out.

    `rules`: number of findings by policy and rule; `violating`: number of posts with a violation;
    `severity`: as defined above; `top_score`: the highest of a violation or review finding.
    """

    rules: dict[str, dict[str, int]] = {}
    violating: int = 0
    severity: int = 0
    top_score: int = 0

    def add(self, findings: Sequence[Finding]) -> None:
        """Count the findings of one post."""
        violating = False
        for finding in findings:
            if finding.exempted_by:
                continue
            rules = self.rules.setdefault(policy_name(finding.policy), {})
            rules[finding.rule] = rules.get(finding.rule, 0) + 1
            weight = WEIGHTS[finding.outcome]
            self.severity += weight * finding.severity
            if weight:
                self.top_score = max(self.top_score, finding.score)
            violating = violating or finding.outcome is Outcome.VIOLATION
        self.violating += violating

    def merge(self, other: Charges) -> None:
        """Add what was found on other posts of the account."""
        for policy, counts in other.rules.items():
            rules = self.rules.setdefault(policy, {})
            for rule, count in counts.items():
                rules[rule] = rules.get(rule, 0) + count
        self.violating += other.violating
        self.severity += other.severity
        self.top_score = max(self.top_score, other.top_score)


class Tally(msgspec.Struct, gc=False):
    """What is known of one account. `first` and `last` are instants in UTC, such as 2026-03-01T00:00:00Z."""

    posts: int = 0
    first: str | None = None
    last: str | None = None
    followers: int | None = None
    charges: Charges | None = None

    def merge(self, other: Tally) -> None:
        """Add later posts of the account."""
        self.posts += other.posts
        if other.followers is not None:
            self.followers = other.followers
        self.first = min(filter(None, (self.first, other.first)), default=None)
        self.last = max(filter(None, (self.last, other.last)), default=None)
        if other.charges is not None:
            self.charges = self.charges or Charges()
            self.charges.merge(other.charges)


class AccountReview(msgspec.Struct, frozen=True, kw_only=True):
    """An account that a person should look at. `share` is that of its posts with a violation."""

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
    """The tallies of all accounts, by host ("" if a post names none) and name.

    Memory grows with the number of accounts, by about half a kilobyte each, and with nothing else.
    """

    hosts: dict[str, dict[str, Tally]] = {}

    def add(self, posts: Iterable[Post], findings: Iterable[Finding]) -> None:
        """Count posts and what was found on them, both in the order in which they were screened."""
        for post in posts:
            tally = self._tally(post.host, post.account)
            tally.posts += 1
            if post.followers is not None:
                tally.followers = post.followers
            if post.published_at is not None and (at := utc(post.published_at)) is not None:
                if tally.first is None or tally.last is None:
                    tally.first = tally.last = at
                elif at < tally.first:
                    tally.first = at
                elif at > tally.last:
                    tally.last = at
        for group in by_post(findings):
            tally = self._tally(group[0].host, group[0].account)
            tally.charges = tally.charges or Charges()
            tally.charges.add(group)

    def merge(self, later: Accounts) -> None:
        """Add the tallies of later posts."""
        for host, tallies in later.hosts.items():
            mine = self.hosts.setdefault(host, {})
            for account, tally in tallies.items():
                if account in mine:
                    mine[account].merge(tally)
                else:
                    mine[account] = tally

    def _tally(self, host: str | None, account: str) -> Tally:
        """Return the tally of one account, a new one if it is not known yet."""
        tallies = self.hosts.get(host or "")
        if tallies is None:
            tallies = self.hosts[host or ""] = {}
        tally = tallies.get(account)
        if tally is None:
            tally = tallies[account] = Tally()
        return tally

    def __len__(self) -> int:
        """Return how many accounts there are."""
        return sum(map(len, self.hosts.values()))

    def to_review(self) -> list[AccountReview]:
        """Return the accounts with a violation or review finding, those to review first in front."""
        reviews = [
            _review(account, host, tally, tally.charges)
            for host, tallies in self.hosts.items()
            for account, tally in tallies.items()
            if tally.charges is not None and tally.charges.severity
        ]
        return sorted(reviews, key=lambda review: (-review.priority, review.account, review.host or ""))


def influence(followers: int | None) -> int:
    """Return how far the word of an account reaches: the number of binary digits of its followers + 2."""
    return ((followers or 0) + 2).bit_length()


def _review(account: str, host: str, tally: Tally, charges: Charges) -> AccountReview:
    """Return what a person sees of an account."""
    return AccountReview(
        account=account,
        host=host or None,
        priority=charges.severity * influence(tally.followers),
        posts=tally.posts,
        violating=charges.violating,
        share=round(charges.violating / tally.posts, 4),
        top_score=charges.top_score,
        followers=tally.followers,
        first=tally.first,
        last=tally.last,
        findings=charges.rules,
    )


def by_post(findings: Iterable[Finding]) -> Iterator[list[Finding]]:
    """Yield the findings of each post, given the findings of posts one after another.

    Two posts that share an id and follow one another are told apart by a rule that fires again.
    """
    group: list[Finding] = []
    rules: set[tuple[str, str]] = set()
    for finding in findings:
        rule = (finding.policy, finding.rule)
        if group and (rule in rules or not _same_post(group[0], finding)):
            yield group
            group, rules = [], set()
        group.append(finding)
        rules.add(rule)
    if group:
        yield group


def _same_post(one: Finding, other: Finding) -> bool:
    """Tell whether two findings are on the same post."""
    return one.post == other.post and one.account == other.account and one.host == other.host


def policy_name(reference: str) -> str:
    """Return the NAME of NAME@VERSION+DIGEST."""
    return reference.partition("@")[0]


def utc(published_at: str) -> str | None:
    """Return an ISO 8601 time as an instant in UTC to the second; None if it is none.

    A time without an offset is taken as UTC. What has the shape of an instant already is not looked at
    closely: this runs on every post.
    """
    if len(published_at) == _INSTANT_SIZE and published_at[10] == "T" and published_at[-1] == "Z":
        return published_at
    try:
        instant = dt.datetime.fromisoformat(published_at)
        if instant.tzinfo is not None:
            instant = instant.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
