"""Arguments that the commands of casework share: an installation, who acts, subjects and times."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from tipstaff.cli.remote import is_remote

if TYPE_CHECKING:
    from argparse import Namespace
    from datetime import datetime

    from tipstaff.casework.case import Erasure
    from tipstaff.casework.words import Subject, Target

TARGET_HELP: Final = "HOST/account/NAME, or HOST/account/NAME/POST for a post; app and site likewise"
"""That of casework, which is not imported to show a help text; a test compares them."""

COMPLAINANT_HELP: Final = "HOST/reader/NAME, or a person who signs here"


def add_directory(parser: argparse.ArgumentParser) -> None:
    """Declare the argument that names an installation; a server has one."""
    if not is_remote(parser):
        parser.add_argument("directory", metavar="DIR", help="the directory of the installation")


def add_person(parser: argparse.ArgumentParser, who: str = "who does it") -> None:
    """Declare who acts; a server knows whose token it is asked with."""
    if not is_remote(parser):
        parser.add_argument("--as", dest="person", required=True, metavar="NAME", help=who)


def add_case(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that name a case."""
    add_directory(parser)
    parser.add_argument("case", metavar="CASE", type=int, help="the number of the case; no order has it too")


def add_order(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that name an order."""
    add_directory(parser)
    parser.add_argument(
        "order", metavar="ORDER", type=int, help="the number of the order; no case has it too"
    )


def add_decision(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that name a decision of a case."""
    add_case(parser)
    parser.add_argument("decision", metavar="DECISION", type=int, help="the number of the decision")


def add_complainant(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that name an installation, and somebody who has complained."""
    add_directory(parser)
    parser.add_argument("complainant", metavar="COMPLAINANT", help=COMPLAINANT_HELP)


def parse_target(written: str) -> Target:
    """Read a subject, or a post of one. Raises `InputError`."""
    from tipstaff.casework.words import target_of

    return target_of(written)


def add_subject(parser: argparse.ArgumentParser, kind: str) -> None:
    """Declare the arguments that name an installation, and an account or an app on one of its hosts."""
    add_directory(parser)
    parser.add_argument("subject", metavar=f"HOST/{kind}/NAME", help=f"the {kind}")


def parse_subject(written: str, kind: str) -> Subject:
    """Read a subject of a kind. Raises `InputError`."""
    from tipstaff.base.errors import InputError

    target = parse_target(written)
    if target.subject.kind != kind or target.post:
        raise InputError(f"{written!r} is no {kind}: write HOST/{kind}/NAME")
    return target.subject


def parse_time(written: str) -> datetime:
    """Read a time with its offset. Raises `InputError`."""
    from datetime import datetime

    from tipstaff.base.errors import InputError

    try:
        time = datetime.fromisoformat(written)
    except ValueError as error:
        raise InputError(f"{written!r} is no time: write it like 2026-12-01T09:00:00+08:00") from error
    if time.tzinfo is None:
        raise InputError(f"{written} has no offset: write it like 2026-12-01T09:00:00+08:00")
    return time


def told_time(time: int | str) -> str:
    """Return a time, in seconds or as the API writes it, as people read it."""
    from datetime import datetime

    from tipstaff.base import times

    seconds = int(datetime.fromisoformat(time).timestamp()) if isinstance(time, str) else time
    return times.told_time(seconds)


def told_erasure(erasure: Erasure) -> str:
    """Return what is told of texts that were erased."""
    from tipstaff.base.counted import agreeing, counted

    of = f" of {erasure.complainant}" if erasure.complainant else ""
    were = f"{agreeing(erasure.count, 'was', 'were')} erased on {told_time(erasure.at)}"
    return f"{counted(erasure.count, 'text')}{of} {were} ({erasure.cause})"


def tell_next(args: Namespace, command: str) -> None:
    """Say which command comes next, of the same server."""
    tell(f"Next: tipstaff --server {args.server} {command}")


def tell(*lines: str) -> None:
    """Say what was done, and what comes next, a line each."""
    from rich.text import Text

    from tipstaff.cli.console import stdout_console

    console = stdout_console()
    for line in lines:
        console.print(Text(line), soft_wrap=True)


def write_document(name: str, content: bytes) -> None:
    """Write what was kept to a new file, for its owner alone. Raises `InputError`."""
    from pathlib import Path

    from tipstaff.base.errors import InputError
    from tipstaff.base.files import create_private

    try:
        create_private(Path(name), content)
    except OSError as error:
        raise InputError(f"{name} cannot be made: {error.strerror}") from error


def give_out(name: str, document: bytes) -> None:
    """Write a document to a new file, and say how much there was. Raises `InputError`."""
    write_document(name, document)
    tell(f"{name}: {len(document):,} bytes")


def read_document(name: str) -> bytes:
    """Read a document that goes with an order or an appeal. Raises `InputError`."""
    from pathlib import Path

    from tipstaff.base.errors import InputError

    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}") from error
