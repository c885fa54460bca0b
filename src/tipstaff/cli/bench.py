"""`tipstaff bench`: how fast this machine does its main jobs, beside plainer means."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tipstaff.bench.report import AnyReport
    from tipstaff.bench.results import ApiReport, CaseworkReport, LedgerReport, Report, WebReport

    Progress = Callable[[str, float], None]

NAME = "bench"
HELP = (
    "measure how fast this machine screens, keeps a ledger, works on cases, serves and shows pages, beside "
    "plainer means"
)

_SUBJECTS = ("screen", "ledger", "casework", "api", "web")
_POSTS = 500_000
_SECONDS = 20.0
_ENTRIES = 60_000
_DECISIONS = 200
_CASES = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `bench` is given."""
    parser.add_argument("subject", nargs="?", choices=_SUBJECTS, default="screen", help="what to measure")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument(
        "--posts",
        type=_count,
        default=_POSTS,
        metavar="N",
        help=f"posts to stream for the memory ({_POSTS:,})",
    )
    parser.add_argument(
        "--seconds", type=_seconds, default=_SECONDS, metavar="S", help=f"time for the rates ({_SECONDS:g})"
    )
    parser.add_argument(
        "--entries",
        type=_count,
        default=_ENTRIES,
        metavar="N",
        help=f"statements in the log that is audited ({_ENTRIES:,})",
    )
    parser.add_argument(
        "--decisions",
        type=_count,
        default=_DECISIONS,
        metavar="N",
        help=f"decisions that are carried out ({_DECISIONS:,})",
    )
    parser.add_argument(
        "--cases",
        type=_count,
        default=_CASES,
        metavar="N",
        help=f"open cases in the longest list, of casework and of pages ({_CASES:,})",
    )
    parser.epilog = (
        "examples:\n  tipstaff bench\n  tipstaff bench screen --json --posts 100000 --seconds 10\n"
        "  tipstaff bench ledger --entries 1000000\n  tipstaff bench casework --decisions 500\n"
        "  tipstaff bench api --seconds 10\n  tipstaff bench web --cases 10000"
    )


def run(args: argparse.Namespace) -> int:
    """Measure, and print what was measured."""
    import sys

    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from tipstaff.cli.console import make_console

    console = make_console(sys.stderr)
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def show(what: str, share: float) -> None:
            bar.update(task, description=what, completed=share)

        report: AnyReport
        match args.subject:
            case "ledger":
                report = _measure_ledger(args, show)
            case "casework":
                report = _measure_casework(args, show)
            case "api":
                report = _measure_api(args, show)
            case "web":
                report = _measure_web(args, show)
            case _:
                report = _measure_screen(args, show)
    if args.json:
        import msgspec

        sys.stdout.write(msgspec.json.format(msgspec.json.encode(report)).decode() + "\n")
    else:
        _show(report)
    return 0


def _measure_screen(args: argparse.Namespace, progress: Progress) -> Report:
    """Measure screening."""
    from tipstaff.bench.screening import measure

    return measure(args.posts, args.seconds, progress)


def _measure_ledger(args: argparse.Namespace, progress: Progress) -> LedgerReport:
    """Measure the ledger."""
    from tipstaff.bench.ledger import measure

    return measure(args.entries, progress)


def _measure_casework(args: argparse.Namespace, progress: Progress) -> CaseworkReport:
    """Measure casework."""
    from tipstaff.bench.casework import measure

    return measure(args.decisions, args.cases, progress)


def _measure_api(args: argparse.Namespace, progress: Progress) -> ApiReport:
    """Measure the API."""
    from tipstaff.bench.api import measure

    return measure(args.seconds, progress)


def _measure_web(args: argparse.Namespace, progress: Progress) -> WebReport:
    """Measure pages."""
    from tipstaff.bench.web import measure

    return measure(args.cases, progress)


def _show(report: AnyReport) -> None:
    """Print a run as tables."""
    from rich.table import Table
    from rich.text import Text

    from tipstaff.bench.report import caption, met, sections
    from tipstaff.cli.console import stdout_console

    console = stdout_console()
    for section in sections(report):
        table = Table(title=section.title, title_justify="left", title_style="bold", box=None, pad_edge=False)
        table.add_column(section.columns[0], min_width=42)
        table.add_column(section.columns[1], justify="right", min_width=10)
        table.add_column(section.columns[2], style="dim")
        for row in section.rows:
            style = {None: "cyan", True: "green", False: "red"}[met(row)]
            table.add_row(Text(row.name), Text(row.value, style), Text(row.note))
        console.print(table)
        console.print()
    console.print(Text(caption(report), "dim"))


def _count(text: str) -> int:
    """Read a number of posts."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not number:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return number


def _seconds(text: str) -> float:
    """Read a time in seconds."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:  # noqa: PLR2004  an hour
        raise argparse.ArgumentTypeError(f"{text!r} is not a time from 0 to 3600 seconds")
    return seconds
