"""`tipstaff square follow`: have a reader follow an account."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory

NAME = "follow"
HELP = "have a reader follow an account, or no longer"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `square follow` is given."""
    add_directory(parser)
    parser.add_argument("reader", metavar="READER", help="small letters, digits, `.`, `_` and `-`")
    parser.add_argument("handle", metavar="HANDLE", help="whom")
    parser.add_argument("--no-longer", action="store_true", help="follow it no longer")
    parser.epilog = "example:\n  tipstaff square follow here rae moonharbor"


def run(args: argparse.Namespace) -> int:
    """Follow it."""
    from pathlib import Path

    from tipstaff.assembly.casework import open_square

    with open_square(Path(args.directory)) as square:
        (square.unfollow if args.no_longer else square.follow)(args.reader, args.handle)
    return 0
