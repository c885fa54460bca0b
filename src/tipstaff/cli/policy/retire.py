"""`tipstaff policy retire`: end a version of a policy."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_directory

if TYPE_CHECKING:
    from tipstaff.client import Client

NAME = "retire"
HELP = "retire a version of a policy: nothing is found, and nothing decided, under it any more"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `policy retire` is given."""
    add_directory(parser)
    parser.add_argument("policy", metavar="NAME", help="the policy, or NAME@VERSION for one of its versions")
    parser.epilog = "example:\n  tipstaff policy retire here crypto-promotion"


def run(args: argparse.Namespace) -> int:
    """State it on the ledger."""
    from pathlib import Path

    from tipstaff.actions.policies import State
    from tipstaff.assembly.casework import retire
    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.policy.installed import stated_version

    directory = Path(args.directory)
    found = stated_version(directory, args.policy, [State.SHADOW, State.IN_FORCE])
    retire(directory, found.reference)
    stdout_console().print(f"Retired: {found.version}", highlight=False)
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    from tipstaff.cli.console import stdout_console

    made = client.retire_policy(args.policy)
    stdout_console().print(f"Retired: {made.name} {made.version}", highlight=False)
    return 0
