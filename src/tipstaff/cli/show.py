"""What commands show on a terminal: posts with their evidence, and tables of what was found.

Everything that comes from posts is shown by way of `visible`, as plain text that cannot steer a terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import IO, Final

from rich import box
from rich.console import Console, Group, RenderableType
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

_GRAVITY = list(Outcome)
_AROUND = 90
"""How much text is shown on either side of a piece of evidence, in code points."""

_NAMED = 3
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

    Of a long text only the surroundings of the evidence are shown.
    """
    base = Text(visible(text))
    labels: dict[int, dict[str, str]] = {}
    windows: list[tuple[int, int]] = []
    for item, style in sorted(evidence, key=lambda pair: (pair[0].start or 0, pair[0].end or 0)):
        if item.start is None or item.end is None:
            continue
        base.stylize(f"{style} underline", item.start, item.end)
        labels.setdefault(item.end, {})[item.signal] = style
        start, end = max(0, item.start - _AROUND), min(len(text), item.end + _AROUND)
        if windows and start <= windows[-1][1]:
            start = windows.pop()[0]
        windows.append((start, max(end, start)))
    shown = Text()
    for start, end in windows or [(0, min(len(text), 4 * _AROUND))]:
        shown.append("… " if start else "", "dim")
        at = start
        for cut in sorted(place for place in labels if start < place <= end):
            shown.append_text(base[at:cut])
            for signal, style in labels[cut].items():
                shown.append(f"‹{signal}›", f"dim {style.removeprefix('bold ')}")
            at = cut
        shown.append_text(base[at:end])
        shown.append(" …" if end < len(text) else "", "dim")
    return shown


def show_post(
    post: Post, findings: Sequence[Finding], policies: Sequence[Policy], language: Language = Language.EN
) -> RenderableType:
    """Return a post with its evidence marked in it, and below what each finding means."""
    parts: list[RenderableType] = []
    for name, text in (("title", post.title), ("text", post.text)):
        evidence = [
            (item, _style(finding)) for finding in findings for item in finding.evidence if item.field == name
        ]
        if text:
            parts.append(highlighted(text, evidence))
    parts.append(Text())
    named = {policy.reference: policy for policy in policies}
    parts += [_explained(finding, named[finding.policy], language) for finding in findings]
    gravest = min(findings, key=_order, default=None)
    about = " · ".join(part for part in (post.account, post.id, post.published_at or "") if part)
    return Panel(
        Group(*parts),
        title=Text(one_line(about, 80)),
        title_align="left",
        border_style=_style(gravest).removeprefix("bold ") if gravest else "dim",
    )


def _order(finding: Finding) -> tuple[bool, int]:
    """Order findings by gravity, exempted ones last."""
    return bool(finding.exempted_by), _GRAVITY.index(finding.outcome)


def _style(finding: Finding) -> str:
    """Return how the evidence of a finding looks."""
    return "dim" if finding.exempted_by else STYLES[finding.outcome]


def _explained(finding: Finding, policy: Policy, language: Language) -> Text:
    """Return what a finding means: outcome, rule, provision, and the facts among its evidence."""
    rule = policy.rule(finding.rule)
    provision = policy.provision(finding.provision)
    text = Text()
    text.append(f"{finding.outcome.value} ", _style(finding))
    text.append(f"{policy.name}/{rule.name}", "bold")
    text.append(f" (score {finding.score}): {rule.title.in_language(language)}")
    if finding.exempted_by:
        text.append(f"; exempted by {', '.join(finding.exempted_by)}", "green")
    text.append(f"\n  {provision.instrument.in_language(language)}, {provision.article}", "dim")
    facts = [f"{item.signal}: {item.matched}" for item in finding.evidence if item.start is None]
    if facts:
        text.append(f"\n  {visible(', '.join(facts))}", "dim")
    return text


def headline(summary: Summary, seconds: float) -> Text:
    """Return the figures of a run in one line."""
    rate = summary.posts / seconds if seconds else 0
    text = Text()
    text.append(f"{summary.posts:,}", "bold").append(" posts, ")
    text.append(f"{summary.findings:,}", "bold").append(" findings, ")
    text.append(f"{len(summary.accounts):,}", "bold").append(" accounts; ")
    if summary.rejects:
        text.append(f"{summary.rejects:,} lines rejected", "bold red").append("; ")
    return text.append(f"{seconds:.1f} s, {rate:,.0f} posts/s")


def rules_table(summary: Summary, policies: Sequence[Policy], language: Language = Language.EN) -> Table:
    """Return the findings by rule, in the order of the policies."""
    table = Table(title="Findings by rule", title_justify="left", box=box.SIMPLE_HEAD)
    for name in ("policy", "rule", "outcome"):
        table.add_column(name, no_wrap=True)
    table.add_column("found", justify="right")
    table.add_column("exempted", justify="right")
    table.add_column("what it finds", overflow="fold")
    for policy in policies:
        counts = summary.rules.get(policy.reference, {})
        for rule in policy.rules:
            count = counts.get(rule.name)
            if count is None:
                continue
            table.add_row(
                Text(policy.name),
                Text(rule.name),
                Text(rule.outcome.value, STYLES[rule.outcome]),
                Text(f"{count.found:,}", "bold"),
                Text(f"{count.exempted:,}" if count.exempted else "", "dim"),
                Text(rule.title.in_language(language)),
            )
    return table


def accounts_table(reviews: Sequence[AccountReview], limit: int) -> Table:
    """Return the first accounts to review."""
    table = Table(title="Accounts to review first", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("", justify="right", style="dim")
    table.add_column("account", no_wrap=True, max_width=32)
    for name in ("priority", "posts", "violating", "followers"):
        table.add_column(name, justify="right")
    table.add_column("found most", overflow="fold")
    for place, review in enumerate(reviews[:limit], start=1):
        name = review.account if review.host is None else f"{review.account} @ {review.host}"
        table.add_row(
            str(place),
            Text(one_line(name, 32), "bold"),
            f"{review.priority:,}",
            f"{review.posts:,}",
            Text(f"{review.violating:,} ({review.share:.0%})", "red" if review.violating else ""),
            "" if review.followers is None else f"{review.followers:,}",
            Text(_most(review)),
        )
    return table


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
    if summary.rules:
        console.print(rules_table(summary, policies))
    reviews = summary.accounts.to_review()
    if reviews:
        console.print(accounts_table(reviews, limit))
        if len(reviews) > limit:
            console.print(Text(f"and {len(reviews) - limit:,} more accounts", "dim"))


def matches(evidence: Iterable[Evidence]) -> str:
    """Return what matched, each thing once."""
    return ", ".join(dict.fromkeys(item.text or f"{item.signal}: {item.matched}" for item in evidence))

