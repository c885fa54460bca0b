"""`tipstaff case opine`: say what one thinks, after one was asked."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_case, add_person, tell

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "opine"
HELP = "say what one thinks of a case, after one was asked"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case opine` is given."""
    add_case(parser)
    add_person(parser)
    parser.add_argument("--text", required=True, metavar="TEXT", help="what one thinks")
    parser.epilog = 'example:\n  tipstaff case opine here 1 --as alice --text "…"'


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.actions.ask import ask
    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.commands import GiveOpinion

    with open_desk(Path(args.directory)) as desk:
        case = desk.cases.load(args.case)
        text = desk.say(case.subject, "case", "note", args.text)
        ask(desk, args.case, desk.actor(args.person), GiveOpinion(text))
    tell(f"What {args.person} thinks stands in case {args.case}.")
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    client.give_opinion(args.case, args.text)
    tell(f"What you think stands in case {args.case}.")
    return 0
