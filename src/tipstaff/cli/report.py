"""The summary of a run as JSON, for programs."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tipstaff.policy.model import Outcome, Policy, Verdict
from tipstaff.screening.accounts import AccountReview, Roll
from tipstaff.screening.lists import LeftOut
from tipstaff.streams.summary import RuleCount, Summary


class PolicyReport(msgspec.Struct, frozen=True):
    """A policy that was used."""

    name: str
    version: str
    digest: str


class RuleReport(msgspec.Struct, frozen=True):
    """How often a rule fired, with effect and exempted."""

    policy: str
    rule: str
    outcome: Outcome
    found: int
    exempted: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `--summary` writes.

    `complete` is false when the run was interrupted; `verdicts` counts posts by name of the policy;
    `accounts` are those to review, the first in front, and `account_count` is of all that were seen.
    """

    complete: bool
    posts: int
    findings: int
    rejects: int
    list_faults: dict[str, str]
    list_rejects: dict[str, LeftOut]
    seconds: float
    rate: int
    engine: str
    policies: list[PolicyReport]
    rules: list[RuleReport]
    verdicts: dict[str, dict[Verdict, int]]
    account_count: int
    accounts: list[AccountReview]


def make_report(
    summary: Summary, roll: Roll, policies: Sequence[Policy], engine: str, seconds: float, *, complete: bool
) -> bytes:
    """Return the report of a run as JSON. Every rule is in it, also those that never fired."""
    report = Report(
        complete=complete,
        posts=summary.posts,
        findings=summary.findings,
        rejects=summary.rejects,
        list_faults=summary.list_faults,
        list_rejects=summary.left_out,
        seconds=round(seconds, 3),
        rate=round(summary.posts / seconds) if seconds else 0,
        engine=engine,
        policies=[PolicyReport(policy.name, policy.version, policy.digest) for policy in policies],
        rules=[report for policy in policies for report in _rules(summary, policy)],
        verdicts={policy.name: summary.verdicts_of(policy.reference) for policy in policies},
        account_count=len(roll),
        accounts=roll.to_review(),
    )
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def _rules(summary: Summary, policy: Policy) -> list[RuleReport]:
    """Return the counts of the rules of one policy."""
    counts = summary.rules.get(policy.reference, {})
    return [
        RuleReport(policy.name, rule.name, rule.outcome, count.found, count.exempted)
        for rule in policy.rules
        for count in [counts.get(rule.name) or RuleCount(rule.outcome)]
    ]
