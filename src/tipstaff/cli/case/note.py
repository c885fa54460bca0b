"""`tipstaff case note`: leave a note for the others."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_case, add_person, tell

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "note"
HELP = "leave a note on a case for the other reviewers; the account holder does not see it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case note` is given."""
    add_case(parser)
    add_person(parser)
    parser.add_argument("--text", required=True, metavar="TEXT", help="what it says")
    parser.epilog = 'example:\n  tipstaff case note here 1 --as alice --text "…"'


def run(args: argparse.Namespace) -> int:
    """Leave it."""
    from pathlib import Path

    from tipstaff.actions.ask import ask
    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.commands import Note

    with open_desk(Path(args.directory)) as desk:
        case = desk.cases.load(args.case)
        text = desk.say(case.subject, "case", "note", args.text)
        ask(desk, args.case, desk.actor(args.person), Note(text))
    tell(f"The note stands in case {args.case}; the account holder does not see it.")
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    client.note(args.case, args.text)
    tell(f"The note stands in case {args.case}; the account holder does not see it.")
    return 0
