"""A case as it lies before a reviewer: posts with what was found marked, and the rule of each finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tipstaff.actions.views import CaseView, Finding, PostView
from tipstaff.casework.errors import CaseError
from tipstaff.policy.citations import citation
from tipstaff.policy.folding import normal_text
from tipstaff.policy.model import Language, Outcome, Policy
from tipstaff.screening.problems import learned_signals
from tipstaff.web.rendering import outermost

Read = Callable[[str], Policy]
"""What reads a version of a policy, by its reference."""

Span = tuple[int, int, str]
"""`[start, end)` in code points, and how it is marked."""

_AROUND: Final = 60
"""Code points that are shown on each side of what was found, in one line."""

FIELDS: Final = ("title", "text")


class ShownFinding(NamedTuple):
    """A finding in the words of its rule. Where the copy of its policy cannot be read, by its name alone."""

    policy: str
    rule: str
    title: str
    explanation: str
    provision: str
    citation: str
    source: str
    severity: int
    outcome: Outcome | None
    words: tuple[str, ...]
    facts: tuple[str, ...]


class ShownProvision(NamedTuple):
    """A provision: how it is cited, where it stands, and what it says in short."""

    citation: str
    source: str
    summary: str


class Excerpt(NamedTuple):
    """A line of a post around what was found first, with its spans.

    `before` and `after` say that there is more of it.
    """

    text: str
    spans: list[Span]
    before: bool
    after: bool


class ShownPost(NamedTuple):
    """A post with what was found on it; `spans` by field, `normal` is the form that was looked at."""

    id: str
    title: str | None
    text: str | None
    images: tuple[str, ...]
    found: list[ShownFinding]
    spans: Mapping[str, list[Span]]
    excerpt: Excerpt | None

    @property
    def severity(self) -> int:
        """The gravest severity of what was found on it, 0 for nothing."""
        return max((one.severity for one in self.found), default=0)

    @property
    def normal(self) -> Mapping[str, str]:
        """The normal form of each field."""
        return {name: normal_text(getattr(self, name) or "") for name in FIELDS}


class Reader:
    """Reads the policies that findings name, each once, in one language."""

    def __init__(self, read: Read, language: Language) -> None:
        self._read = read
        self._language = language
        self._known: dict[str, Policy | None] = {}

    def policy(self, reference: str) -> Policy | None:
        """Return a version of a policy; None where its copy cannot be read."""
        if reference not in self._known:
            try:
                self._known[reference] = self._read(reference)
            except CaseError:  # whoever decides under it is told; the finding itself is told without it
                self._known[reference] = None
        return self._known[reference]

    def posts(self, case: CaseView) -> list[ShownPost]:
        """Return the posts of a case, the gravest first."""
        return self.shown(case.posts)

    def shown(self, posts: Iterable[PostView]) -> list[ShownPost]:
        """Return posts, the gravest first."""
        return sorted(map(self._post, posts), key=lambda one: -one.severity)

    def cite(self, reference: str | None, named: str) -> ShownProvision:
        """Return a provision of a version of a policy in words; by its name alone where there are none."""
        policy = self.policy(reference) if reference else None
        provision = next((one for one in policy.provisions if one.id == named), None) if policy else None
        if provision is None:
            return ShownProvision(named, "", "")
        summary = provision.summary.in_language(self._language)
        return ShownProvision(citation(provision, self._language), provision.source, summary)

    def _post(self, post: PostView) -> ShownPost:
        """Return a post."""
        spans = {name: list(self._spans(post.found, name)) for name in FIELDS}
        found = [self._finding(one) for one in post.found]
        excerpt = _excerpt(post.text or "", spans["text"])
        return ShownPost(post.id, post.title, post.text, post.images, found, spans, excerpt)

    def _finding(self, found: Finding) -> ShownFinding:
        """Return a finding."""
        policy = self.policy(found.policy)
        told = [one for one in found.evidence if not self._is_learned(policy, one)]
        words = outermost(str(one["text"]) for one in told if one.get("text"))
        if policy is None:
            return ShownFinding(
                _version(found.policy), found.rule, found.rule, "", found.provision, found.provision, "",
                found.severity, None, words, (),
            )  # fmt: skip
        rule, provision = policy.rule(found.rule), policy.provision(found.provision)
        summaries = {one.name: one.summary.in_language(self._language) for one in policy.signals}
        facts = [str(one["signal"]) for one in found.evidence if one.get("start") is None]
        return ShownFinding(
            policy=_version(found.policy),
            rule=found.rule,
            title=rule.title.in_language(self._language),
            explanation=rule.explanation.in_language(self._language),
            provision=found.provision,
            citation=citation(provision, self._language),
            source=provision.source,
            severity=found.severity,
            outcome=rule.outcome,
            words=words,
            facts=tuple(dict.fromkeys(summaries.get(one, one) for one in facts)),
        )

    def _spans(self, found: Sequence[Finding], field: str) -> Iterator[Span]:
        """Yield where something was found in a field; what a model has weighed is marked more faintly."""
        for one in found:
            policy = self.policy(one.policy)
            for evidence in one.evidence:
                start, end = evidence.get("start"), evidence.get("end")
                if evidence.get("field") == field and isinstance(start, int) and isinstance(end, int):
                    yield start, end, "faint" if self._is_learned(policy, evidence) else f"s{one.severity}"

    @staticmethod
    def _is_learned(policy: Policy | None, evidence: Mapping[str, object]) -> bool:
        """Say whether a piece of evidence is an n-gram that a model has weighed."""
        return policy is not None and evidence.get("signal") in learned_signals(policy)


def _version(reference: str) -> str:
    """Return `NAME VERSION`."""
    return reference.partition("+")[0].replace("@", " ")


def _excerpt(text: str, spans: Sequence[Span]) -> Excerpt | None:
    """Return the line around what was found first, or the beginning where nothing was; None of no text."""
    if not text.strip():
        return None
    strong = [one for one in spans if one[2] != "faint"] or list(spans)
    begins = max(0, min((start for start, _, _ in strong), default=0) - _AROUND)
    ends = min(len(text), begins + 3 * _AROUND)
    inside = [
        (max(s, begins) - begins, min(e, ends) - begins, kind)
        for s, e, kind in spans
        if s < ends and e > begins
    ]
    return Excerpt(text[begins:ends].replace("\n", " "), inside, begins > 0, ends < len(text))
