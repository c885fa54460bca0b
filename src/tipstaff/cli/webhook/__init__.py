"""`tipstaff webhook`: who is told of what happens, and what they were told.

Each subcommand is a module here.
"""

from __future__ import annotations

import argparse
from typing import Final

from tipstaff.cli.subcommands import add_subcommands, run_subcommand

NAME = "webhook"
HELP = "set up who is told of what happens, see what they were told, and tell it again"

SUBCOMMANDS: Final = ("add", "list", "log", "replay", "enable", "remove")
"""The modules of this package that are subcommands."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and what they are given."""
    add_subcommands(parser, __name__, SUBCOMMANDS)


run = run_subcommand
