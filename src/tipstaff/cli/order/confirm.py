"""`tipstaff order confirm`: confirm an order, or an amendment of one."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_order, add_person, tell, tell_next

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "confirm"
HELP = "confirm an order that another person has entered, or an amendment of it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `order confirm` is given."""
    add_order(parser)
    add_person(parser)
    parser.add_argument(
        "--amendment", type=int, default=0, metavar="N", help="not the order, but this amendment"
    )
    parser.epilog = "example:\n  tipstaff order confirm here 3 --as chen"


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.actions.orders import ask_of_order
    from tipstaff.assembly.casework import open_desk
    from tipstaff.casework.orders.commands import ConfirmOrder

    with open_desk(Path(args.directory)) as desk:
        ask_of_order(desk, args.order, desk.actor(args.person), ConfirmOrder(args.amendment))
    tell(
        f"{_what(args)} is confirmed by {args.person}.",
        f"Next: tipstaff worker {args.directory} --drain",
    )
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    if args.amendment:
        client.confirm_amendment(args.order, args.amendment)
    else:
        client.confirm_order(args.order)
    tell(f"{_what(args)} is confirmed.")
    tell_next(args, f"order show {args.order}")
    return 0


def _what(args: argparse.Namespace) -> str:
    """Say what is confirmed."""
    return f"Amendment {args.amendment} of order {args.order}" if args.amendment else f"Order {args.order}"
