"""`tipstaff order`: formal instructions of authorities.

Each subcommand is a module here.
"""

from __future__ import annotations

import argparse
from typing import Final

from tipstaff.cli.numbers import run_numbered
from tipstaff.cli.subcommands import add_subcommands

NAME = "order"
HELP = "enter, confirm, amend and list the orders of authorities"

SUBCOMMANDS: Final = ("enter", "confirm", "amend", "list", "show", "document")
"""The modules of this package that are subcommands."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and what they are given."""
    add_subcommands(parser, __name__, SUBCOMMANDS)


run = run_numbered
