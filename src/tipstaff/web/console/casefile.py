"""A case as it lies before a reviewer: posts with what was found marked, and each rule once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from markupsafe import Markup, escape

from tipstaff.actions.views import Finding, PostView
from tipstaff.casework.case import Case
from tipstaff.casework.events import Found
from tipstaff.policy.citations import citation
from tipstaff.policy.model import Language, Outcome
from tipstaff.web.evidence import FIELDS, EvidenceReader, Read, version_of

_BEGINNING: Final = 500
"""Code points of a long text that are shown before the rest is unfolded."""

_SPARED: Final = 250
"""Code points that are not worth folding."""

_REST: Final = 2000
"""Code points of the rest that a page has; the evidence has all."""

_HAN: Final = range(0x3400, 0xA000)


class Span(NamedTuple):
    """Where something was found in a field: `[start, end)` in code points, and by which rule."""

    start: int
    end: int
    rule: ShownRule
    faint: bool


class ShownRule(NamedTuple):
    """A rule that was found, by the `key` that it has on the page, and on how many posts.

    Where the copy of its policy cannot be read, it has its name alone.
    """

    key: str
    policy: str
    name: str
    title: str
    explanation: str
    provision: str
    severity: int
    outcome: Outcome | None
    posts: int


class ShownProvision(NamedTuple):
    """A provision, as it is cited, and the rules that were found of it."""

    id: str
    citation: str
    source: str
    summary: str
    rules: list[ShownRule]

    @property
    def severity(self) -> int:
        """That of the gravest of its rules."""
        return max(one.severity for one in self.rules)


class ShownFinding(NamedTuple):
    """A rule on a post: the words that it goes by, and facts for what stands nowhere."""

    rule: ShownRule
    words: tuple[str, ...]
    facts: tuple[str, ...]


class Folded(NamedTuple):
    """A text with what was found marked: how it begins, the rest, and what of that is in the evidence alone.

    `found` are the passages that are marked in the rest.
    """

    begins: Markup
    rest: Markup
    found: int
    left: int


class ShownPost(NamedTuple):
    """A post with what was found on it, the gravest first; `spans` by field."""

    id: str
    title: str | None
    text: str | None
    images: tuple[str, ...]
    found: list[ShownFinding]
    spans: Mapping[str, list[Span]]

    @property
    def severity(self) -> int:
        """The gravest severity of what was found on it, 0 for nothing."""
        return max((one.rule.severity for one in self.found), default=0)

    @property
    def facts(self) -> list[str]:
        """What was weighed of it that stands nowhere, each once."""
        return [*dict.fromkeys(fact for one in self.found for fact in one.facts)]

    @property
    def language(self) -> str:
        """The language of its text, for who has it read or translated."""
        return language_of(self.text or "")

    def marked(self, field: str) -> Markup:
        """Return all of a field, with what was found marked."""
        text = getattr(self, field) or ""
        return _marked(text, self.spans[field], 0, len(text))

    @property
    def folded(self) -> Folded:
        """The text, the rest of it folded where it is long."""
        text, spans = self.text or "", self.spans["text"]
        cut = len(text)
        if cut > _BEGINNING + _SPARED:
            cut = max([_BEGINNING, *(one.end for one in spans if one.start < _BEGINNING < one.end)])
        ends = min(len(text), cut + _REST)
        return Folded(
            _marked(text, spans, 0, cut),
            _marked(text, spans, cut, ends),
            sum(one.start >= cut and not one.faint for one in spans),
            len(text) - ends,
        )


class Reader(EvidenceReader):
    """Reads the policies that findings of a case name, and what was found, in one language."""

    def __init__(self, read: Read, language: Language, case: Case) -> None:
        super().__init__(read, language)
        self._rules = {one: self._rule(number, one, posts) for number, (one, posts) in _counted(case.found)}

    @property
    def provisions(self) -> list[ShownProvision]:
        """What was found, by provision, the gravest first."""
        by_id: dict[tuple[str, str], list[ShownRule]] = {}
        for (reference, *_), rule in self._rules.items():
            by_id.setdefault((reference, rule.provision), []).append(rule)
        cited = [self._provision(reference, named, rules) for (reference, named), rules in by_id.items()]
        return sorted(cited, key=lambda one: -one.severity)

    @property
    def names(self) -> Mapping[str, str]:
        """The titles of the rules, by their names."""
        return {one.name: one.title for one in self._rules.values()}

    def posts(self, posts: Iterable[PostView]) -> list[ShownPost]:
        """Return posts of the case, in the order in which they came."""
        return [self._post(one) for one in posts]

    def _provision(self, reference: str, named: str, rules: list[ShownRule]) -> ShownProvision:
        """Return a provision with its rules, the gravest first."""
        policy = self.policy(reference)
        rules = sorted(rules, key=lambda one: (-one.severity, -one.posts))
        if policy is None:
            return ShownProvision(named, named, "", "", rules)
        provision = policy.provision(named)
        return ShownProvision(
            named,
            citation(provision, self.language),
            provision.source,
            provision.summary.in_language(self.language),
            rules,
        )

    def _rule(self, number: int, found: _Named, posts: int) -> ShownRule:
        """Return a rule that was found."""
        reference, name, named, severity = found
        policy = self.policy(reference)
        version = version_of(reference)
        if policy is None:
            return ShownRule(f"rule-{number}", version, name, name, "", named, severity, None, posts)
        rule = policy.rule(name)
        return ShownRule(
            key=f"rule-{number}",
            policy=version,
            name=name,
            title=rule.title.in_language(self.language),
            explanation=rule.explanation.in_language(self.language),
            provision=named,
            severity=severity,
            outcome=rule.outcome,
            posts=posts,
        )

    def _post(self, post: PostView) -> ShownPost:
        """Return a post."""
        spans = {
            name: [
                Span(one.start, one.end, self._rules[_named(one.found)], one.learned)
                for one in self.passages(post.found, name)
            ]
            for name in FIELDS
        }
        found = sorted((self._finding(one) for one in post.found), key=lambda one: -one.rule.severity)
        return ShownPost(post.id, post.title, post.text, post.images, found, spans)

    def _finding(self, found: Finding) -> ShownFinding:
        """Return a finding."""
        return ShownFinding(self._rules[_named(found)], self.words(found), self.facts(found))


_Named = tuple[str, str, str, int]
"""A rule: the version of its policy, its name, its provision and its severity."""

_MARK: Final = Markup('<a class="to {}" href="#{}" title="{}"><mark class="{}">{}</mark></a>')


def language_of(text: str) -> str:
    """Return the language in which a text is most likely written."""
    letters = [one for one in text if one.isalpha()]
    han = sum(ord(one) in _HAN for one in letters)
    return "zh" if han * 5 > len(letters) else "en"


def _named(found: Found | Finding) -> _Named:
    """Return the rule of a finding."""
    return found.policy, found.rule, found.provision, found.severity


def _counted(found: Iterable[Found]) -> Iterator[tuple[int, tuple[_Named, int]]]:
    """Yield the rules that were found, numbered as they came, each with how many posts it was found on."""
    posts: dict[_Named, set[str]] = {}
    for one in found:
        posts.setdefault(_named(one), set()).add(one.post)
    yield from enumerate(((rule, len(those)) for rule, those in posts.items()), start=1)


def _marked(text: str, spans: Sequence[Span], begins: int, ends: int) -> Markup:
    """Return a part of a text with spans of it marked, each leading to its rule.

    Where spans overlap, the graver one that begins first is marked to its end, and the others from there on.
    """
    parts: list[str] = []
    place = begins
    for span in sorted(spans, key=lambda one: (one.start, one.faint, -one.rule.severity, -one.end)):
        start, end = max(place, span.start), min(span.end, ends)
        if start >= end:
            continue
        parts.append(escape(text[place:start]))
        kind = "faint" if span.faint else f"s{span.rule.severity}"
        words = text[start:end]
        if span.faint:
            parts.append(Markup('<mark class="faint">{}</mark>').format(words))
        else:
            parts.append(_MARK.format(kind, span.rule.key, span.rule.title, kind, words))
        place = end
    parts.append(escape(text[place:ends]))
    return Markup().join(parts)
