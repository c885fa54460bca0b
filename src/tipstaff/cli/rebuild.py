"""`tipstaff rebuild`: make anew what is kept beside events."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory

NAME = "rebuild"
HELP = "make anew what is kept beside the events of cases and orders, and say what was not as they have it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `rebuild` is given."""
    add_directory(parser)
    parser.epilog = "example:\n  tipstaff rebuild here"


def run(args: argparse.Namespace) -> int:
    """Make it anew, and say what was wrong: 1 where something is that cannot be made anew.

    Square comes last: casework is made anew as well while it is away.
    """
    from pathlib import Path

    from tipstaff.actions.host import HostError
    from tipstaff.assembly.rebuild import rebuild_all, upgrade_square
    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.progress import working

    console = stdout_console()
    directory = Path(args.directory)
    with working("Making anew what follows from events"):
        differences = rebuild_all(directory)
    for found in differences:
        end = "made anew" if found.mendable else "NOT mended: restore casework.db from a backup"
        console.print(f"{found.dossier}: {found.what}: {end}", highlight=False, soft_wrap=True, markup=False)
    if not differences:
        console.print("All that is kept beside events is what they add up to.", highlight=False)
    try:
        upgrade_square(directory)
    except HostError as error:
        raise HostError(
            f"casework is done, square is left: {error}: `tipstaff rebuild {directory}` once it is there"
        ) from error
    return 0 if all(found.mendable for found in differences) else 1
