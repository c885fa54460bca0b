"""What is asked of an installation on its own machine, in the audit trail: by whom, and before it is done.

A command that changes who may do what, or that shows what is private, has `traced` beside `run`.
"""

from __future__ import annotations

import argparse
import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_CALLER = "SUDO_USER"
"""Where sudo says who has called it."""

_ROOT = 0


class Traced(NamedTuple):
    """What is asked for: the path that it has in the API, or would have, and what that does not tell."""

    path: str
    about: str = ""


def tracing(
    name: str, traced: Callable[[argparse.Namespace], Traced], run: Callable[[argparse.Namespace], int]
) -> Callable[[argparse.Namespace], int]:
    """Return what runs the command of a name, once it is kept who has asked for what."""

    def kept_and_run(args: argparse.Namespace) -> int:
        from tipstaff.actions.access.trail import NOT_KNOWN, SHELL, Visit
        from tipstaff.assembly.access import open_trail
        from tipstaff.assembly.ledger import system_clock

        asked = traced(args)
        with open_trail(Path(args.directory)) as trail:
            trail.add(Visit(system_clock(), _caller(), SHELL, name, asked.path, NOT_KNOWN, "", asked.about))
        return run(args)

    return kept_and_run


def said(**options: object) -> str:
    """Return the options of a command that were given, as they are written."""
    words: list[str] = []
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        if isinstance(value, list):
            words += (f"{option} {one}" for one in value)
        elif value is True:
            words.append(option)
        elif value not in (None, False):
            words.append(f"{option} {value}")
    return " ".join(words)


def _caller() -> str:
    """Return the name of the user of this machine; with sudo to root, of who has called it.

    From anybody else what stands there is a claim: they may have written it themselves.
    """
    number = os.getuid()
    called = os.environ.get(_CALLER) if number == _ROOT else None
    try:
        name = called or pwd.getpwuid(number).pw_name
    except KeyError:
        name = str(number)
    return name[:64]
