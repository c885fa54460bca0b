"""`tipstaff case propose`: propose a decision, and ask the account holder to answer."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.case.decide import MEASURES
from tipstaff.cli.installation import add_case, add_person, tell, tell_next, told_time

if TYPE_CHECKING:
    from tipstaff.actions.deciding import WantedProposal
    from tipstaff.client import Client

NAME = "propose"
HELP = "propose a decision, and give the account holder time to answer it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case propose` is given."""
    add_case(parser)
    add_person(parser)
    parser.add_argument(
        "--measure",
        action="append",
        required=True,
        choices=MEASURES,
        help="what would be done; repeat it for more",
    )
    parser.add_argument("--provision", metavar="ID", help="what is broken (that of the gravest finding)")
    parser.add_argument("--policy", metavar="NAME", help="what puts it into practice (that of the finding)")
    parser.add_argument(
        "--hours", type=int, metavar="N", help="the time to answer (the setting hearing_hours)"
    )
    parser.add_argument("--text", required=True, metavar="TEXT", help="why; the account holder reads it")
    parser.epilog = 'example:\n  tipstaff case propose here 1 --as alice --measure close_account --text "…"'


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.actions.ask import ask
    from tipstaff.actions.deciding import to_propose
    from tipstaff.assembly.casework import open_desk

    with open_desk(Path(args.directory)) as desk:
        command = to_propose(desk, desk.cases.load(args.case), _wanted(args))
        ask(desk, args.case, desk.actor(args.person), command)
    answered = f"tipstaff case hear {args.directory} {args.case} --text TEXT"
    tell(
        f"Proposed: the account holder can answer until {told_time(command.until)} ({answered}).",
        f"A link by which they answer: tipstaff case link {args.directory} {args.case} --as {args.person}",
        "The case can be decided once it is answered, or that time is over.",
    )
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    made = client.propose(args.case, _wanted(args))
    tell(f"Proposed: the account holder can answer until {told_time(made.proposals[-1].until)}.")
    tell_next(args, f"case link {args.case}")
    return 0


def _wanted(args: argparse.Namespace) -> WantedProposal:
    """Return the proposal as it was written down."""
    from tipstaff.actions.deciding import WantedProposal
    from tipstaff.casework.words import MeasureKind

    return WantedProposal(
        measures=tuple(map(MeasureKind, args.measure)),
        text=args.text,
        provision=args.provision,
        policy=args.policy,
        hours=args.hours,
    )
