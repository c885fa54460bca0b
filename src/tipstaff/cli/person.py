"""`tipstaff person`: bring in somebody who signs."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory

NAME = "person"
HELP = "bring in somebody who signs, with a key of their own that the ledger knows"

_ROLES = ("reviewer", "clerk", "authority")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `person` is given."""
    add_directory(parser)
    parser.add_argument("name", metavar="NAME", help="small letters, digits, `.`, `_` and `-`")
    parser.add_argument("--role", choices=_ROLES, default="reviewer", help="what they may sign (reviewer)")
    parser.epilog = "example:\n  tipstaff person here alice"


def run(args: argparse.Namespace) -> int:
    """Make the key, and state whose it is."""
    from pathlib import Path

    from tipstaff.assembly.casework import add_person
    from tipstaff.cli.console import stdout_console

    add_person(Path(args.directory), args.name, args.role)
    stdout_console().print(f"{args.name} signs as {args.role}.", highlight=False)
    return 0
