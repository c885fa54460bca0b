"""`tipstaff complaint list`: the complaints of a case, or of one complainant."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_case, told_time

NAME = "list"
HELP = "list the complaints of a case, and how reliable those who made them were before"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `complaint list` is given."""
    add_case(parser)
    parser.epilog = "example:\n  tipstaff complaint list here 1"


def run(args: argparse.Namespace) -> int:
    """List the complaints."""
    from pathlib import Path

    from rich.table import Table
    from rich.text import Text

    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.complaints import standing
    from tipstaff.cli.console import stdout_console

    table = Table(box=None, pad_edge=False)
    for name in (
        "complaint",
        "by",
        "before: upheld/dismissed/abusive",
        "at",
        "about",
        "reason",
        "says",
        "came of it",
    ):
        table.add_column(name)
    with open_desk(Path(args.directory)) as desk:
        case = desk.cases.load(args.case)
        for one in case.complaints:
            known = standing(desk.cases.complaints_of(one.by), desk.clock())
            table.add_row(
                str(one.said.number),
                Text(one.by),
                f"{known.upheld}/{known.dismissed}/{known.abusive}{', muted' if known.muted_until else ''}",
                told_time(one.at),
                Text(one.said.post or str(case.subject)),
                one.said.reason,
                Text(desk.text(one.said.text)),
                one.answered.outcome if one.answered else "not answered yet",
            )
    stdout_console().print(table if case.complaints else f"Nobody has complained in case {case.number}.")
    return 0
