"""What commands show on a terminal: posts with their evidence, and tables of what was found.

Everything that comes from others is shown by way of `visible`, as plain text that cannot steer a terminal:
posts where they are shown, and whatever else is printed by the console.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tipstaff.cli.visible import visible
from tipstaff.policy.model import Language, LearnedSignal, Outcome, Policy
from tipstaff.screening.accounts import AccountReview, Roll
from tipstaff.screening.findings import Evidence, Finding
from tipstaff.screening.lists import LeftOut
from tipstaff.screening.posts import Post
from tipstaff.streams.summary import Summary

STYLES: Final = {
    Outcome.VIOLATION: "bold red",
    Outcome.REVIEW: "bold yellow",
    Outcome.PERMITTED: "bold green",
}
"""How outcomes look."""

_ARTICLE = {Language.EN: ", art. {}", Language.ZH: "第{}条"}
_GRAVITY = list(Outcome)
_AROUND = 90
"""How much text is shown on either side of a piece of evidence, in code points."""

_NAMED = 3
_ACCOUNT = 16


def one_line(text: str, limit: int) -> str:
    """Return the beginning of a text on one line."""
    line = visible(" ".join(text[: 4 * limit].split()))
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


class Mark(NamedTuple):
    """A place in a text to underline in a style; `label`, if any, is put behind it."""

    start: int
    end: int
    label: str
    style: str


def highlighted(text: str, marks: Iterable[Mark]) -> Text:
    """Return a text with the marks in it, given the most important first.

    Marks that overlap are labelled together, behind the last of them, each label once. Of a long text only
    what is near a mark is shown.
    """
    ordered = list(marks)
    base = Text(visible(text))
    for mark in reversed(ordered):
        base.stylize(f"{mark.style} underline", mark.start, mark.end)
    spans = [(mark.start, mark.end) for mark in ordered]
    labels = _labels(ordered)
    shown = Text()
    for start, end in _merged(spans, _AROUND, len(text)) or [(0, min(len(text), 4 * _AROUND))]:
        if start:
            shown.append(" … " if shown else "… ", "dim")
        at = start
        for cut in sorted(place for place in labels if start < place <= end):
            shown.append_text(base[at:cut])
            for label, style in labels[cut].items():
                shown.append(f"‹{label}›", f"dim {style.removeprefix('bold ')}")
            at = cut
        shown.append_text(base[at:end])
    return shown if end == len(text) else shown.append(" …", "dim")


def _labels(marks: Sequence[Mark]) -> dict[int, dict[str, str]]:
    """Return the labels by where they go, with their styles; a place is named by its first mark only."""
    regions = _merged(
        [(mark.start, mark.end) for mark in marks], 0, max((mark.end for mark in marks), default=0)
    )
    ends = [end for _, end in regions]
    labels: dict[int, dict[str, str]] = {}
    named: set[tuple[int, int]] = set()
    for mark in marks:
        if mark.label and (mark.start, mark.end) not in named:
            named.add((mark.start, mark.end))
            labels.setdefault(ends[bisect_left(ends, mark.end)], {}).setdefault(mark.label, mark.style)
    return labels


def _merged(spans: Iterable[tuple[int, int]], around: int, size: int) -> list[tuple[int, int]]:
    """Return spans widened on both sides, those that overlap made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        begin, stop = max(0, start - around), min(size, end + around)
        if merged and begin < merged[-1][1]:
            begin, last = merged.pop()
            stop = max(stop, last)
        merged.append((begin, stop))
    return merged


def show_post(
    post: Post, findings: Sequence[Finding], policies: Sequence[Policy], language: Language = Language.EN
) -> RenderableType:
    """Return a post with its evidence marked in it, and below what was found, the gravest first."""
    ordered = sorted(findings, key=_order)
    named = {policy.reference: policy for policy in policies}
    learned = {
        signal.name for policy in policies for signal in policy.signals if isinstance(signal, LearnedSignal)
    }
    parts: list[RenderableType] = []
    for name, text in (("title", post.title), ("text", post.text)):
        marks = [
            Mark(item.start, item.end, "" if item.signal in learned else item.signal, _style(finding))
            for finding in ordered
            for item in finding.evidence
            if item.field == name and item.start is not None and item.end is not None
        ]
        if text:
            parts.append(highlighted(text, marks))
    if ordered:
        parts.append("")
    parts += [_explained(finding, named[finding.policy], language) for finding in ordered]
    parts += [Padding(Text(line, "dim"), (0, 0, 0, 2)) for line in _grounds(ordered, named, language)]
    about = " · ".join(part for part in (post.account, post.id, post.published_at or "") if part)
    return Panel(
        Group(*parts),
        title=Text(one_line(about, 80)),
        title_align="left",
        border_style=_style(ordered[0]).removeprefix("bold ") if ordered else "dim",
    )


def _order(finding: Finding) -> tuple[bool, int]:
    """Order findings by gravity, exempted ones last."""
    return bool(finding.exempted_by), _GRAVITY.index(finding.outcome)


def _style(finding: Finding) -> str:
    """Return how the evidence of a finding looks."""
    return "dim" if finding.exempted_by else STYLES[finding.outcome]


def _explained(finding: Finding, policy: Policy, language: Language) -> Text:
    """Return what a finding means: outcome, rule, score, and the provision it cites."""
    rule = policy.rule(finding.rule)
    text = Text()
    text.append(f"{finding.outcome.value} ", _style(finding))
    text.append(f"{policy.name}/{rule.name}", "bold")
    text.append(f" (score {finding.score}): {rule.title.in_language(language)}")
    if finding.exempted_by:
        text.append(f"; exempted by {', '.join(finding.exempted_by)}", "green")
    return text.append(f" [{finding.provision}]", "dim")


