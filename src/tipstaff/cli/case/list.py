"""`tipstaff case list`: all cases."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory

NAME = "list"
HELP = "list all cases, the gravest first"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case list` is given."""
    add_directory(parser)
    parser.epilog = "example:\n  tipstaff case list here"


def run(args: argparse.Namespace) -> int:
    """List the cases."""
    from pathlib import Path

    from tipstaff.assembly.casework import open_desk
    from tipstaff.cli.case.table import cases_table
    from tipstaff.cli.console import stdout_console

    with open_desk(Path(args.directory)) as desk:
        cases = [desk.cases.load(number) for number in desk.cases.numbers()]
    stdout_console().print(cases_table(cases) if cases else "There are no cases.")
    return 0
