"""`tipstaff case dismiss`: decide that nothing is to be done."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_case, add_person, tell

if TYPE_CHECKING:
    from tipstaff.actions.deciding import Wanted
    from tipstaff.client import Client

NAME = "dismiss"
HELP = "decide that nothing is to be done; what machines hold is shown again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case dismiss` is given."""
    add_case(parser)
    add_person(parser)
    parser.add_argument("--provision", metavar="ID", help="what is not broken (that of the gravest finding)")
    parser.add_argument("--policy", metavar="NAME", help="what puts it into practice (that of the finding)")
    parser.add_argument("--order", type=int, metavar="N", help="the order that is carried out")
    parser.add_argument("--reasons", required=True, metavar="TEXT", help="why")
    parser.add_argument(
        "--delay", type=int, metavar="SECONDS", help="to take it back in (the setting decision_delay)"
    )
    parser.epilog = 'example:\n  tipstaff case dismiss here 1 --as alice --reasons "…"'


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.actions.ask import ask
    from tipstaff.actions.deciding import to_decide
    from tipstaff.assembly.casework import open_desk

    with open_desk(Path(args.directory)) as desk:
        command = to_decide(desk, desk.cases.load(args.case), _wanted(args))
        case = ask(desk, args.case, desk.actor(args.person), command)
    tell(
        f"Decision {case.decisions[-1].said.number} is signed: nothing is to be done.",
        f"Next: tipstaff worker {args.directory} --drain",
    )
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    made = client.decide(args.case, _wanted(args))
    tell(f"Decision {made.decisions[-1].number} is signed: nothing is to be done.")
    return 0


def _wanted(args: argparse.Namespace) -> Wanted:
    """Return the decision as it was written down."""
    from tipstaff.actions.deciding import Wanted

    return Wanted(
        measures=(),
        provision=args.provision,
        policy=args.policy,
        order=args.order,
        reasons=args.reasons,
        delay=args.delay,
    )
