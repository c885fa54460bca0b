"""`tipstaff webhook list`: all of them, and how they stand."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_directory, tell, told_time

if TYPE_CHECKING:
    from tipstaff.actions.webhooks.hooks import Webhook
    from tipstaff.api.webhooks import WebhookView
    from tipstaff.client import Client

NAME = "list"
HELP = "list who is told of what, and whether it arrives"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `webhook list` is given."""
    add_directory(parser)
    parser.epilog = "example:\n  tipstaff webhook list here"


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.assembly.webhooks import open_webhooks

    with open_webhooks(Path(args.directory)) as webhooks:
        _show(webhooks.all())
    return 0


def ask_server(_: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    _show(client.webhooks())
    return 0


def _show(found: Sequence[Webhook | WebhookView]) -> None:
    """Show who is told of what."""
    for one in found:
        if one.failing_since is not None:
            stands = f"nothing has arrived since {told_time(one.failing_since)}"
        elif one.active:
            stands = "active"
        else:
            stands = f"stopped: {one.trouble}" if one.trouble else "stopped"
        tell(f"{one.id}  {one.url}  {stands}", f"  {', '.join(sorted(one.events))}")
        if one.description:
            tell(f"  {one.description}")
    if not found:
        tell("Nobody is told of anything.")
