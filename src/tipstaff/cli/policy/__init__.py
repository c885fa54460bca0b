"""`tipstaff policy`: everything about policies. Each subcommand is a module here."""

from __future__ import annotations

import argparse
import importlib
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from tipstaff.cli.main import Command

NAME = "policy"
HELP = "look at policies, test, measure and compare them, and begin new ones"

SUBCOMMANDS: Final = ("list", "show", "explain", "test", "new", "train", "evaluate", "diff")
"""The modules of this package that are subcommands."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and what they are given."""
    subcommands = parser.add_subparsers(title="subcommands", metavar="SUBCOMMAND", required=True)
    for name in SUBCOMMANDS:
        command = cast("Command", importlib.import_module(f"tipstaff.cli.policy.{name}"))
        sub = subcommands.add_parser(
            command.NAME,
            help=command.HELP,
            description=f"{command.HELP[0].upper()}{command.HELP[1:]}.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        command.add_arguments(sub)
        sub.set_defaults(run_subcommand=command.run)


def run(args: argparse.Namespace) -> int:
    """Run the subcommand that was asked for."""
    code: int = args.run_subcommand(args)
    return code


def add_policy(parser: argparse.ArgumentParser) -> None:
    """Declare the argument that names a policy."""
    parser.add_argument("policy", metavar="NAME|DIR", help="a policy that ships, or the folder of any other")
