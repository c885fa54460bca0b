"""`tipstaff square`: the built-in platform, for those who publish and read.

Each subcommand is a module here.
"""

from __future__ import annotations

import argparse
from typing import Final

from tipstaff.cli.subcommands import add_subcommands, run_subcommand

NAME = "square"
HELP = "publish and read on square, the built-in platform"

SUBCOMMANDS: Final = ("account", "app", "post", "read", "follow", "feed")
"""The modules of this package that are subcommands."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and what they are given."""
    add_subcommands(parser, __name__, SUBCOMMANDS)


run = run_subcommand
