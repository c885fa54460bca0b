"""`tipstaff order enter`: enter an order that has come in."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import (
    TARGET_HELP,
    add_directory,
    add_person,
    parse_time,
    read_document,
    tell,
    tell_next,
)

if TYPE_CHECKING:
    from tipstaff.actions.ordering import WantedOrder
    from tipstaff.client import Client

NAME = "enter"
HELP = "enter an order that has come in; another person confirms it"

SCOPES = ("content", "account", "app", "site")
"""Those of casework, which is not imported to show a help text; a test compares them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `order enter` is given."""
    add_directory(parser)
    add_person(parser)
    parser.add_argument("--authority", required=True, metavar="NAME", help="who has given it")
    parser.add_argument(
        "--reference", required=True, metavar="TEXT", help="its own reference: it comes in once"
    )
    parser.add_argument("--basis", required=True, metavar="TEXT", help="the law that it rests on")
    parser.add_argument("--scope", required=True, choices=SCOPES, help="what it is about")
    parser.add_argument("--target", action="append", required=True, metavar="TARGET", help=TARGET_HELP)
    parser.add_argument("--territory", required=True, metavar="NAME", help="where it holds")
    parser.add_argument("--deadline", required=True, metavar="TIME", help="when it is to be carried out")
    parser.add_argument("--text", required=True, metavar="TEXT", help="what it says")
    parser.add_argument(
        "--attachment", metavar="FILE", help="the document; the ledger gets a commitment to it"
    )
    parser.add_argument(
        "--corrects", type=int, metavar="ORDER", help="in place of this order, which was entered wrongly"
    )
    parser.epilog = (
        "example:\n  tipstaff order enter here --as chen --authority bureau --reference 2026/7 \\\n"
        '    --basis "…" --scope account --target square/account/moonharbor --territory CN \\\n'
        '    --deadline 2026-12-31T00:00:00+08:00 --text "…"'
    )


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.actions.ordering import to_enter
    from tipstaff.actions.orders import enter
    from tipstaff.assembly.casework import open_desk

    with open_desk(Path(args.directory)) as desk:
        order = enter(desk, desk.actor(args.person), to_enter(desk, _wanted(args)))
        wrong = desk.cases.load_order(args.corrects) if args.corrects else None
    here = args.directory
    tell(
        f"{order}: {order.said.reference}" if wrong else str(order),
        f"Next: another person confirms it, tipstaff order confirm {here} {order.number} --as NAME",
    )
    if wrong and wrong.waits:
        last = wrong.amendments[-1].said.number
        tell(
            f"{str(wrong).capitalize()} is in force until another person confirms that it is withdrawn; what "
            f"was decided under it ends then. Decide first under {order} what is to stay.",
            f"Then: tipstaff order confirm {here} {wrong.number} --amendment {last} --as NAME",
        )
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    made = client.enter_order(_wanted(args))
    tell(f"Order {made.number}: {made.authority} {made.reference}, {made.standing}")
    tell_next(args, f"order show {made.number}; another person confirms it, order confirm {made.number}")
    wrong = client.order(made.corrects) if made.corrects else None
    if wrong and wrong.waits:
        tell_next(
            args,
            f"decide under order {made.number} what is to stay; then another person confirms that the wrong "
            f"one is withdrawn, order confirm {wrong.number} --amendment {wrong.amendments[-1].number}",
        )
    return 0


def _wanted(args: argparse.Namespace) -> WantedOrder:
    """Return the order as it was written down."""
    from base64 import b64encode

    from tipstaff.actions.ordering import WantedOrder
    from tipstaff.casework.orders.events import Scope

    return WantedOrder(
        authority=args.authority,
        reference=args.reference,
        basis=args.basis,
        scope=Scope(args.scope),
        targets=tuple(args.target),
        territory=args.territory,
        deadline=parse_time(args.deadline),
        text=args.text,
        attachment=b64encode(read_document(args.attachment)).decode() if args.attachment else None,
        corrects=args.corrects,
    )
