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
    from textwrap import indent

    from rich.text import Text

    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.complaints import standing
    from tipstaff.cli.case.show import what_came_of
    from tipstaff.cli.console import stdout_console

    console = stdout_console()
    with open_desk(Path(args.directory)) as desk:
        case = desk.cases.load(args.case)
        for one in case.complaints:
            known = standing(desk.cases.complaints_of(one.by), desk.clock())
            before = f"{known.upheld} upheld, {known.dismissed} dismissed, {known.abusive} abusive"
            console.print(
                Text.assemble(
                    (f"Complaint {one.said.number}", "bold"),
                    f", {told_time(one.at)}: {one.said.reason}, about {one.said.post or case.subject}: ",
                    (what_came_of(case, one), "bold"),
                ),
                soft_wrap=True,
            )
            console.print(Text(f"  by {one.by} (so far: {before})", "dim"), soft_wrap=True)
            console.print(Text(indent(desk.text(one.said.text), "  ")), soft_wrap=True)
            if one.answered:
                console.print(Text(indent(desk.text(one.answered.text), "  "), "dim"), soft_wrap=True)
    if not case.complaints:
        console.print(f"Nobody has complained in case {case.number}.")
    return 0
