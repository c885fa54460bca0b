"""Cases and orders share one row of numbers: who takes one for the other is told which it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tipstaff.cli.subcommands import run_subcommand

if TYPE_CHECKING:
    from argparse import Namespace

_A: Final = {"case": "a case", "order": "an order"}


def run_numbered(args: Namespace) -> int:
    """Run a subcommand. Raises `MissingError`, which says so where the number is one of the other kind."""
    from tipstaff.base.errors import MissingError

    try:
        return run_subcommand(args)
    except MissingError as error:
        asked = "case" if "case" in args else "order"
        found = _kind_of(args, getattr(args, asked, None))
        if found in ("", asked):
            raise
        told = f"{args.directory} {getattr(args, asked)}"
        raise MissingError(f"{error}, it is {_A[found]}: tipstaff {found} show {told}") from error


def _kind_of(args: Namespace, number: int | None) -> str:
    """Say whether a number is that of a case or an order of an installation here; "" where it is neither."""
    from pathlib import Path

    from tipstaff.assembly.casework import open_desk
    from tipstaff.base.errors import MissingError
    from tipstaff.casework.case import Case

    if number is None or "directory" not in args:  # a server tells nobody of what is not theirs to see
        return ""
    with open_desk(Path(args.directory)) as desk:
        try:
            found = desk.cases.dossier(number)
        except MissingError:
            return ""
    return "case" if isinstance(found, Case) else "order"
