"""`tipstaff case list`: cases, page by page."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tipstaff.cli.installation import TARGET_HELP, add_directory, parse_target

if TYPE_CHECKING:
    from tipstaff.actions.views import CaseLine
    from tipstaff.client import Client

NAME = "list"
HELP = "list cases: those that were escalated, then the most urgent"

_MOST = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case list` is given."""
    add_directory(parser)
    parser.add_argument(
        "--most", type=_number, default=_MOST, metavar="N", help=f"how many are listed at the most ({_MOST})"
    )
    parser.add_argument("--after", type=_number, metavar="CASE", help="begin behind this case: the next page")
    parser.add_argument(
        "--waiting", action="store_true", help="those alone in which something waits for a second person"
    )
    parser.add_argument(
        "--pending", action="store_true", help="those alone in which somebody has to decide or to judge"
    )
    parser.add_argument("--about", metavar="TARGET", help=f"the case alone of {TARGET_HELP}")
    parser.epilog = (
        "examples:\n  tipstaff case list here\n  tipstaff case list here --pending\n"
        "  tipstaff case list here --waiting\n  tipstaff case list here --about square/account/moonharbor\n"
        "  tipstaff case list here --most 100 --after 17"
    )


def run(args: argparse.Namespace) -> int:
    """List a page of cases, and say how the next one is had."""
    from pathlib import Path

    from tipstaff.actions.views import line_of
    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.which import Which

    with open_desk(Path(args.directory)) as desk:
        now = desk.clock()
        about = parse_target(args.about).subject if args.about else None
        which = Which(waiting=args.waiting, pending=now if args.pending else None, about=about)
        found = desk.cases.outlines(args.most + 1, args.after, which)
    _show(args, [line_of(one, now) for one in found])
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for them."""
    from itertools import islice

    lines = client.cases(after=args.after, waiting=args.waiting, pending=args.pending, about=args.about)
    _show(args, list(islice(lines, args.most + 1)))
    return 0


def _show(args: argparse.Namespace, found: Sequence[CaseLine]) -> None:
    """Show a page of cases; one more than that says that there are more."""
    from tipstaff.cli.case.table import cases_table
    from tipstaff.cli.console import stdout_console

    page = found[: args.most]
    console = stdout_console()
    waiting, pending = " that wait" * args.waiting, " to be decided or judged" * args.pending
    about = f" about {args.about}" if args.about else ""
    which = f"{'more ' if args.after else ''}cases{waiting}{pending}{about}"
    console.print(cases_table(console, page) if page else f"There are no {which}.", markup=False)
    if len(found) > len(page):
        console.print(f"There are more: --after {page[-1].number}", style="dim", highlight=False)


def _number(text: str) -> int:
    """Read a number from 1."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not number:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return number
