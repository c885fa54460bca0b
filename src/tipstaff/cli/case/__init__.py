"""`tipstaff case`: everything that is asked of cases.

Each subcommand is a module here.
"""

from __future__ import annotations

import argparse
from typing import Final

from tipstaff.cli.subcommands import add_subcommands, run_subcommand

NAME = "case"
HELP = "work on cases: find, list and show them; decide, confirm, appeal, judge an appeal"

SUBCOMMANDS: Final = (
    "find", "list", "show", "claim", "release", "note", "decide", "take_back", "confirm", "appeal", "rule",
)  # fmt: skip
"""The modules of this package that are subcommands."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and what they are given."""
    add_subcommands(parser, __name__, SUBCOMMANDS)


run = run_subcommand


def add_directory(parser: argparse.ArgumentParser) -> None:
    """Declare the argument that names an installation."""
    parser.add_argument("directory", metavar="DIR", help="the directory of the installation")


def add_case(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that name a case."""
    add_directory(parser)
    parser.add_argument("case", metavar="CASE", type=int, help="the number of the case")


def add_decision(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that name a decision of a case."""
    add_case(parser)
    parser.add_argument("decision", metavar="DECISION", type=int, help="the number of the decision")


def add_person(parser: argparse.ArgumentParser) -> None:
    """Declare who acts."""
    parser.add_argument("--as", dest="person", required=True, metavar="NAME", help="who does it")
