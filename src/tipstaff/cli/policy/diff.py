"""`tipstaff policy diff`: what would change if one policy took the place of another."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tipstaff.cli.language import add_language, chosen_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from tipstaff.screening.backtest import Backtest
    from tipstaff.screening.lists import BlockLists
    from tipstaff.streams.chunks import Reject
    from tipstaff.streams.files import Source
    from tipstaff.streams.posts import FieldMap

NAME = "diff"
HELP = "run two policies over the same posts, and show what the new one would change"

_SHOWN = 3

_EPILOG = """INPUT is what `tipstaff screen` takes: files, patterns, directories, or - for JSON lines.

examples:
  tipstaff policy diff crypto-promotion ./my-policy --on posts.jsonl.gz
  tipstaff policy diff ./before ./after --on 'archive/*.parquet' --html report.html --lang zh
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `policy diff` is given."""
    parser.epilog = _EPILOG
    add = parser.add_argument
    add("old", metavar="OLD", help="the policy as it is: the name of one that ships, or a folder")
    add("new", metavar="NEW", help="the policy as it would be")
    add("--on", nargs="+", required=True, metavar="INPUT", help="posts to run both policies over")
    add("--html", type=Path, metavar="FILE", help="write a report that a policy owner can read")
    add("--json", action="store_true", help="write what changed as JSON")
    add("--examples", type=int, default=3, metavar="N", help="examples of each change and rule; default: 3")
    add("--map", action="append", default=[], metavar="FIELD=NAME", help="read a field from another name")
    add("--lists", action="append", default=[], type=Path, metavar="FILE", help="a block list of domains")
    add_language(parser)


def run(args: argparse.Namespace) -> int:
    """Compare two policies; all that can be checked is checked before any post is read."""
    import sys

    from tipstaff.cli.console import make_console, stdout_console
    from tipstaff.cli.policies import show_unread_lists
    from tipstaff.cli.policy.changes import as_json, show_changes
    from tipstaff.cli.policy.report import make_page
    from tipstaff.cli.show import show_left_out
    from tipstaff.screening.backtest import Backtest
    from tipstaff.screening.lists import BlockLists
    from tipstaff.screening.load import load_policy
    from tipstaff.streams.chunks import columns
    from tipstaff.streams.files import find_sources
    from tipstaff.streams.posts import FieldMap

    language = chosen_language(args)
    fields = FieldMap.of(args.map)
    sources = find_sources(args.on)
    for source in sources:
        named = columns(source)
        if named is not None:
            fields.check(source.name, named)
    _check_output(args.html, sources)
    lists = BlockLists(args.lists) if args.lists else None
    backtest = Backtest(load_policy(args.old), load_policy(args.new), keep=max(0, args.examples))
    if lists is not None:
        show_unread_lists(make_console(), [backtest.old, backtest.new])
    refused = _screen(backtest, sources, fields, lists)
    if args.html:
        _write(args.html, make_page(backtest, [source.name for source in sources], refused.count, language))
    if args.json:
        sys.stdout.buffer.write(as_json(backtest, refused.count))
    else:
        show_changes(stdout_console(), backtest, language)
    console = make_console()
    _show_refused(console, refused)
    if lists is not None:
        show_left_out(console, lists.left_out)
    if args.html:
        console.print(f"report: {args.html}", soft_wrap=True)
    return 0


@dataclass(slots=True)
class _Refused:
    """What was no post: how many lines, and the first few of them."""

    count: int = 0
    first: list[Reject] = field(default_factory=list)

    def add(self, rejects: Sequence[Reject]) -> None:
        """Count some more."""
        self.count += len(rejects)
        self.first += rejects[: _SHOWN - len(self.first)]


def _screen(
    backtest: Backtest, sources: Sequence[Source], fields: FieldMap, lists: BlockLists | None
) -> _Refused:
    """Show all posts to a back-test, and return what was no post."""
    from time import perf_counter

    from tipstaff.cli.console import make_console
    from tipstaff.cli.progress import progress
    from tipstaff.streams.chunks import read_chunks
    from tipstaff.streams.posts import Parser

    parser = Parser(fields)
    refused = _Refused()
    console = make_console()
    begin = perf_counter()
    with progress(console if console.is_terminal else None, sources) as advance:
        for chunk in read_chunks(sources, tuple(fields.names.values())):
            parsed = parser.parse(chunk)
            backtest.add(parsed.posts, lists)
            refused.add(parsed.rejects)
            advance(chunk.consumed, backtest.posts, perf_counter() - begin)
    return refused


def _check_output(file: Path | None, sources: Sequence[Source]) -> None:
    """Raise `InputError` if a report has no place to be, or would overwrite what is read."""
    from tipstaff.base.errors import InputError

    if file is None:
        return
    if not file.parent.is_dir():
        raise InputError(f"{file}: there is no directory {file.parent}; make it first")
    for source in sources:
        if source.path is not None and file.exists() and file.samefile(source.path):
            raise InputError(f"{file}: this would overwrite {source.path}; choose another file")


def _write(file: Path, page: str) -> None:
    """Write a report."""
    from tipstaff.base.errors import InputError

    try:
        file.write_text(page, "utf-8")
    except OSError as error:
        raise InputError(f"{file}: cannot be written: {error.strerror or error}") from error


def _show_refused(console: Console, refused: _Refused) -> None:
    """Say what could not be read."""
    from rich.text import Text

    from tipstaff.cli.show import one_line
    from tipstaff.cli.visible import visible

    if not refused.count:
        return
    lines = "line is no post" if refused.count == 1 else "lines are no posts"
    said = [f"{refused.count:,} {lines}, passed over"]
    said += [f"  {visible(each.file)}:{each.line}: {one_line(each.reason, 120)}" for each in refused.first]
    if refused.count > len(refused.first):
        said.append("  ... `tipstaff screen` writes all of them down, with the reasons")
    console.print(Text("\n".join(said), "red"), soft_wrap=True)
