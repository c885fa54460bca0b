"""`tipstaff case confirm`: confirm a decision that another person has signed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_decision, add_person, tell, tell_next

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "confirm"
HELP = "confirm a decision that another person has signed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case confirm` is given."""
    add_decision(parser)
    add_person(parser)
    parser.epilog = "example:\n  tipstaff case confirm here 1 1 --as NAME"


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.actions.ask import ask
    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.commands import Confirm

    with open_desk(Path(args.directory)) as desk:
        ask(desk, args.case, desk.actor(args.person), Confirm(args.decision))
    tell(
        f"Decision {args.decision} is confirmed by {args.person}.",
        f"Next: tipstaff worker {args.directory} --drain",
    )
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    made = client.confirm(args.case, args.decision)
    (decision,) = (one for one in made.decisions if one.number == args.decision)
    tell(f"Decision {args.decision} is confirmed by {', '.join(decision.confirmed_by)}.")
    tell_next(args, f"case show {args.case}")
    return 0
