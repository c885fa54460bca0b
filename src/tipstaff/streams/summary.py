"""What a run came to: counts that can be added up between chunks and between processes."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tipstaff.policy.model import Outcome, Verdict
from tipstaff.screening.findings import OnPost, verdict
from tipstaff.screening.lists import LeftOut


class RuleCount(msgspec.Struct):
    """How often a rule fired: `found` times with effect, and `exempted` times without."""

    outcome: Outcome
    found: int = 0
    exempted: int = 0


class Summary(msgspec.Struct):
    """Counts of a run. `rules` and `verdicts` are by policy (NAME@VERSION+DIGEST) and then by name.

    `list_faults`: by name of a block list, why its newest file was not taken; `left_out`: which of its
    entries were not.
    """

    posts: int = 0
    findings: int = 0
    rejects: int = 0
    rules: dict[str, dict[str, RuleCount]] = {}
    verdicts: dict[str, dict[Verdict, int]] = {}
    list_faults: dict[str, str] = {}
    left_out: dict[str, LeftOut] = {}

    def add(self, posts: int, found: Iterable[OnPost], rejects: int) -> None:
        """Count how many posts there are, what was found on them, and how many lines were refused."""
        self.posts += posts
        self.rejects += rejects
        for _, findings in found:
            self.findings += len(findings)
            for finding in findings:
                count = self._rule(finding.policy, finding.rule, finding.outcome)
                if finding.exempted_by:
                    count.exempted += 1
                else:
                    count.found += 1
            for policy in dict.fromkeys(finding.policy for finding in findings):
                came_to = verdict(finding for finding in findings if finding.policy == policy)
                self._verdict(policy, came_to, 1)

    def merge(self, later: Summary) -> None:
        """Add the counts of later posts."""
        self.posts += later.posts
        self.findings += later.findings
        self.rejects += later.rejects
        self.list_faults.update(later.list_faults)
        self.left_out.update(later.left_out)
        for policy, rules in later.rules.items():
            for name, count in rules.items():
                mine = self._rule(policy, name, count.outcome)
                mine.found += count.found
                mine.exempted += count.exempted
        for policy, verdicts in later.verdicts.items():
            for came_to, number in verdicts.items():
                self._verdict(policy, came_to, number)

    def verdicts_of(self, policy: str) -> dict[Verdict, int]:
        """Return how many posts came out with each verdict under a policy; the rest of them with `none`."""
        counted = self.verdicts.get(policy, {})
        counts = {came_to: counted.get(came_to, 0) for came_to in Verdict}
        counts[Verdict.NONE] = self.posts - sum(counts.values()) + counts[Verdict.NONE]
        return counts

    def _rule(self, policy: str, rule: str, outcome: Outcome) -> RuleCount:
        """Return the count of one rule."""
        return self.rules.setdefault(policy, {}).setdefault(rule, RuleCount(outcome))

    def _verdict(self, policy: str, came_to: Verdict, number: int) -> None:
        """Add to the count of one verdict."""
        counts = self.verdicts.setdefault(policy, {})
        counts[came_to] = counts.get(came_to, 0) + number
