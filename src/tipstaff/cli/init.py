"""`tipstaff init`: begin an installation."""

from __future__ import annotations

import argparse

NAME = "init"
HELP = "begin an installation: casework, square, the vault and a ledger, in one directory"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `init` is given."""
    parser.add_argument("directory", metavar="DIR", help="the directory to make")
    parser.add_argument(
        "--origin",
        required=True,
        metavar="NAME",
        help="the name of its ledger, for ever: such as example.org/log",
    )
    parser.add_argument(
        "--policy",
        action="append",
        metavar="NAME|DIR",
        help="put a policy in force, one that ships or a folder; repeat it for more (crypto-promotion)",
    )
    parser.add_argument("--settings", metavar="FILE", help="the settings that it is to have (tipstaff.toml)")
    parser.epilog = "example:\n  tipstaff init here --origin example.org/log"


def run(args: argparse.Namespace) -> int:
    """Begin the installation, and say what comes next."""
    from pathlib import Path

    from tipstaff.assembly.casework import check_beginning, install
    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.progress import working
    from tipstaff.screening.load import load_policy

    directory = Path(args.directory)
    settings = Path(args.settings) if args.settings else None
    check_beginning(directory, args.origin, settings)  # before policies are loaded, which takes seconds
    with working("Reading the policies, and checking their examples"):
        policies = [load_policy(name) for name in args.policy or ("crypto-promotion",)]
        install(directory, args.origin, settings=settings, policies=policies)
    console = stdout_console()
    console.print(f"An installation begins in {directory}.", soft_wrap=True, highlight=False)
    for policy in policies:
        console.print(f"In force: {policy.name} {policy.version}", highlight=False)
    console.print(f"Bring in reviewers: tipstaff person {directory} NAME", soft_wrap=True, highlight=False)
    return 0
