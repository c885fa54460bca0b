"""`tipstaff policy new`: begin a policy with one that works."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "new"
HELP = "make the folder of a small policy that works, to begin one's own with"

_PLACEHOLDER = "POLICY-NAME"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `policy new` is given."""
    parser.add_argument("name", metavar="NAME", help="small letters, digits and -; also the folder's name")
    parser.add_argument(
        "--in",
        dest="parent",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="where to put the folder; default: here",
    )


def run(args: argparse.Namespace) -> int:
    """Copy the template; whatever exists already is left alone."""
    import importlib.resources
    import shutil
    import sys

    from tipstaff.base.errors import InputError
    from tipstaff.policy.rules import NAME as USABLE

    if not USABLE.fullmatch(args.name):
        raise InputError(f"a policy cannot be named {args.name!r}; take 2 to 40 small letters, digits and -")
    folder: Path = args.parent / args.name
    if folder.exists() or folder.is_symlink():
        raise InputError(f"{folder} exists already; take another name, or --in another directory")
    if not args.parent.is_dir():
        raise InputError(f"there is no directory {args.parent}; make it first")
    template = Path(str(importlib.resources.files("tipstaff.cli.policy"))) / "template"
    try:
        shutil.copytree(template, folder, copy_function=shutil.copyfile)
        for file in (path for path in folder.rglob("*") if path.is_file()):
            file.write_text(file.read_text("utf-8").replace(_PLACEHOLDER, args.name), "utf-8")
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror or error}") from error
    sys.stdout.write(f"{folder} is a policy that works; {folder / 'README.md'} says what each file is.\n")
    sys.stdout.write(f"Next: tipstaff policy test {folder}\n")
    return 0
