"""`tipstaff square app`: admit a third-party app."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory, tell

NAME = "app"
HELP = "admit a third-party app"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `square app` is given."""
    add_directory(parser)
    parser.add_argument("id", metavar="ID", help="small letters, digits, `.`, `_` and `-`")
    parser.add_argument("name", metavar="NAME", help="the name that readers see")
    parser.add_argument("--publisher", required=True, metavar="NAME", help="who answers for it")
    parser.add_argument(
        "--scope", action="append", default=[], metavar="WORD", help="what it may do; repeat it"
    )
    parser.add_argument("--url", default="", metavar="URL", help="where it is at home")
    parser.epilog = (
        'example:\n  tipstaff square app here signer "Signer" --publisher "Paper & Co" --scope publish'
    )


def run(args: argparse.Namespace) -> int:
    """Admit it."""
    from pathlib import Path

    from tipstaff.assembly.casework import open_square
    from tipstaff.hosts.square.pages import AppDetails

    with open_square(Path(args.directory)) as square:
        square.register_app(args.id, AppDetails(args.name, args.publisher, tuple(args.scope), args.url))
    tell(f"square/app/{args.id} is admitted.")
    return 0
