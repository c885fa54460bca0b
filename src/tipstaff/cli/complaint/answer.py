"""`tipstaff complaint answer`: tell a complainant what came of a complaint."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_case, add_person, tell

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "answer"
HELP = "tell a complainant what came of a complaint, where no decision does"

OUTCOMES = ("upheld", "dismissed", "abusive")
"""Those of casework, which is not imported to show a help text; a test compares them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `complaint answer` is given."""
    add_case(parser)
    add_person(parser)
    parser.add_argument("complaint", metavar="COMPLAINT", type=int, help="the number of the complaint")
    parser.add_argument("--outcome", required=True, choices=OUTCOMES, help="what came of it")
    parser.epilog = "example:\n  tipstaff complaint answer here 1 2 --as alice --outcome abusive"


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.actions.ask import ask
    from tipstaff.actions.deciding import to_answer
    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.events import Outcome

    with open_desk(Path(args.directory)) as desk:
        command = to_answer(desk, desk.cases.load(args.case), args.complaint, Outcome(args.outcome))
        ask(desk, args.case, desk.actor(args.person), command)
    tell(f"Complaint {args.complaint} of case {args.case} is answered: {args.outcome}.")
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    from tipstaff.casework.events import Outcome

    client.answer(args.case, args.complaint, Outcome(args.outcome))
    tell(f"Complaint {args.complaint} of case {args.case} is answered: {args.outcome}.")
    return 0
