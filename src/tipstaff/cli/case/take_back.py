"""`tipstaff case take-back`: take a decision back, before its delay has passed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_decision, add_person, tell

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "take-back"
HELP = "take a decision back, before its delay has passed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case take-back` is given."""
    add_decision(parser)
    add_person(parser)
    parser.epilog = "example:\n  tipstaff case take-back here 1 1 --as NAME"


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.actions.ask import ask
    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.commands import TakeBack

    with open_desk(Path(args.directory)) as desk:
        ask(desk, args.case, desk.actor(args.person), TakeBack(args.decision))
    tell(f"Decision {args.decision} is taken back; nothing comes of it.")
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    client.take_back(args.case, args.decision)
    tell(f"Decision {args.decision} is taken back; nothing comes of it.")
    return 0
