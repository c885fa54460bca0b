"""`tipstaff case preview`: what measures would hit, and which the ladder has."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_case, told_time

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "preview"
HELP = "show what measures would hit, the strikes of the account, and what the ladder of the policy has next"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case preview` is given."""
    add_case(parser)
    parser.add_argument("--post", action="append", default=[], metavar="ID", help="on this item; repeat it")
    parser.epilog = "example:\n  tipstaff case preview here 1 --post p3"


def run(args: argparse.Namespace) -> int:
    """Show it."""
    from pathlib import Path

    from rich.table import Table

    from tipstaff.actions.preview import outlook
    from tipstaff.assembly.casework import open_desk
    from tipstaff.cli.case.ladder import show_strikes
    from tipstaff.cli.console import stdout_console

    console = stdout_console()
    with open_desk(Path(args.directory)) as desk:
        case = desk.cases.load(args.case)
        posts = tuple(args.post)
        seen = outlook(desk, case, posts)
        reach = seen.reach
        table = Table(box=None, pad_edge=False, show_header=False)
        for name, value in (
            ("posts", str(reach.posts)),
            ("sponsored", str(reach.sponsored)),
            ("followers", str(reach.followers)),
            ("accounts", ", ".join(reach.accounts) or "-"),
            ("apps", ", ".join(reach.apps) or "-"),
        ):
            table.add_row(name, value)
        console.print(f"Measures on {', '.join(posts) or case.subject} would hit:", highlight=False)
        console.print(table)
        show_strikes(console, desk, case)
        for asked in seen.next:
            on = ", ".join(asked.posts) or str(case.subject)
            until = f" until {told_time(asked.until)}" if asked.until else ""
            console.print(f"  next: {asked.kind} on {on}{until}", highlight=False)
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    from tipstaff.cli.sheet import print_sheet

    on = ", ".join(args.post) or f"the subject of case {args.case}"
    print_sheet(f"Measures on {on} would hit:", client.preview(args.case, *args.post))
    return 0
