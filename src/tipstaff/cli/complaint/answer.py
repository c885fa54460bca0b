"""`tipstaff complaint answer`: tell a complainant what came of a complaint."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_case, add_person, tell

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
    from tipstaff.actions.texts import complaint_key
    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.commands import Answer
    from tipstaff.casework.events import Outcome
    from tipstaff.casework.notices import complaint_answer

    with open_desk(Path(args.directory)) as desk:
        case = desk.cases.load(args.case)
        complaint, outcome = case.complaint(args.complaint), Outcome(args.outcome)
        whose = complaint_key(complaint.by, case.number) if complaint else str(case.subject)
        text = desk.keep(whose, "answer", "text", complaint_answer(args.complaint, outcome))
        ask(desk, args.case, desk.actor(args.person), Answer(args.complaint, outcome, text))
    tell(f"Complaint {args.complaint} of case {args.case} is answered: {args.outcome}.")
    return 0
