"""`tipstaff account erase`: erase the texts about an account."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_subject, parse_subject
from tipstaff.cli.tracing import Traced

NAME = "erase"
HELP = "erase the texts about an account for good; a statement says how many, and not whose"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `account erase` is given."""
    add_subject(parser, "account")
    parser.epilog = "example:\n  tipstaff account erase here square/account/moonharbor"


def traced(_: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it: not whose it was."""
    return Traced("/v1/accounts")


def run(args: argparse.Namespace) -> int:
    """Erase them."""
    from pathlib import Path

    from tipstaff.actions.erase import erase
    from tipstaff.assembly.casework import open_desk
    from tipstaff.base.counted import agreeing, counted
    from tipstaff.cli.console import stdout_console

    with open_desk(Path(args.directory)) as desk:
        count = erase(desk, parse_subject(args.subject, "account"))
    told = f"{counted(count, 'text')} {agreeing(count, 'is', 'are')} erased; a worker states it."
    told = told if count else "Nothing is kept about it."
    stdout_console().print(told, highlight=False)
    return 0
