"""`tipstaff policy compare`: what a version in shadow finds, beside the one in force."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory
from tipstaff.cli.language import add_language, chosen_language

NAME = "compare"
HELP = "show what the version in shadow finds and the one in force does not, and the other way round"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `policy compare` is given."""
    add_directory(parser)
    parser.add_argument(
        "policy", metavar="NAME", help="the policy, or NAME@VERSION for one version in shadow"
    )
    parser.add_argument("--examples", type=int, default=1, metavar="N", help="of each change and rule (1)")
    add_language(parser)
    parser.epilog = "example:\n  tipstaff policy compare here crypto-promotion"


def run(args: argparse.Namespace) -> int:
    """Run both versions over what the hosts have published."""
    from pathlib import Path

    from tipstaff.actions.policies import State
    from tipstaff.assembly.casework import load_version, open_desk
    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.policy.changes import show_changes
    from tipstaff.cli.policy.installed import stated_version
    from tipstaff.cli.progress import working
    from tipstaff.screening.backtest import Backtest

    directory = Path(args.directory)
    shadow = stated_version(directory, args.policy, [State.SHADOW])
    current = stated_version(directory, shadow.name, [State.IN_FORCE])
    with working("Screening what the hosts have published under both versions"), open_desk(directory) as desk:
        old, new = (load_version(directory, one.reference) for one in (current, shadow))
        backtest = Backtest(old, new, keep=max(0, args.examples))
        backtest.add([post for host in desk.hosts.values() for post in host.posts()])
    show_changes(stdout_console(), backtest, chosen_language(args))
    return 0
