"""`tipstaff case find`: screen what is published, and open cases."""

from __future__ import annotations

import argparse

from tipstaff.cli.installation import add_directory

NAME = "find"
HELP = "screen what the hosts have published, and bring what is found before reviewers"

_HOURS = 24
_SECONDS = 3600


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case find` is given."""
    add_directory(parser)
    parser.add_argument(
        "--policy",
        action="append",
        metavar="NAME|DIR",
        help="a policy that is in force; repeat it for more (crypto-promotion)",
    )
    parser.add_argument(
        "--hold-from",
        type=int,
        metavar="SEVERITY",
        help="hold what violates a rule of this severity (1 to 5) until it has been reviewed",
    )
    parser.add_argument(
        "--hold-hours", type=int, default=_HOURS, metavar="N", help=f"for how long at the most ({_HOURS})"
    )
    parser.epilog = "example:\n  tipstaff case find here"


def run(args: argparse.Namespace) -> int:
    """Screen, and say in which cases something is new."""
    from pathlib import Path

    from tipstaff.actions.recognise import recognise
    from tipstaff.actions.take_up import Hold, take_up
    from tipstaff.assembly.casework import open_desk
    from tipstaff.base.errors import InputError
    from tipstaff.casework.outline import outline
    from tipstaff.cli.case.table import cases_table
    from tipstaff.cli.console import stdout_console
    from tipstaff.screening.engine import screen
    from tipstaff.screening.load import load_policy
    from tipstaff.screening.posts import Batch

    policies = [load_policy(name) for name in args.policy or ("crypto-promotion",)]
    with open_desk(Path(args.directory)) as desk:
        for policy in policies:
            if desk.policies.adopted(policy.reference) is None:
                raise InputError(f"{policy.name} {policy.version} is not in force here")
        posts = [post for host in desk.hosts.values() for post in host.posts()]
        hold = Hold(args.hold_from, args.hold_hours * _SECONDS) if args.hold_from else None
        cases = take_up(desk, screen(Batch.of(posts), policies), hold)
        suspects = recognise(desk, posts)
    console = stdout_console()
    console.print(f"{len(posts)} posts screened, {len(cases)} cases with something new", highlight=False)
    if cases:
        outlines = sorted(map(outline, cases), key=lambda one: (-one.severity, one.number))
        console.print(cases_table(outlines))
    for case in suspects:
        told = (
            f"Case {case.number}: {case.subject} may be one that was closed, case {case.suspected[-1].case}"
        )
        console.print(told, style="bold", highlight=False)
    return 0
