"""Posts as those see them whom it is about: with what was found marked, and the rule of each finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tipstaff.actions.views import Finding, PostView
from tipstaff.policy.citations import citation
from tipstaff.web.evidence import FIELDS, EvidenceReader, version_of

Span = tuple[int, int, str]
"""`[start, end)` in code points, and how it is marked: what a model has weighed, more faintly."""


class ShownFinding(NamedTuple):
    """A finding in the words of its rule. Where the copy of its policy cannot be read, by its name alone."""

    policy: str
    title: str
    explanation: str
    citation: str
    severity: int
    words: tuple[str, ...]
    facts: tuple[str, ...]


class ShownProvision(NamedTuple):
    """A provision: how it is cited, where it stands, and what it says in short."""

    citation: str
    source: str
    summary: str


class ShownPost(NamedTuple):
    """A post with what was found on it; `spans` by field."""

    id: str
    title: str | None
    text: str | None
    images: tuple[str, ...]
    found: list[ShownFinding]
    spans: Mapping[str, list[Span]]

    @property
    def severity(self) -> int:
        """The gravest severity of what was found on it, 0 for nothing."""
        return max((one.severity for one in self.found), default=0)


class Reader(EvidenceReader):
    """Reads what is held against somebody, in their language."""

    def shown(self, posts: Iterable[PostView]) -> list[ShownPost]:
        """Return posts, the gravest first."""
        return sorted(map(self._post, posts), key=lambda one: -one.severity)

    def cite(self, reference: str | None, named: str) -> ShownProvision:
        """Return a provision of a version of a policy in words; by its name alone where there are none."""
        policy = self.policy(reference) if reference else None
        provision = next((one for one in policy.provisions if one.id == named), None) if policy else None
        if provision is None:
            return ShownProvision(named, "", "")
        summary = provision.summary.in_language(self.language)
        return ShownProvision(citation(provision, self.language), provision.source, summary)

    def _post(self, post: PostView) -> ShownPost:
        """Return a post."""
        spans = {
            name: [
                (one.start, one.end, "faint" if one.learned else f"s{one.found.severity}")
                for one in self.passages(post.found, name)
            ]
            for name in FIELDS
        }
        found = [self._finding(one) for one in post.found]
        return ShownPost(post.id, post.title, post.text, post.images, found, spans)

    def _finding(self, found: Finding) -> ShownFinding:
        """Return a finding."""
        policy, version, words = self.policy(found.policy), version_of(found.policy), self.words(found)
        if policy is None:
            return ShownFinding(version, found.rule, "", found.provision, found.severity, words, ())
        rule = policy.rule(found.rule)
        return ShownFinding(
            version,
            rule.title.in_language(self.language),
            rule.explanation.in_language(self.language),
            citation(policy.provision(found.provision), self.language),
            found.severity,
            words,
            self.facts(found),
        )
