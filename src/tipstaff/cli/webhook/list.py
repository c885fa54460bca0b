"""`tipstaff webhook list`: all of them, and how they stand."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory, tell, told_time

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
        found = webhooks.all()
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
    return 0