def _grounds(
    findings: Sequence[Finding], policies: Mapping[str, Policy], language: Language
) -> Iterable[str]:
    """Return the provisions that findings cite, and the facts among their evidence, each once."""
    lines = []
    for finding in findings:
        provision = policies[finding.policy].provision(finding.provision)
        instrument = provision.instrument.in_language(language)
        article = _ARTICLE[language].format(provision.article) if provision.article else ""
        lines.append(f"[{provision.id}] {instrument}{article}")
    facts = [
        f"{item.signal}: {item.matched}"
        for finding in findings
        for item in finding.evidence
        if item.start is None
    ]
    if facts:
        lines.append(visible("; ".join(dict.fromkeys(facts))))
    return dict.fromkeys(lines)


def headline(summary: Summary, accounts: int, seconds: float) -> Text:
    """Return the figures of a run in one line."""
    rate = summary.posts / seconds if seconds else 0
    text = Text()
    figures = (("post", summary.posts), ("finding", summary.findings), ("account", accounts))
    for number, (noun, count) in enumerate(figures, start=1):
        text.append(f"{count:,}", "bold").append(f" {noun}" if count == 1 else f" {noun}s")
        text.append(", " if number < len(figures) else "; ")
    if summary.rejects:
        text.append(f"lines rejected: {summary.rejects:,}", "bold red").append("; ")
    return text.append(f"{seconds:.1f} s, {rate:,.0f} posts/s")


def rules_table(summary: Summary, policy: Policy, language: Language = Language.EN) -> Table:
    """Return the findings under one policy by rule, in the order of the policy."""
    table = _table(f"Findings by rule: {policy.name} {policy.version}")
    table.add_column("rule", no_wrap=True)
    table.add_column("outcome", no_wrap=True)
    table.add_column("found", justify="right", no_wrap=True)
    table.add_column("exempted", justify="right", no_wrap=True)
    table.add_column("what it finds", overflow="fold")
    counts = summary.rules.get(policy.reference, {})
    for rule in policy.rules:
        count = counts.get(rule.name)
        if count is not None:
            table.add_row(
                Text(rule.name),
                Text(rule.outcome.value, STYLES[rule.outcome]),
                Text(f"{count.found:,}", "bold"),
                Text(f"{count.exempted:,}" if count.exempted else "", "dim"),
                Text(rule.title.in_language(language)),
            )
    return table


def accounts_table(reviews: Sequence[AccountReview], limit: int) -> Table:
    """Return the first accounts to review."""
    shown = reviews[:limit]
    followers = any(review.followers is not None for review in shown)
    table = _table("Accounts to review first")
    table.add_column("account", overflow="ellipsis", no_wrap=True, max_width=_ACCOUNT)
    for name in ("priority", "posts", "violating", *(["followers"] if followers else [])):
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    table.add_column("found most", overflow="fold", min_width=24)
    for review in shown:
        account = Text(one_line(review.account, _ACCOUNT), "bold")
        if review.host is not None:
            account.append(f"\n@ {one_line(review.host, _ACCOUNT - 2)}", "dim not bold")
        table.add_row(
            account,
            f"{review.priority:,}",
            f"{review.posts:,}",
            Text(f"{review.violating:,} ({_percent(review)})", "red" if review.violating else ""),
            *([f"{review.followers or 0:,}"] if followers else []),
            Text(_most(review)),
        )
    return table


def _table(title: str) -> Table:
    """Return an empty table."""
    return Table(title=Text(title, "bold"), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)


def _percent(review: AccountReview) -> str:
    """Return the share of posts with a violation."""
    return "<1%" if 0 < review.share < 0.01 else f"{review.share:.0%}"  # noqa: PLR2004  one per cent


def _most(review: AccountReview) -> str:
    """Return the rules that an account fell under most often."""
    counts = [(rule, count) for rules in review.findings.values() for rule, count in rules.items()]
    most = sorted(counts, key=lambda item: (-item[1], item[0]))[:_NAMED]
    return "\n".join(f"{count:,} {rule}" for rule, count in most)


def show_summary(
    console: Console,
    summary: Summary,
    roll: Roll,
    policies: Sequence[Policy],
    seconds: float,
    limit: int = 10,
) -> None:
    """Print what a run came to: figures, findings by rule, accounts to review first."""
    console.print(headline(summary, len(roll), seconds))
    for policy in policies:
        if summary.rules.get(policy.reference):
            console.print(rules_table(summary, policy))
    reviews = roll.to_review()
    if reviews:
        console.print(accounts_table(reviews, limit))
        if len(reviews) > limit:
            more = len(reviews) - limit
            console.print(Text(f"and {more:,} more account{'s' if more > 1 else ''}", "dim"))


def show_left_out(console: Console, lists: Mapping[str, LeftOut]) -> None:
    """Say which entries of block lists are not in force."""
    for name, left in lists.items():
        entries = "entry" if left.count == 1 else "entries"
        head = f"block list {name}: {left.count:,} {entries} left out"
        console.print(Text(visible("\n  ".join((head, *left.first[:_NAMED]))), "red"), soft_wrap=True)


def matches(evidence: Iterable[Evidence]) -> str:
    """Return what matched, each thing once."""
    return ", ".join(dict.fromkeys(item.text or f"{item.signal}: {item.matched}" for item in evidence))
