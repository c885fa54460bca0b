"""`tipstaff policy list`: the policies that ship, or those of an installation."""

from __future__ import annotations

import argparse

from tipstaff.cli.language import add_language, chosen_language

NAME = "list"
HELP = "list the policies that come with Tipstaff, or how those of an installation stand"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `policy list` is given."""
    parser.add_argument("directory", nargs="?", metavar="DIR", help="an installation: how its versions stand")
    add_language(parser)


def run(args: argparse.Namespace) -> int:
    """List them."""
    if args.directory:
        return _list_stated(args.directory)
    return _list_shipped(args)


def _list_stated(directory: str) -> int:
    """List the versions that an installation has stated."""
    from pathlib import Path

    from rich.text import Text

    from tipstaff.actions.policies import State, versions
    from tipstaff.assembly.casework import open_desk
    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.policy.tables import plain_table, short

    table = plain_table("policy", "stands", "digest", "entry")
    with open_desk(Path(directory)) as desk:
        for one in versions(desk.policies.stated()):
            style = "bold" if one.state is State.IN_FORCE else "dim" if one.state is State.RETIRED else ""
            stands = one.state.value.replace("_", " ")
            table.add_row(Text(one.version, style), stands, short(one.digest.hex()), one.entry.hex()[:16])
    stdout_console().print(table)
    return 0


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
