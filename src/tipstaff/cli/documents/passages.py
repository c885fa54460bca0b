"""What was found in a document, and the passages of its file that it was found in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from tipstaff.cli.documents.document import Document
from tipstaff.policy.model import Language, Outcome, Policy
from tipstaff.screening.engine import screen
from tipstaff.screening.findings import Evidence, Finding
from tipstaff.screening.posts import Post
from tipstaff.screening.problems import Cited, Fact, cited_by, facts_of, learned_signals, problems_among


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of evidence in a file: code points `start` to `end`, which begin at `line` and `col`.

    `text` is as its readers see it, `matched` the normal form; lines and columns count from 1, and
    `end_col` is that of the code point after the last. `learned`: one of the letter groups that weighed
    most in a learned signal, which mean little by themselves.
    """

    signal: str
    field: str
    text: str
    matched: str
    start: int
    end: int
    line: int
    col: int
    end_line: int
    end_col: int
    learned: bool


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that a document would break, or that would send it to a reviewer."""

    policy: str
    rule: str
    outcome: Outcome
    severity: int
    score: int
    title: str
    explanation: str
    provision: Cited
    passages: tuple[Passage, ...]
    facts: tuple[Fact, ...]


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in one file; problems are in the order of their gravity, then of the policies."""

    file: str
    title: str | None
    problems: tuple[Problem, ...]


def check_documents(
    documents: Sequence[Document], policies: Sequence[Policy], language: Language
) -> list[Checked]:
    """Screen documents as the posts they are about to be. What a rule exempts is no problem.

    Each policy is screened by itself: the engine that ran its examples is there already, and making one for
    all of them takes longer than screening a few documents with each.
    """
    posts = [
        Post(
            id=str(number),
            account="author",
            title=document.title.text if document.title else None,
            text=document.text.text,
            sponsored=document.sponsored or None,
        )
        for number, document in enumerate(documents)
    ]
    found: list[list[Finding]] = [[] for _ in documents]
    for policy in policies:
        for finding in screen(posts, policy):
            found[int(finding.post)].append(finding)
    named = {policy.reference: policy for policy in policies}
    return [
        Checked(
            file=document.name,
            title=document.title.text if document.title else None,
            problems=tuple(
                _problem(document, named[finding.policy], finding, language)
                for finding in problems_among(findings)
            ),
        )
        for document, findings in zip(documents, found, strict=True)
    ]


def _problem(document: Document, policy: Policy, finding: Finding, language: Language) -> Problem:
    """Return a finding in the words of an author."""
    rule = policy.rule(finding.rule)
    return Problem(
        policy=finding.policy,
        rule=finding.rule,
        outcome=finding.outcome,
        severity=finding.severity,
        score=finding.score,
        title=rule.title.in_language(language),
        explanation=rule.explanation.in_language(language),
        provision=cited_by(policy, finding, language),
        passages=tuple(_passages(document, finding.evidence, learned_signals(policy))),
        facts=facts_of(policy, finding, language),
    )


def _passages(document: Document, evidence: Iterable[Evidence], learned: set[str]) -> list[Passage]:
    """Return where in a file pieces of evidence stand, in the order of the file."""
    passages = []
    for item in evidence:
        if item.field is None or item.start is None or item.end is None or item.text is None:
            continue
        start, end = document.extract(item.field).span(item.start, item.end)
        first, last = document.place(start), document.place(end)
        passages.append(
            Passage(
                signal=item.signal,
                field=item.field,
                text=item.text,
                matched=item.matched,
                start=start,
                end=end,
                line=first.line,
                col=first.column,
                end_line=last.line,
                end_col=last.column,
                learned=item.signal in learned,
            )
        )
    return sorted(passages, key=lambda passage: (passage.start, passage.end))
