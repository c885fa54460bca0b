"""`tipstaff case ask`: ask another person what they think of a case."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_case, add_person, tell

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "ask"
HELP = "ask another person what they think of a case"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case ask` is given."""
    add_case(parser)
    add_person(parser)
    parser.add_argument("--of", required=True, metavar="NAME", help="whom")
    parser.add_argument("--text", required=True, metavar="TEXT", help="the question")
    parser.epilog = 'example:\n  tipstaff case ask here 1 --as alice --of bob --text "…"'


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.actions.ask import ask
    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.commands import AskOpinion

    with open_desk(Path(args.directory)) as desk:
        case = desk.cases.load(args.case)
        text = desk.say(case.subject, "case", "note", args.text)
        ask(desk, args.case, desk.actor(args.person), AskOpinion(args.of, text))
    tell(
        f"{args.of} is asked.",
        f"Next: tipstaff case opine {args.directory} {args.case} --as {args.of} --text TEXT",
    )
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    client.ask_opinion(args.case, args.of, args.text)
    tell(f"{args.of} is asked.")
    return 0
