"""What tools that kill share: arguments, a folder that is kept where something is amiss, how far they are."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path


class AmissError(Exception):
    """Something that must never happen has happened."""


def arguments(description: str | None) -> argparse.ArgumentParser:
    """Return the arguments: how often, with which chance, in which folder."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=100, metavar="N", help="how often (100)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="what chance begins with (1)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="a folder to work in, and to leave there")
    return parser


def run(args: argparse.Namespace, kill_often: Callable[[Path, int, int], None]) -> int:
    """Kill as often as is asked, in a folder; it is gone afterwards, unless it is to be kept or looked at."""
    folder = args.keep or Path(tempfile.mkdtemp(prefix="tipstaff-killed-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        kill_often(folder, args.kills, args.seed)
    except AmissError as error:
        print(f"amiss: {error}; see {folder}", file=sys.stderr)
        return 1
    if not args.keep:
        shutil.rmtree(folder)
    return 0


def show(told: str) -> None:
    """Show how far it is, on a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{told} ")
        sys.stderr.flush()
