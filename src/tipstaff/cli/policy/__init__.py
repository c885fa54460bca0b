"""`tipstaff policy`: everything about policies. Each subcommand is a module here."""

from __future__ import annotations

import argparse
from typing import Final

from tipstaff.cli.subcommands import add_subcommands, run_subcommand

NAME = "policy"
HELP = "look at policies, test, measure and compare them, begin new ones, and put them in force"

SUBCOMMANDS: Final = (
    "list", "show", "explain", "test", "new", "train", "evaluate", "diff", "shadow", "compare", "adopt",
    "retire",
)  # fmt: skip
"""The modules of this package that are subcommands."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and what they are given."""
    add_subcommands(parser, __name__, SUBCOMMANDS)


run = run_subcommand


def add_policy(parser: argparse.ArgumentParser) -> None:
    """Declare the argument that names a policy."""
    parser.add_argument("policy", metavar="NAME|DIR", help="a policy that ships, or the folder of any other")
