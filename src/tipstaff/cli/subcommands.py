"""Commands that have subcommands: each is a module of the command's package."""

from __future__ import annotations

import argparse
import importlib
import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn, cast

from tipstaff.cli.remote import asking, is_remote
from tipstaff.cli.tracing import tracing

if TYPE_CHECKING:
    from tipstaff.cli.main import Command


def add_subcommands(
    parser: argparse.ArgumentParser,
    package: str,
    names: Sequence[str],
    noun: str = "subcommand",
    default: str = "run_subcommand",
) -> None:
    """Declare the commands in a package and what they are given; the one asked for is the `default`.

    Of a server those alone are asked that it can answer.
    """
    subcommands = parser.add_subparsers(title=f"{noun}s", metavar=noun.upper(), required=True)
    for name in names:
        command = cast("Command", importlib.import_module(f"{package}.{name}"))
        if is_remote(parser) and not _asks(command):
            continue
        sub = subcommands.add_parser(
            command.NAME,
            help=command.HELP,
            description=f"{command.HELP[0].upper()}{command.HELP[1:]}.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        sub.set_defaults(parser=sub)
        command.add_arguments(sub)
        ask = getattr(command, "ask_server", None) if is_remote(parser) else None
        traced = getattr(command, "traced", None)
        here = tracing(sub.prog.partition(" ")[2], traced, command.run) if traced else command.run
        public = getattr(command, "PUBLIC", False)
        sub.set_defaults(**{default: asking(ask, public=public) if ask else here})


def _asks(command: Command) -> bool:
    """Say whether a server can be asked for what a command does, or for what a subcommand does."""
    package = getattr(command, "__name__", "")
    below = (importlib.import_module(f"{package}.{name}") for name in getattr(command, "SUBCOMMANDS", ()))
    return hasattr(command, "ask_server") or any(hasattr(one, "ask_server") for one in below)


def run_subcommand(args: argparse.Namespace) -> int:
    """Run the subcommand that was asked for."""
    code: int = args.run_subcommand(args)
    return code


def refuse(parser: argparse.ArgumentParser, left: Sequence[str]) -> NoReturn:
    """End for words that a command takes not, with its usage and what may be meant."""
    options = [word.partition("=")[0] for word in left if word.startswith("--")]
    known = re.findall(r"--[a-z][a-z-]*", parser.format_help())
    close = [match for one in options for match in get_close_matches(one, known, 1)]
    meant = f": did you mean {close[0]}?" if close else ""
    quoted = "" if options else ": a text of several words stands in quotes"
    parser.error(f"unrecognized arguments: {' '.join(left)}{meant or quoted}")
