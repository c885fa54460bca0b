"""`tipstaff case escalate`: hand a case on, before the others."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_case, add_person, tell

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "escalate"
HELP = "hand a case on, before the others; a claim on it ends"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case escalate` is given."""
    add_case(parser)
    add_person(parser)
    parser.add_argument("--text", required=True, metavar="TEXT", help="why")
    parser.epilog = 'example:\n  tipstaff case escalate here 1 --as alice --text "…"'


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.actions.ask import ask
    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.commands import Escalate

    with open_desk(Path(args.directory)) as desk:
        case = desk.cases.load(args.case)
        text = desk.say(case.subject, "case", "note", args.text)
        ask(desk, args.case, desk.actor(args.person), Escalate(text))
    tell(f"Case {args.case} is listed before the others now.")
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    client.escalate(args.case, args.text)
    tell(f"Case {args.case} is listed before the others now.")
    return 0
