"""Findings: what rules fired on which posts, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from tipstaff.policy.model import Outcome, Verdict
from tipstaff.screening.posts import Post

ABSENT = "absent"
"""What evidence says instead of a span when a rule fired on something that is not there."""


class Hit(NamedTuple):
    """A place where a signal was seen: `texts[field][start:end]`, in code points of the original field.

    `field` is the index of the text in its batch; `matched` the normal form that matched.
    """

    field: int
    start: int
    end: int
    matched: str


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """Why a rule fired. A span in a field, `text == field[start:end]`; or a fact, without a span."""

    signal: str
    field: str | None
    start: int | None
    end: int | None
    text: str | None
    matched: str


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One rule that fired on one post.

    `policy` is NAME@VERSION+DIGEST; `exempted_by` names the `permitted` rules that take this finding out
    of the verdict; `severity` is 1 to 5, `score` 1 to 100.
    """

    post: str
    account: str
    host: str | None
    policy: str
    rule: str
    outcome: Outcome
    exempted_by: tuple[str, ...]
    provision: str
    severity: int
    score: int
    evidence: tuple[Evidence, ...]


_GRAVITY = (
    (Outcome.VIOLATION, Verdict.VIOLATION),
    (Outcome.REVIEW, Verdict.REVIEW),
    (Outcome.PERMITTED, Verdict.PERMITTED),
)


class OnPost(NamedTuple):
    """A post and what was found on it. Ids may repeat: of findings alone one cannot tell the post."""

    post: Post
    findings: list[Finding]


def verdict(findings: Iterable[Finding]) -> Verdict:
    """Return the gravest outcome left after exemptions, for the findings of one post and one policy."""
    left = {finding.outcome for finding in findings if not finding.exempted_by}
    return next((verdict for outcome, verdict in _GRAVITY if outcome in left), Verdict.NONE)


def stands(finding: Finding) -> bool:
    """Say whether a finding is held against a post: not what permits something, nor what that exempts."""
    return finding.outcome is not Outcome.PERMITTED and not finding.exempted_by


def policy_name(reference: str) -> str:
    """Return the NAME of NAME@VERSION+DIGEST."""
    return reference.partition("@")[0]
