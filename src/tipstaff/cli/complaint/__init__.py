"""`tipstaff complaint`: what readers complain of, and what they are told.

Each subcommand is a module here.
"""

from __future__ import annotations

import argparse
from typing import Final

from tipstaff.cli.numbers import run_numbered
from tipstaff.cli.subcommands import add_subcommands

NAME = "complaint"
HELP = "take complaints in, list, answer and erase them"

SUBCOMMANDS: Final = ("file", "list", "answer", "show", "erase")
"""The modules of this package that are subcommands."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and what they are given."""
    add_subcommands(parser, __name__, SUBCOMMANDS)


run = run_numbered
