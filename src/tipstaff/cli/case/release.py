"""`tipstaff case release`: let others work on a case again."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_case, add_person, tell

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "release"
HELP = "let others work on a case again that one has claimed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case release` is given."""
    add_case(parser)
    add_person(parser)
    parser.epilog = "example:\n  tipstaff case release here 1 --as alice"


def run(args: argparse.Namespace) -> int:
    """Release it."""
    from pathlib import Path

    from tipstaff.actions.ask import ask
    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.commands import Release

    with open_desk(Path(args.directory)) as desk:
        ask(desk, args.case, desk.actor(args.person), Release())
    tell(f"Others can decide case {args.case} again.")
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    client.release(args.case)
    tell(f"Others can decide case {args.case} again.")
    return 0
