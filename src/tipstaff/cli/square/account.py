"""`tipstaff square account`: open an account."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory, tell

NAME = "account"
HELP = "open a public account"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `square account` is given."""
    add_directory(parser)
    parser.add_argument("handle", metavar="HANDLE", help="small letters, digits, `.`, `_` and `-`")
    parser.add_argument("name", metavar="NAME", help="the name that readers see")
    parser.epilog = 'example:\n  tipstaff square account here moonharbor "月港快讯"'


def run(args: argparse.Namespace) -> int:
    """Open it."""
    from pathlib import Path

    from tipstaff.assembly.casework import open_square

    with open_square(Path(args.directory)) as square:
        square.register_account(args.handle, args.name)
    tell(f"square/account/{args.handle} is open.")
    return 0
