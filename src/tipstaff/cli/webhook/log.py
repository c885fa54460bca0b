"""`tipstaff webhook log`: what one was told, and what came of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_directory, tell, told_time

if TYPE_CHECKING:
    from tipstaff.actions.webhooks.hooks import Attempt, Owed
    from tipstaff.api.webhooks import AttemptView, DeliveryView
    from tipstaff.client import Client

NAME = "log"
HELP = "show what one was told, the newest first, with every attempt"

_MOST = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `webhook log` is given."""
    add_directory(parser)
    parser.add_argument("webhook", metavar="ID", help="its id (`tipstaff webhook list`)")
    parser.add_argument("--most", type=int, default=_MOST, metavar="N", help=f"how many ({_MOST})")
    parser.epilog = "example:\n  tipstaff webhook log here 5d1f0c9a3b7e2468 --most 10"


def run(args: argparse.Namespace) -> int:
    """Show it."""
    from pathlib import Path

    from tipstaff.assembly.webhooks import open_webhooks

    _check(args)
    with open_webhooks(Path(args.directory)) as webhooks:
        found = webhooks.log(args.webhook, args.most, None)
    _show((one.message.at, one.message.type, one.message.id, one) for one in found.items)
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    from itertools import islice

    _check(args)
    found = islice(client.deliveries(args.webhook), args.most)
    _show((one.at, one.type, one.id, one) for one in found)
    return 0


def _check(args: argparse.Namespace) -> None:
    """Refuse to show nothing. Raises `InputError`."""
    from tipstaff.base.errors import InputError

    if args.most < 1:
        raise InputError("--most is how many to show: 1 or more")


def _show(found: Iterable[tuple[int | str, str, str, Owed | DeliveryView]]) -> None:
    """Show what one was told: when that was, its type and its id, and what came of it."""
    any_of_it = False
    for at, kind, number, one in found:
        any_of_it = True
        tell(f"{one.number}  {told_time(at)}  {kind}  {number}  {_stands(one)}")
        for attempt in one.attempts:
            tell(f"  {told_time(attempt.at)}  {_came(attempt)}  {attempt.ms} ms")
    if not any_of_it:
        tell("It was told nothing.")


def _stands(one: Owed | DeliveryView) -> str:
    """Say whether something has arrived, and when it is sent again."""
    arrived = "arrived" if one.arrived_at is not None else "has not arrived"
    return arrived if one.due is None else f"{arrived}, is sent at {told_time(one.due)}"


def _came(attempt: Attempt | AttemptView) -> str:
    """Say what came of an attempt."""
    return attempt.error if attempt.status is None else f"answered {attempt.status}"
