"""`tipstaff webhook enable`: let one be told again."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_directory, tell
from tipstaff.cli.tracing import Traced

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "enable"
HELP = "let one that was stopped be sent what it is owed, from while it was stopped as well"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `webhook enable` is given."""
    add_directory(parser)
    parser.add_argument("webhook", metavar="ID", help="its id (`tipstaff webhook list`)")
    parser.epilog = "example:\n  tipstaff webhook enable here 5d1f0c9a3b7e2468"


def traced(args: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it."""
    return Traced(f"/v1/webhooks/{args.webhook}")


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.assembly.webhooks import open_webhooks

    with open_webhooks(Path(args.directory)) as webhooks:
        webhooks.set_active(args.webhook, active=True)
    tell(f"Webhook {args.webhook} is sent what it is owed.")
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    client.enable_webhook(args.webhook)
    tell(f"Webhook {args.webhook} is sent what it is owed.")
    return 0
