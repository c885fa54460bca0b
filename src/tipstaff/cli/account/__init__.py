"""`tipstaff account`: everything about one account. Each subcommand is a module here."""

from __future__ import annotations

import argparse
from typing import Final

from tipstaff.cli.subcommands import add_subcommands, run_subcommand

NAME = "account"
HELP = "look at one account; give its holder what is kept of it, or erase that"

SUBCOMMANDS: Final = ("show", "export", "erase")
"""The modules of this package that are subcommands."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and what they are given."""
    add_subcommands(parser, __name__, SUBCOMMANDS)


run = run_subcommand
