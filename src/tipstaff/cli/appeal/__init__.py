"""`tipstaff appeal`: objections of account holders, and their results.

Each subcommand is a module here.
"""

from __future__ import annotations

import argparse
from typing import Final

from tipstaff.cli.numbers import run_numbered
from tipstaff.cli.subcommands import add_subcommands

NAME = "appeal"
HELP = "take appeals in, judge them, and confirm what comes of them"

SUBCOMMANDS: Final = ("file", "rule", "confirm", "document")
"""The modules of this package that are subcommands."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and what they are given."""
    add_subcommands(parser, __name__, SUBCOMMANDS)


run = run_numbered
