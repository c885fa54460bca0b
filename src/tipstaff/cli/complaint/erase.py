"""`tipstaff complaint erase`: erase what somebody has complained of."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_complainant
from tipstaff.cli.tracing import Traced

NAME = "erase"
HELP = "erase all that somebody has complained of, and was answered, for good; statements say how many texts"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `complaint erase` is given."""
    add_complainant(parser)
    parser.epilog = "example:\n  tipstaff complaint erase here square/reader/rae"


def traced(_: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it: not whose it was."""
    return Traced("/v1/complaints")


def run(args: argparse.Namespace) -> int:
    """Erase it."""
    from pathlib import Path

    from tipstaff.actions.erase import erase_complaints
    from tipstaff.assembly.casework import open_desk
    from tipstaff.base.counted import agreeing, counted
    from tipstaff.cli.installation import tell

    with open_desk(Path(args.directory)) as desk:
        count = erase_complaints(desk, args.complainant)
    told = f"{counted(count, 'text')} {agreeing(count, 'is', 'are')} erased; a worker states it."
    tell(told if count else "Nothing is kept of what they wrote.")
    return 0
