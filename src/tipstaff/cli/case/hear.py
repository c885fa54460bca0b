"""`tipstaff case hear`: take the answer of the account holder to a proposal in."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_case, tell, told_time
from tipstaff.cli.remote import is_remote

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "hear"
HELP = "take the answer of the account holder to a proposal in"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case hear` is given."""
    if is_remote(parser):
        parser.add_argument(
            "subject", metavar="SUBJECT", help="HOST/account/NAME or HOST/app/NAME, one's own"
        )
        parser.add_argument("hearing", metavar="ID", help="its `id`, as `account show` tells it")
    else:
        add_case(parser)
    parser.add_argument("--text", required=True, metavar="TEXT", help="what the account holder says")
    parser.epilog = 'example:\n  tipstaff case hear here 1 --text "…"'


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.actions.objections import answer
    from tipstaff.assembly.casework import open_desk

    with open_desk(Path(args.directory)) as desk:
        answer(desk, args.case, args.text)
    tell(f"The answer stands in case {args.case}: it can be decided now.")
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it: who holds the account answers themselves."""
    heard = client.hear(args.subject, args.hearing, args.text)
    tell(f"Your answer about {args.subject} stands, to what was proposed until {told_time(heard.until)}.")
    return 0
