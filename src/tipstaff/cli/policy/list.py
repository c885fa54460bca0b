"""`tipstaff policy list`: the policies that ship."""

from __future__ import annotations

import argparse

from tipstaff.cli.language import add_language, chosen_language

NAME = "list"
HELP = "list the policies that come with Tipstaff"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `policy list` is given."""
    add_language(parser)


def run(args: argparse.Namespace) -> int:
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
