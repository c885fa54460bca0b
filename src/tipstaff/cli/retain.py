"""`tipstaff retain`: erase the texts whose time is over."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory

NAME = "retain"
HELP = "erase now, as a worker does in time, the texts of cases and orders that were settled long enough ago"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `retain` is given."""
    add_directory(parser)
    parser.add_argument(
        "--days",
        type=int,
        metavar="N",
        help="days after a case was settled, or an order reported on (the setting retention_days)",
    )
    parser.epilog = "example:\n  tipstaff retain here --days 180"


def run(args: argparse.Namespace) -> int:
    """Erase them."""
    from pathlib import Path

    from tipstaff.actions.erase import retain
    from tipstaff.assembly.casework import open_desk
    from tipstaff.base.counted import agreeing, counted
    from tipstaff.base.errors import InputError
    from tipstaff.cli.console import stdout_console

    if args.days is not None and args.days < 0:
        raise InputError("--days takes a number from 0: nothing is erased before it is settled")
    with open_desk(Path(args.directory)) as desk:
        done = retain(desk, desk.settings.retention_days if args.days is None else args.days)
    of = f"{counted(done.cases, 'case')} and {counted(done.orders, 'order')}"
    told = f"{counted(done.texts, 'text')} of {of} {agreeing(done.texts, 'is', 'are')} erased"
    stdout_console().print(f"{told}; a worker states it." if done.texts else f"{told}.", highlight=False)
    return 0
