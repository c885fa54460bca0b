"""`tipstaff order amend`: narrow, refuse or withdraw an order."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import TARGET_HELP, add_order, add_person, parse_time, tell, tell_next

if TYPE_CHECKING:
    from tipstaff.actions.ordering import WantedAmendment
    from tipstaff.client import Client

NAME = "amend"
HELP = "narrow, refuse or withdraw an order, with reasons; another person confirms it"

CHANGES = ("narrowed", "refused", "withdrawn")
"""Those of casework, which is not imported to show a help text; a test compares them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `order amend` is given."""
    add_order(parser)
    add_person(parser)
    parser.add_argument("--change", required=True, choices=CHANGES, help="what becomes of it")
    parser.add_argument("--target", action="append", metavar="TARGET", help=f"what is left: {TARGET_HELP}")
    parser.add_argument("--territory", metavar="NAME", help="where it holds from now on")
    parser.add_argument("--deadline", metavar="TIME", help="when it is to be carried out from now on")
    parser.add_argument("--reasons", required=True, metavar="TEXT", help="why")
    parser.epilog = 'example:\n  tipstaff order amend here 3 --as chen --change refused --reasons "…"'


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.actions.ordering import to_amend
    from tipstaff.actions.orders import ask_of_order
    from tipstaff.assembly.casework import open_desk

    with open_desk(Path(args.directory)) as desk:
        command = to_amend(desk, desk.cases.load_order(args.order), _wanted(args))
        order = ask_of_order(desk, args.order, desk.actor(args.person), command)
    number = order.amendments[-1].said.number
    tell(
        f"Amendment {number} of order {args.order} is signed; another person confirms it.",
        f"Next: tipstaff order confirm {args.directory} {args.order} --amendment {number} --as NAME",
    )
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    made = client.amend_order(args.order, _wanted(args))
    number = made.amendments[-1].number
    tell(f"Amendment {number} of order {args.order} is signed; another person confirms it.")
    tell_next(args, f"order confirm {args.order} --amendment {number}")
    return 0


def _wanted(args: argparse.Namespace) -> WantedAmendment:
    """Return the amendment as it was written down. Raises `InputError`."""
    from tipstaff.actions.ordering import WantedAmendment
    from tipstaff.casework.orders.events import Change

    return WantedAmendment(
        change=Change(args.change),
        reasons=args.reasons,
        targets=None if args.target is None else tuple(args.target),
        territory=args.territory,
        deadline=None if args.deadline is None else parse_time(args.deadline),
    )
