"""`tipstaff webhook log`: what one was told, and what came of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_directory, tell, told_time

if TYPE_CHECKING:
    from tipstaff.actions.webhooks.hooks import Attempt, Owed

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
    from tipstaff.base.errors import InputError

    if args.most < 1:
        raise InputError("--most is how many to show: 1 or more")
    with open_webhooks(Path(args.directory)) as webhooks:
        found = webhooks.log(args.webhook, args.most, None)
    for one in found.items:
        tell(
            f"{one.number}  {told_time(one.message.at)}  {one.message.type}  {one.message.id}  {_stands(one)}"
        )
        for attempt in one.attempts:
            tell(f"  {told_time(attempt.at)}  {_came(attempt)}  {attempt.ms} ms")
    if not found.items:
        tell("It was told nothing.")
    return 0


def _stands(one: Owed) -> str:
    """Say whether something has arrived, and when it is sent again."""
    arrived = "arrived" if one.arrived_at is not None else "has not arrived"
    return arrived if one.due is None else f"{arrived}, is sent at {told_time(one.due)}"


def _came(attempt: Attempt) -> str:
    """Say what came of an attempt."""
    return attempt.error if attempt.status is None else f"answered {attempt.status}"
