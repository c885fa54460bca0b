"""What commands show on a terminal: posts with their evidence, and tables of what was found.

Everything that comes from posts is shown by way of `visible`, as plain text that cannot steer a terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import IO, Final

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tipstaff.policy.model import Language, Outcome, Policy
from tipstaff.screening.accounts import AccountReview
from tipstaff.screening.findings import Evidence, Finding
from tipstaff.screening.posts import Post
from tipstaff.streams.summary import Summary

STYLES: Final = {
    Outcome.VIOLATION: "bold red",
    Outcome.REVIEW: "bold yellow",
    Outcome.PERMITTED: "bold green",
}
"""How outcomes look."""

_ARTICLE = {Language.EN: "art. {}", Language.ZH: "第{}条"}
_GRAVITY = list(Outcome)
_AROUND = 90
"""How much text is shown on either side of a piece of evidence, in code points."""

_NAMED = 3
_ACCOUNT = 26
_DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_VISIBLE = (
    {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"}
    | {0x7F: 0x2421, 0x2028: 0x2424, 0x2029: 0x2424}
    | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
    | {ord(char): 0xFFFD for char in _DIRECTIONS}
)


def make_console(file: IO[str] | None = None) -> Console:
    """Return a console for the standard error, or another file."""
    return Console(file=file or sys.stderr, highlight=False, markup=False, emoji=False)


def visible(text: str) -> str:
    """Replace characters that steer a terminal or turn the reading direction, one for one."""
    return text.translate(_VISIBLE)


def one_line(text: str, limit: int) -> str:
    """Return the beginning of a text on one line."""
    line = visible(" ".join(text[: 4 * limit].split()))
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def highlighted(text: str, evidence: Sequence[tuple[Evidence, str]]) -> Text:
    """Return a field with its evidence, given with a style each, underlined and followed by the signal.

    Where styles meet, the one given last shows. Of a long text only what is near evidence is shown.
    """
    base = Text(visible(text))
    labels: dict[int, dict[str, str]] = {}
    spans: list[tuple[int, int]] = []
    for item, style in evidence:
        if item.start is not None and item.end is not None:
            base.stylize(f"{style} underline", item.start, item.end)
            labels.setdefault(item.end, {})[item.signal] = style
            spans.append((item.start, item.end))
    shown = Text()
    for start, end in _windows(spans, len(text)):
        if start:
            shown.append(" … " if shown else "… ", "dim")
        at = start
        for cut in sorted(place for place in labels if start < place <= end):
            shown.append_text(base[at:cut])
            for signal, style in labels[cut].items():
                shown.append(f"‹{signal}›", f"dim {style.removeprefix('bold ')}")
            at = cut
        shown.append_text(base[at:end])
    return shown if end == len(text) else shown.append(" …", "dim")


def _windows(spans: Sequence[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """Return the parts of a text to show: what is near the spans, or its beginning if there are none."""
    windows: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        begin, stop = max(0, start - _AROUND), min(size, end + _AROUND)
        if windows and begin <= windows[-1][1]:
            begin, last = windows.pop()
            stop = max(stop, last)
        windows.append((begin, stop))
    return windows or [(0, min(size, 4 * _AROUND))]


def show_post(
    post: Post, findings: Sequence[Finding], policies: Sequence[Policy], language: Language = Language.EN
) -> RenderableType:
    """Return a post with its evidence marked in it, and below what each finding means."""
    parts: list[RenderableType] = []
    ordered = sorted(findings, key=_order)
    for name, text in (("title", post.title), ("text", post.text)):
        evidence = [
            (item, _style(finding))
            for finding in reversed(ordered)
            for item in finding.evidence
            if item.field == name
        ]
        if text:
            parts.append(highlighted(text, evidence))
    named = {policy.reference: policy for policy in policies}
    for finding in ordered:
        parts += ["", *_explained(finding, named[finding.policy], language)]
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


def _explained(finding: Finding, policy: Policy, language: Language) -> list[RenderableType]:
    """Return what a finding means: outcome, rule, provision, and the facts among its evidence."""
    rule = policy.rule(finding.rule)
    provision = policy.provision(finding.provision)
    text = Text()
    text.append(f"{finding.outcome.value} ", _style(finding))
    text.append(f"{policy.name}/{rule.name}", "bold")
    text.append(f" (score {finding.score}): {rule.title.in_language(language)}")
    if finding.exempted_by:
        text.append(f"; exempted by {', '.join(finding.exempted_by)}", "green")
    article = _ARTICLE[language].format(provision.article)
    below = [f"{provision.instrument.in_language(language)}, {article}"]
    facts = [f"{item.signal}: {item.matched}" for item in finding.evidence if item.start is None]
    if facts:
        below.append(visible(", ".join(facts)))
    return [text, *(Padding(Text(line, "dim"), (0, 0, 0, 2)) for line in below)]


def headline(summary: Summary, seconds: float) -> Text:
    """Return the figures of a run in one line."""
    rate = summary.posts / seconds if seconds else 0
    text = Text()
    text.append(f"{summary.posts:,}", "bold").append(" posts, ")
    text.append(f"{summary.findings:,}", "bold").append(" findings, ")
    text.append(f"{len(summary.accounts):,}", "bold").append(" accounts; ")
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
    table.add_column("account", no_wrap=True, max_width=_ACCOUNT)
    for name in ("priority", "posts", "violating", *(["followers"] if followers else [])):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("found most", overflow="fold")
    for review in shown:
        name = review.account if review.host is None else f"{review.account} @ {review.host}"
        table.add_row(
            Text(one_line(name, _ACCOUNT), "bold"),
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
    return ", ".join(f"{rule} {count:,}" for rule, count in most)


def show_summary(
    console: Console, summary: Summary, policies: Sequence[Policy], seconds: float, limit: int = 10
) -> None:
    """Print what a run came to: figures, findings by rule, accounts to review first."""
    console.print(headline(summary, seconds))
    for policy in policies:
        if summary.rules.get(policy.reference):
            console.print(rules_table(summary, policy))
    reviews = summary.accounts.to_review()
    if reviews:
        console.print(accounts_table(reviews, limit))
        if len(reviews) > limit:
            console.print(Text(f"and {len(reviews) - limit:,} more accounts", "dim"))


def matches(evidence: Iterable[Evidence]) -> str:
    """Return what matched, each thing once."""
    return ", ".join(dict.fromkeys(item.text or f"{item.signal}: {item.matched}" for item in evidence))
