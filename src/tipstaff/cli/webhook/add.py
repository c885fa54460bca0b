"""`tipstaff webhook add`: set one up."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_directory, tell
from tipstaff.cli.tracing import Traced

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "add"
HELP = "set up an address that is told of what happens; its secret is shown once"

EVENTS = (
    "case.opened", "decision.recorded", "measure.carried_out", "notice.sent", "notice.penalty",
    "appeal.received", "appeal.judged", "order.received", "complaint.answered",
)  # fmt: skip
"""Those of the actions, which are not imported to show a help text; a test compares them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `webhook add` is given."""
    add_directory(parser)
    parser.add_argument("url", metavar="URL", help="where to send it: https://…")
    parser.add_argument(
        "--event",
        action="append",
        default=[],
        choices=EVENTS,
        help="what to tell (all there is); repeat it",
    )
    parser.add_argument("--description", default="", metavar="TEXT", help="what it is for")
    parser.epilog = (
        "example:\n  tipstaff webhook add here https://hooks.example.org/tipstaff "
        "--event decision.recorded --event measure.carried_out"
    )


def traced(args: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it."""
    return Traced("/v1/webhooks", args.url)


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.actions.webhooks.kinds import EventType
    from tipstaff.assembly.webhooks import open_webhooks

    with open_webhooks(Path(args.directory)) as webhooks:
        made = webhooks.add(args.url, map(EventType, args.event or EVENTS), args.description)
    _show(made.webhook.id, made.webhook.events, made.secret)
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    from tipstaff.actions.webhooks.kinds import EventType
    from tipstaff.api.webhooks import NewWebhook

    wanted = NewWebhook(args.url, [*map(EventType, args.event or EVENTS)], args.description)
    made = client.add_webhook(wanted)
    _show(made.webhook.id, made.webhook.events, made.secret)
    return 0


def _show(number: str, events: Iterable[str], secret: str) -> None:
    """Show the secret of a webhook."""
    tell(f"Webhook {number} is told of {', '.join(sorted(events))}. Its secret is shown this once:", secret)
