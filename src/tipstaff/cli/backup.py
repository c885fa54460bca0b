"""`tipstaff backup`: copy an installation that is at work."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory
from tipstaff.cli.tracing import Traced

NAME = "backup"
HELP = "copy an installation while it is at work, into a directory that can go on in its place"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `backup` is given."""
    add_directory(parser)
    parser.add_argument("out", metavar="OUT", help="the directory to make")
    parser.epilog = "example:\n  tipstaff backup here backups/monday"


def traced(args: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it."""
    return Traced("/", args.out)


def run(args: argparse.Namespace) -> int:
    """Copy it."""
    from pathlib import Path

    from tipstaff.assembly.backup import back_up
    from tipstaff.cli.console import stdout_console

    console = stdout_console()
    back_up(Path(args.directory), Path(args.out), lambda name: console.print(name, style="dim"))
    told = f"{args.out} is an installation as {args.directory} was. It holds all secrets."
    console.print(told, highlight=False, soft_wrap=True, markup=False)
    return 0
