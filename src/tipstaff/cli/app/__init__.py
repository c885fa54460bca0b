"""`tipstaff app`: everything about one app. Each subcommand is a module here."""

from __future__ import annotations

import argparse
from typing import Final

from tipstaff.cli.subcommands import add_subcommands, run_subcommand

NAME = "app"
HELP = "look at one third-party app"

SUBCOMMANDS: Final = ("show",)
"""The modules of this package that are subcommands."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and what they are given."""
    add_subcommands(parser, __name__, SUBCOMMANDS)


run = run_subcommand
