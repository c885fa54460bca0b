"""How the chapters of the demo look on a terminal."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tipstaff.cli.show import STYLES, Mark, highlighted, one_line
from tipstaff.demo.telling import (
    Cases,
    Chapter,
    Commands,
    Counted,
    Fact,
    Ground,
    Line,
    Quote,
    Say,
    Sight,
)
from tipstaff.hosts.square.pages import PostPage
from tipstaff.policy.citations import citation
from tipstaff.policy.model import Language, LearnedSignal, Policy
from tipstaff.screening.findings import Evidence, Finding
from tipstaff.screening.posts import Post

WIDTH: Final = 92
"""Columns beyond which sentences are tiring to read."""

_NAME: Final = 14
_BESIDE: Final = "│ "
_SEEN: Final = 120
_MOST: Final = 6
"""Cases that are shown."""


def show_chapter(console: Console, number: int, chapter: Chapter, policy: Policy, language: Language) -> None:
    """Print a chapter."""
    show_heading(console, number, chapter.title, chapter.when)
    for line in chapter.lines:
        show_line(console, line, policy, language)


def show_heading(console: Console, number: int, title: str, aside: str) -> None:
    """Print the heading of a chapter."""
    console.print()
    console.print(Text.assemble((f"{number}  {title}", "bold cyan"), (f"  {aside}", "dim")))


def show_line(console: Console, line: Line, policy: Policy, language: Language) -> None:
    """Print a line of a chapter."""
    if isinstance(line, Commands):
        show_commands(console, line)
        return
    console.print(Padding(_shown(line, policy, language), (0, 0, 0, 3)))


def show_commands(console: Console, commands: Commands) -> None:
    """Print commands, each whole, so that it can be copied."""
    called = "tipstaff" if shutil.which("tipstaff") else str(Path(sys.argv[0]).absolute())
    tipstaff = shlex.quote(called)
    for line in (
        f"cd {shlex.quote(str(commands.directory))}",
        *(f"{tipstaff} {one}" for one in commands.lines),
    ):
        console.print(Text(f"     {line}", "bold"), soft_wrap=True)


def _shown(line: Line, policy: Policy, language: Language) -> RenderableType:
    """Return how a line looks."""
    match line:
        case Say(text):
            return Text(text)
        case Fact(name, text):
            return _named({name: Text(text)})
        case Quote(post, finding):
            return _quoted(post, finding, policy)
        case Ground(finding):
            return _grounds(finding, policy, language)
        case Sight(name, page):
            return _named({name: _seen(page)})
        case Cases():
            return _cases(line, policy, language)
        case Counted(name, counts):
            return _named({name: Text(", ".join(f"{count:,} {kind}" for kind, count in counts.items()))})
        case Commands():
            raise TypeError("commands are printed whole")


def _named(facts: Mapping[str, Text]) -> Table:
    """Return texts, each behind its name."""
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(style="dim", width=_NAME, no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in facts.items():
        table.add_row(name, text)
    return table


class _Beside:
    """Texts with a line on their left."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._texts = texts

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines of the texts."""
        for text in self._texts:
            for line in text.wrap(console, options.max_width - len(_BESIDE)):
                yield Text.assemble((_BESIDE, "dim"), line)


def _quoted(post: Post, finding: Finding, policy: Policy) -> _Beside:
    """Return a post with the evidence of a finding marked in it."""
    when = f"{datetime.fromisoformat(post.published_at):%a %d %b, %H:%M}" if post.published_at else ""
    style = "dim" if finding.exempted_by else STYLES[finding.outcome]
    texts = [Text(f"{post.account} · {when}", "dim")]
    for field, text in (("title", post.title), ("text", post.text)):
        marks = [
            Mark(item.start, item.end, "", style)
            for item in _told(finding, policy)
            if item.field == field and item.start is not None and item.end is not None
        ]
        if text:
            texts.append(highlighted(text, marks))
    return _Beside(texts)


def _told(finding: Finding, policy: Policy) -> list[Evidence]:
    """Return the evidence that a person can follow: words, and not the n-grams that a model has weighed."""
    learned = {signal.name for signal in policy.signals if isinstance(signal, LearnedSignal)}
    return [item for item in finding.evidence if item.text and item.signal not in learned]


def _grounds(finding: Finding, policy: Policy, language: Language) -> Table:
    """Return what a finding goes by, in words, its rule, and the provision that it cites."""
    rule = policy.rule(finding.rule)
    told = dict.fromkeys(item.text for item in _told(finding, policy) if item.text)
    words = [word for word in told if not any(other in word for other in told if other != word)]
    outcome = Text.assemble(
        (finding.outcome.value, STYLES[finding.outcome]), f" {rule.name}: {rule.title.in_language(language)}"
    )
    return _named(
        {
            "evidence": Text(" · ".join(words)),
            "rule": outcome,
            "provision": Text(citation(policy.provision(finding.provision), language)),
        }
    )


def _seen(page: PostPage) -> Text:
    """Return what readers get: the beginning of a post on one line, or the sentence in its place."""
    if page.sentence:
        return Text.assemble((page.sentence.text, "bold red"), (f" [{page.sentence.statement[:8]}…]", "dim"))
    content = page.content
    text = one_line(f"{content.title or ''} {content.text}", _SEEN) if content else ""
    return Text(text, no_wrap=True, overflow="ellipsis")


def _cases(cases: Cases, policy: Policy, language: Language) -> Table:
    """Return a table of cases."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("case", "account", "followers", "posts"):
        table.add_column(name, justify="left" if name == "account" else "right", no_wrap=True)
    table.add_column("found most")  # the one that is made narrower
    for row in cases.rows[:_MOST]:
        title = policy.rule(row.rule).title.in_language(language)
        table.add_row(
            str(row.case),
            Text(row.account, "bold"),
            str(row.followers),
            str(row.posts),
            Text(title, no_wrap=True, overflow="ellipsis"),
        )
    if left := cases.rows[_MOST:]:
        table.add_row("", Text(f"{len(left)} more", "dim"), "", str(sum(row.posts for row in left)), "")
    return table
