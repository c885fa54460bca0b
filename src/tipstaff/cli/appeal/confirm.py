"""`tipstaff appeal confirm`: confirm the result of an appeal that another person has judged."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_decision, add_person, tell, tell_next

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "confirm"
HELP = "confirm the result of an appeal, where the policy of the decision has a second person undo it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `appeal confirm` is given."""
    add_decision(parser)
    add_person(parser)
    parser.epilog = "example:\n  tipstaff appeal confirm here 1 1 --as NAME"


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.actions.ask import ask
    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.commands import ConfirmResult
    from tipstaff.cli.appeal.rule import tell_what_follows

    with open_desk(Path(args.directory)) as desk:
        case = ask(desk, args.case, desk.actor(args.person), ConfirmResult(args.decision))
    tell(f"The result of the appeal against decision {args.decision} is confirmed by {args.person}.")
    tell_what_follows(args, case)
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    client.confirm_result(args.case, args.decision)
    tell(f"The result of the appeal against decision {args.decision} is confirmed.")
    tell_next(args, f"case show {args.case}")
    return 0
