"""Commands that have subcommands: each is a module of the command's package."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from tipstaff.cli.main import Command


def add_subcommands(
    parser: argparse.ArgumentParser,
    package: str,
    names: Sequence[str],
    noun: str = "subcommand",
    default: str = "run_subcommand",
) -> None:
    """Declare the commands in a package and what they are given; the one asked for is the `default`."""
    subcommands = parser.add_subparsers(title=f"{noun}s", metavar=noun.upper(), required=True)
    for name in names:
        command = cast("Command", importlib.import_module(f"{package}.{name}"))
        sub = subcommands.add_parser(
            command.NAME,
            help=command.HELP,
            description=f"{command.HELP[0].upper()}{command.HELP[1:]}.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        command.add_arguments(sub)
        sub.set_defaults(**{default: command.run})


def run_subcommand(args: argparse.Namespace) -> int:
    """Run the subcommand that was asked for."""
    code: int = args.run_subcommand(args)
    return code
