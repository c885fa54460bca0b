"""`tipstaff case find`: screen what is published, and open cases."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_directory, tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tipstaff.policy.model import Policy
    from tipstaff.screening.posts import Post

NAME = "find"
HELP = "screen what the hosts have published, and bring what is found before reviewers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case find` is given."""
    add_directory(parser)
    parser.add_argument(
        "--policy",
        action="append",
        metavar="NAME",
        help="a policy that is in force here; repeat it for more (all that are)",
    )
    parser.add_argument(
        "--hold-from",
        type=_severity,
        metavar="SEVERITY",
        help="hold violations of this severity (1 to 5) until they were reviewed (the setting hold_severity)",
    )
    parser.add_argument(
        "--hold-hours", type=int, metavar="N", help="for how long at the most (the setting hold_hours)"
    )
    parser.epilog = "example:\n  tipstaff case find here"


def run(args: argparse.Namespace) -> int:
    """Screen, and say in which cases something is new."""
    from pathlib import Path

    from rich.text import Text

    from tipstaff.actions.policies import State, versions
    from tipstaff.actions.recognise import recognise
    from tipstaff.actions.take_up import hold_of, take_up
    from tipstaff.actions.views import line_of
    from tipstaff.assembly.casework import load_version, open_desk
    from tipstaff.base.counted import counted
    from tipstaff.base.errors import InputError
    from tipstaff.casework.awaited import waits
    from tipstaff.casework.outline import outline
    from tipstaff.cli.case.table import cases_table
    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.progress import working
    from tipstaff.screening.batches import Batch
    from tipstaff.screening.engine import screen

    directory = Path(args.directory)
    console = stdout_console()
    with working("Screening what the hosts have published"), open_desk(directory) as desk:
        stated = versions(desk.policies.stated())
        current = {one.name: one for one in stated if one.state is State.IN_FORCE}
        for name in args.policy or ():
            if name not in current:
                raise InputError(f"no version of {name} is in force here: in force are {', '.join(current)}")
        if not current:
            raise InputError("no policy is in force here: `tipstaff policy adopt` puts one in force")
        policies = {
            name: load_version(directory, one.reference)
            for name, one in current.items()
            if name in (args.policy or current)
        }
        posts = [post for host in desk.hosts.values() for post in host.posts()]
        severity = desk.settings.hold_severity if args.hold_from is None else args.hold_from
        hours = args.hold_hours or desk.settings.hold_hours
        hold = hold_of(severity, hours)
        cases = take_up(desk, screen(Batch.of(posts), tuple(policies.values())), hold)
        suspects = recognise(desk, posts)
        now, table = desk.clock(), desk.table
    screened, new = counted(len(posts), "post"), counted(len(cases), "case")
    console.print(f"{screened} screened, {new} with something new", highlight=False)
    if cases:
        outlines = [outline(case, waits=waits(case, table, now)) for case in cases]
        outlines.sort(key=lambda one: (-one.rank, one.number))
        console.print(cases_table(console, [line_of(one, now) for one in outlines]))
    for case in suspects:
        told = (
            f"Case {case.number}: {case.subject} may be one that was closed, case {case.suspected[-1].case}"
        )
        console.print(told, style="bold", highlight=False)
    if cases or suspects:
        first = outlines[0].number if cases else suspects[0].number
        tell(f"Next: tipstaff case show {directory} {first}")
    for one in stated:
        if one.state is State.SHADOW and one.name in policies:
            told = _observed(policies[one.name], load_version(directory, one.reference), posts)
            console.print(Text(told, "dim"), soft_wrap=True)
    return 0


def _observed(current: Policy, shadow: Policy, posts: Sequence[Post]) -> str:
    """Say how what a version in shadow finds differs; nothing else comes of it."""
    from tipstaff.base.counted import counted
    from tipstaff.screening.backtest import Backtest, Change

    backtest = Backtest(current, shadow, keep=0)
    backtest.add(posts)
    caught, let_through = (
        backtest.count(change) for change in (Change.NEWLY_CAUGHT, Change.NEWLY_LET_THROUGH)
    )
    return (
        f"In shadow, {shadow.name} {shadow.version} would catch {counted(caught, 'post')} more, and let "
        f"{let_through} through that {current.version} catches."
    )


def _severity(text: str) -> int:
    """Read a severity, 0 for none."""
    if text not in {"0", "1", "2", "3", "4", "5"}:
        raise argparse.ArgumentTypeError(f"{text!r} is no severity: write 1 to 5, or 0 to hold nothing")
    return int(text)
