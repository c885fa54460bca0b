"""`tipstaff case hear`: take the answer of the account holder to a proposal in."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_case, tell

NAME = "hear"
HELP = "take the answer of the account holder to a proposal in"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case hear` is given."""
    add_case(parser)
    parser.add_argument("--text", required=True, metavar="TEXT", help="what the account holder says")
    parser.epilog = 'example:\n  tipstaff case hear here 1 --text "…"'


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.actions.objections import answer
    from tipstaff.assembly.casework import open_desk

    with open_desk(Path(args.directory)) as desk:
        answer(desk, args.case, args.text)
    tell(f"The answer stands in case {args.case}: it can be decided now.")
    return 0
