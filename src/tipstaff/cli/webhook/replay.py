"""`tipstaff webhook replay`: tell it again."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_directory, parse_time, tell
from tipstaff.cli.tracing import Traced

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "replay"
HELP = "tell one again what it was told, under the same ids; a worker sends it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `webhook replay` is given."""
    add_directory(parser)
    parser.add_argument("webhook", metavar="ID", help="its id (`tipstaff webhook list`)")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--number", type=int, metavar="N", help="one, by its number (`tipstaff webhook log`)")
    which.add_argument(
        "--since", metavar="TIME", help="all that happened from then on and has not arrived, with its offset"
    )
    parser.add_argument("--arrived", action="store_true", help="with --since: what has arrived as well")
    parser.epilog = (
        "examples:\n  tipstaff webhook replay here 5d1f0c9a3b7e2468 --number 7\n"
        "  tipstaff webhook replay here 5d1f0c9a3b7e2468 --since 2026-12-01T00:00:00+08:00"
    )


def traced(args: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it."""
    return Traced(f"/v1/webhooks/{args.webhook}")


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.assembly.webhooks import open_webhooks

    _check(args)
    with open_webhooks(Path(args.directory)) as webhooks:
        if args.since is None:
            webhooks.replay(args.webhook, args.number)
            again = 1
        else:
            since = int(parse_time(args.since).timestamp())
            again = webhooks.replay_since(args.webhook, since, arrived=args.arrived)
    _tell(again)
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    _check(args)
    if args.since is None:
        client.replay(args.webhook, args.number)
        again = 1
    else:
        again = client.replay_since(args.webhook, parse_time(args.since), arrived=args.arrived)
    _tell(again)
    return 0


def _check(args: argparse.Namespace) -> None:
    """Refuse what does not go together. Raises `InputError`."""
    from tipstaff.base.errors import InputError

    if args.arrived and args.since is None:
        raise InputError("--arrived goes with --since")


def _tell(again: int) -> None:
    """Say how many are sent again."""
    from tipstaff.base.counted import counted

    tell(f"{counted(again, 'message')} to be sent again.")
