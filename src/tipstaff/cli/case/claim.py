"""`tipstaff case claim`: work on a case alone for a while."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_case, add_person, tell, tell_next, told_time
from tipstaff.cli.remote import is_remote

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "claim"
HELP = "work on a case alone for a while: nobody else decides it meanwhile"

_SECONDS = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case claim` is given."""
    add_case(parser)
    add_person(parser)
    if not is_remote(parser):
        parser.add_argument(
            "--minutes", type=int, metavar="N", help="for how long (the setting claim_minutes)"
        )
    parser.epilog = "example:\n  tipstaff case claim here 1 --as alice"


def run(args: argparse.Namespace) -> int:
    """Claim it."""
    from pathlib import Path

    from tipstaff.actions.ask import ask
    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.commands import Claim

    with open_desk(Path(args.directory)) as desk:
        until = desk.clock() + (args.minutes or desk.settings.claim_minutes) * _SECONDS
        ask(desk, args.case, desk.actor(args.person), Claim(until))
    tell(f"Nobody but {args.person} decides case {args.case} until {told_time(until)}.")
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    made = client.claim(args.case)
    tell(f"Nobody but {made.claimed_by} decides case {args.case} for a while.")
    tell_next(args, f"case show {args.case}")
    return 0
