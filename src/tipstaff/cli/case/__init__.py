"""`tipstaff case`: everything that is asked of cases.

Each subcommand is a module here.
"""

from __future__ import annotations

import argparse
from typing import Final

from tipstaff.cli.numbers import run_numbered
from tipstaff.cli.subcommands import add_subcommands

NAME = "case"
HELP = "work on cases: find, list and show them; hear, decide, confirm"

SUBCOMMANDS: Final = (
    "find", "list", "show", "image", "preview", "claim", "release", "note", "ask", "opine", "escalate",
    "propose", "hear", "decide", "dismiss", "take_back", "confirm", "link",
)  # fmt: skip
"""The modules of this package that are subcommands."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and what they are given."""
    add_subcommands(parser, __name__, SUBCOMMANDS)


run = run_numbered
