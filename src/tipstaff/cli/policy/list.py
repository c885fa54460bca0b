"""`tipstaff policy list`: the policies that ship, or those of an installation."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tipstaff.cli.language import add_language, chosen_language
from tipstaff.cli.remote import is_remote

if TYPE_CHECKING:
    from tipstaff.actions.policies import State
    from tipstaff.client import Client

NAME = "list"
HELP = "list the policies that come with Tipstaff, or how those of an installation stand"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `policy list` is given."""
    if is_remote(parser):
        return
    parser.add_argument("directory", nargs="?", metavar="DIR", help="an installation: how its versions stand")
    add_language(parser)


def run(args: argparse.Namespace) -> int:
    """List them."""
    if args.directory:
        return _list_stated(args.directory)
    return _list_shipped(args)


def ask_server(_: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    _show(
        (f"{one.name}@{one.version}", one.state, one.reference.partition("+")[2], one.entry)
        for one in client.policies()
    )
    return 0


def _list_stated(directory: str) -> int:
    """List the versions that an installation has stated."""
    from pathlib import Path

    from tipstaff.actions.policies import versions
    from tipstaff.assembly.casework import open_desk

    with open_desk(Path(directory)) as desk:
        stated = versions(desk.policies.stated())
    _show((one.version, one.state, one.digest.hex(), one.entry.hex()) for one in stated)
    return 0


def _show(found: Iterable[tuple[str, State, str, str]]) -> None:
    """Show versions, how each stands, its digest, and the last statement about it."""
    from rich.text import Text

    from tipstaff.actions.policies import State
    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.policy.tables import plain_table, short

    table = plain_table("policy", "stands", "digest", "entry")
    for version, state, digest, entry in found:
        style = "bold" if state is State.IN_FORCE else "dim" if state is State.RETIRED else ""
        table.add_row(Text(version, style), state.value.replace("_", " "), short(digest), entry[:16])
    stdout_console().print(table)


def _list_shipped(args: argparse.Namespace) -> int:
    """List the policies that ship; their examples are not run."""
    from rich.text import Text

    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.policy.reading import read_unrun
    from tipstaff.cli.policy.tables import plain_table, short
    from tipstaff.policy.faults import PolicyError
    from tipstaff.policy.load import shipped_policies

    language = chosen_language(args)
    table = plain_table("name", "version", "digest", "rules:", "title")
    for name, folder in shipped_policies().items():
        try:
            policy = read_unrun(folder)
        except PolicyError as error:
            problem = f"does not load; see `tipstaff policy test {name}` ({len(error.faults)} faults)"
            table.add_row(Text(name, "bold"), "", "", "", Text(problem, "red"))
            continue
        table.add_row(
            Text(name, "bold"),
            policy.version,
            short(policy.digest),
            str(len(policy.rules)),
            Text(policy.title.in_language(language)),
        )
    stdout_console().print(table)
    return 0
