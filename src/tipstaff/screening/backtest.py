"""What would change if one policy took the place of another: both are run over the same posts.

A post is *caught* under a policy when its verdict is `violation` or `review`. A rule *stands* on a post
when it fired there and no rule exempts the finding.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from tipstaff.policy.model import Outcome, Policy, Rule, Verdict
from tipstaff.screening.engine import screen
from tipstaff.screening.findings import Finding, verdict
from tipstaff.screening.lists import BlockLists
from tipstaff.screening.postcounts import PostCounts, count_posts
from tipstaff.screening.posts import Post

_CAUGHT = frozenset({Verdict.VIOLATION, Verdict.REVIEW})


class Change(StrEnum):
    """How the verdict of a post differs between the policies."""

    NEWLY_CAUGHT = "newly_caught"
    NEWLY_LET_THROUGH = "newly_let_through"
    CHANGED_OUTCOME = "changed_outcome"


def change_of(old: Verdict, new: Verdict) -> Change | None:
    """Return how a verdict changed; None if it did not in a way that anybody would notice."""
    if old in _CAUGHT and new in _CAUGHT:
        return Change.CHANGED_OUTCOME if old is not new else None
    if old in _CAUGHT:
        return Change.NEWLY_LET_THROUGH
    return Change.NEWLY_CAUGHT if new in _CAUGHT else None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What one policy found on one post, and what follows from it."""

    verdict: Verdict
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Outcomes:
        """Take the findings of one post under one policy."""
        kept = tuple(findings)
        return cls(verdict(kept), kept)

    @property
    def standing(self) -> list[Finding]:
        """The findings that no rule exempts."""
        return [finding for finding in self.findings if not finding.exempted_by]

    @property
    def catching(self) -> list[Finding]:
        """The violation and review findings that no rule exempts, the gravest first."""
        kept = [finding for finding in self.standing if finding.outcome is not Outcome.PERMITTED]
        return sorted(
            kept, key=lambda finding: (finding.outcome is Outcome.REVIEW, -finding.severity, -finding.score)
        )


@dataclass(frozen=True, slots=True)
class Example:
    """A post whose verdict changed. `rule` is the gravest of those that catch it, before or after."""

    post: Post
    change: Change
    rule: str
    old: Outcomes
    new: Outcomes


@dataclass(slots=True)
class RuleChanges:
    """On how many posts a rule stands before and after, and how many changed posts it catches.

    `rule` is as in the new policy, or as in the old one if the new one has no rule of that name.
    """

    rule: Rule
    in_old: bool
    in_new: bool
    before: int = 0
    after: int = 0
    changes: Counter[Change] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class AccountChanges:
    """How many posts of an account were screened, and how many changed."""

    account: str
    host: str | None
    posts: int
    changes: Counter[Change]


class Backtest:
    """Two policies, and what they made of all the posts they were shown so far.

    Of each change and rule at most `keep` examples are kept: those whose post has the smallest hash, so
    that they are spread over the input and the same on every run.
    """

    def __init__(self, old: Policy, new: Policy, keep: int = 5) -> None:
        self.old = old
        self.new = new
        self.posts = 0
        self.verdicts: Counter[tuple[Verdict, Verdict]] = Counter()
        self._policies = (old,) if old.reference == new.reference else (old, new)
        self._keep = keep
        self._rules = {rule.name: RuleChanges(rule, in_old=True, in_new=False) for rule in old.rules}
        for rule in new.rules:
            self._rules[rule.name] = RuleChanges(rule, in_old=rule.name in self._rules, in_new=True)
        self._counts = PostCounts()
        self._changes: dict[tuple[str | None, str], Counter[Change]] = {}
        self._examples: dict[tuple[Change, str], list[tuple[bytes, Example]]] = {}

    def add(self, posts: Sequence[Post], lists: BlockLists | None = None) -> None:
        """Screen some more posts under both policies."""
        self._counts.add(count_posts(posts))
        # Ids need not be unique in what users give: a place in the batch is.
        numbered = [msgspec.structs.replace(post, id=str(number)) for number, post in enumerate(posts)]
        found: list[list[Finding]] = [[] for _ in posts]
        for finding in screen(numbered, self._policies, lists=lists):
            place = int(finding.post)
            found[place].append(msgspec.structs.replace(finding, post=posts[place].id))
        for post, findings in zip(posts, found, strict=True):
            self._add(post, findings)

    def _add(self, post: Post, findings: Sequence[Finding]) -> None:
        """Count one post."""
        self.posts += 1
        if not findings:
            self.verdicts[Verdict.NONE, Verdict.NONE] += 1
            return
        old = Outcomes.of(finding for finding in findings if finding.policy == self.old.reference)
        new = Outcomes.of(finding for finding in findings if finding.policy == self.new.reference)
        self.verdicts[old.verdict, new.verdict] += 1
        for finding in old.standing:
            self._rules[finding.rule].before += 1
        for finding in new.standing:
            self._rules[finding.rule].after += 1
        change = change_of(old.verdict, new.verdict)
        if change is None:
            return
        self._changes.setdefault((post.host, post.account), Counter())[change] += 1
        catching = (old if change is Change.NEWLY_LET_THROUGH else new).catching
        for finding in catching:
            self._rules[finding.rule].changes[change] += 1
        self._keep_example(Example(post, change, catching[0].rule, old, new))

    def _keep_example(self, example: Example) -> None:
        """Keep an example, if its hash is among the smallest of its change and rule."""
        post = example.post
        place = hashlib.sha256(
            "\0".join((post.host or "", post.account, post.id)).encode(errors="replace")
        ).digest()
        kept = self._examples.setdefault((example.change, example.rule), [])
        kept.append((place, example))
        kept.sort(key=lambda item: item[0])
        del kept[self._keep :]

    def count(self, change: Change) -> int:
        """Return how many posts changed in one way."""
        return sum(count for pair, count in self.verdicts.items() if change_of(*pair) is change)

    def verdict_counts(self) -> tuple[Counter[Verdict], Counter[Verdict]]:
        """Return how many posts have each verdict before and after."""
        before, after = Counter[Verdict](), Counter[Verdict]()
        for (old, new), count in self.verdicts.items():
            before[old] += count
            after[new] += count
        return before, after

    def rules(self) -> list[RuleChanges]:
        """Return the rules of both policies, those of the new one last, each set in its own order."""
        return list(self._rules.values())

    def accounts(self) -> list[AccountChanges]:
        """Return the accounts with changed posts, those with most first."""
        changed = [
            AccountChanges(account, host, self._counts.of(host or "", account), changes)
            for (host, account), changes in self._changes.items()
        ]
        return sorted(changed, key=lambda each: (-each.changes.total(), each.account, each.host or ""))

    def examples(self, change: Change) -> list[tuple[str, list[Example]]]:
        """Return the examples of one change by rule, in the order of the rules."""
        kept = {rule: items for (kind, rule), items in self._examples.items() if kind is change}
        return [(rule, [example for _, example in kept[rule]]) for rule in self._rules if rule in kept]
