"""`tipstaff appeal rule`: judge an appeal."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_decision, add_person, tell, tell_next

if TYPE_CHECKING:
    from tipstaff.casework.case import Case
    from tipstaff.client import Client

NAME = "rule"
HELP = "judge the appeal against a decision in which one had no part"

RESULTS = ("upheld", "reversed", "varied")
"""Those of casework, which is not imported to show a help text."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `appeal rule` is given."""
    add_decision(parser)
    add_person(parser)
    parser.add_argument(
        "--result", required=True, choices=("upheld", "reversed", "varied"), help="what comes of it"
    )
    parser.add_argument("--answer", required=True, metavar="TEXT", help="what the account holder is told")
    parser.epilog = 'example:\n  tipstaff appeal rule here 1 1 --as bob --result reversed --answer "…"'


def run(args: argparse.Namespace) -> int:
    """Judge it."""
    from pathlib import Path

    from tipstaff.actions.ask import ask
    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.commands import Rule
    from tipstaff.casework.events import Result

    with open_desk(Path(args.directory)) as desk:
        case = desk.cases.load(args.case)
        answer = desk.say(case.subject, "result", "reasons", args.answer)
        command = Rule(args.decision, Result(args.result), answer)
        case = ask(desk, args.case, desk.actor(args.person), command)
    tell(f"The appeal is judged: decision {args.decision} is {args.result}.")
    tell_what_follows(args, case)
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    from tipstaff.casework.events import Result

    client.judge(args.case, args.decision, Result(args.result), args.answer)
    tell(f"The appeal is judged: decision {args.decision} is {args.result}.")
    tell_next(args, f"case show {args.case}")
    return 0


def tell_what_follows(args: argparse.Namespace, case: Case) -> None:
    """Say what comes next after an appeal was judged, or that was confirmed."""
    from tipstaff.casework.events import Result

    decision = case.decision(args.decision)
    if decision and decision.appeal and decision.appeal.unconfirmed:
        tell(
            "Nothing is undone before another person has confirmed it.",
            f"Next: tipstaff appeal confirm {args.directory} {args.case} {args.decision} --as NAME",
            f"Where all have had a part in it: tipstaff person {args.directory} NAME",
        )
        return
    if decision and decision.appeal and decision.appeal.settled is Result.VARIED:
        tell(f"What is to be done in its place: tipstaff case decide … --instead-of {args.decision}")
    tell(f"Next: tipstaff worker {args.directory} --drain")
