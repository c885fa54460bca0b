"""`tipstaff square post`: publish a post."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory

NAME = "post"
HELP = "publish a post of an account, and print its id"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `square post` is given."""
    add_directory(parser)
    parser.add_argument("handle", metavar="HANDLE", help="whose post it is")
    parser.add_argument("text", metavar="TEXT", help="what it says")
    parser.add_argument("--app", metavar="ID", help="the third-party app that it comes through")
    parser.epilog = 'example:\n  tipstaff square post here moonharbor "…"'


def run(args: argparse.Namespace) -> int:
    """Publish it."""
    import sys
    from datetime import UTC, datetime
    from pathlib import Path

    from tipstaff.assembly.casework import open_square
    from tipstaff.hosts.square.pages import Draft

    now = datetime.now(UTC).isoformat(timespec="seconds")
    with open_square(Path(args.directory)) as square:
        sys.stdout.write(
            f"{square.publish(args.handle, Draft(text=args.text, published_at=now, app=args.app))}\n"
        )
    return 0
